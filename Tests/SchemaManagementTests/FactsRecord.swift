import SchemaDesign

/// Makes the file of `sql/mcp/facts` of what servers say.
enum FactsRecord {
    /// Without what belongs to one database or one day.
    static func reduced(_ live: CatalogFacts) -> CatalogFacts {
        var facts = CatalogFacts()
        let temporary: Set<CatalogProperty> = [
            .bytes, .rows, .partitions, .schema, .version, .bounds, .rolesWithoutUse, .appliesTo, .calls, .work,
        ]
        for object in live.objects {
            var recorded = object
            switch object.kind {
            case .role where !object.name.hasPrefix("mcp_"): continue
            case .member, .publication: continue
            case .extension where !requirements.keys.contains(object.name): continue
            case .partition: recorded = CatalogObject(.partition, SchemaGap.anyPartition, of: object.relation)
            default: break
            }
            for (property, value) in live[object] ?? [:] where !temporary.contains(property) {
                facts.add(recorded, property, value)
            }
        }
        for (name, requirement) in requirements {
            facts.add(CatalogObject(.extension, name), .requirement, requirement)
        }
        return facts
    }

    private static let requirements = ["vector": "at least 0.8", "pg_trgm": "optional"]

    /// - Parameters:
    ///   - records: by major version, ascending.
    ///   - schemas: of each extension, as SQL writes it.
    static func merged(_ records: [(major: Int, facts: CatalogFacts)], schemas: [(name: String, quoted: String)])
        -> String
    {
        var completed = records
        // An index that needs an extension which a server does not have is written as any other server writes it.
        for (_, facts) in records {
            for object in facts.objects where facts[object, .extension] != nil {
                for index in completed.indices where completed[index].facts[object, .extension] == nil {
                    completed[index].facts.remove(object)
                    for (property, value) in facts[object] ?? [:] {
                        completed[index].facts.add(object, property, value)
                    }
                }
            }
        }
        struct Key: Hashable { let object: CatalogObject, property: CatalogProperty, value: String }
        var majors: [Key: [Int]] = [:]
        for (major, facts) in completed {
            for object in facts.objects {
                for (property, value) in facts[object] ?? [:] {
                    majors[Key(object: object, property: property, value: value), default: []].append(major)
                }
            }
        }
        let keys = majors.keys.sorted { left, right in
            if left.object != right.object { return left.object < right.object }
            if left.property != right.property { return left.property < right.property }
            return (majors[left]?.first ?? 0) < (majors[right]?.first ?? 0)
        }
        return keys.map { key in
            let versions = majors[key] ?? []
            let all = versions.count == records.count ? "*" : versions.map(String.init).joined(separator: ",")
            let fields = [
                all, key.object.kind.rawValue, key.object.relation, key.object.name, key.property.rawValue, key.value,
            ]
            return fields.map { escaped(placeholders($0, schemas)) }.joined(separator: "\t") + "\n"
        }.joined()
    }

    private static func placeholders(_ text: String, _ schemas: [(name: String, quoted: String)]) -> String {
        schemas.reduce(text) { text, schema in
            text.replacing(schema.quoted, with: "{\(schema.name)}")
                .replacing(schema.quoted.dropFirst().dropLast(), with: "{\(schema.name):name}")
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }
}
