import SQLText

/// What a schema holds, object by object: either in the live database, or as recorded of the schema as it should be.
package struct CatalogFacts: Equatable, Sendable {
    private var facts: [CatalogObject: [CatalogProperty: String]] = [:]
    /// The objects of `facts` by kind and relation, sorted: a planner asks for the parts of relations thousands of times.
    private var families: [Family: [CatalogObject]] = [:]

    /// The objects of one kind, or those of one relation.
    private struct Family: Hashable {
        /// Of that kind; nameless, since relations are the same when their bytes are.
        let representative: CatalogObject

        init(_ kind: CatalogObject.Kind, of relation: String = "") {
            representative = CatalogObject(kind, "", of: relation)
        }
    }

    package init() {}

    package static func == (left: Self, right: Self) -> Bool { left.facts == right.facts }

    package mutating func add(_ object: CatalogObject, _ property: CatalogProperty, _ value: String) {
        if facts[object] == nil {
            for family in Self.families(of: object) {
                var members = families[family] ?? []
                families[family] = nil
                members.insert(object, at: Self.place(of: object, in: members))
                families[family] = members
            }
        }
        facts[object, default: [:]][property] = property.isDeparsed ? DeparsedText.canonical(value) : value
    }

    package mutating func remove(_ object: CatalogObject) {
        guard facts.removeValue(forKey: object) != nil else { return }
        for family in Self.families(of: object) { families[family]?.removeAll { $0 == object } }
    }

    /// Those of its kind, and of its kind in its relation.
    private static func families(of object: CatalogObject) -> [Family] {
        [Family(object.kind)] + (object.isPart ? [Family(object.kind, of: object.relation)] : [])
    }

    /// Where it belongs in a sorted list that does not have it.
    private static func place(of object: CatalogObject, in members: [CatalogObject]) -> Int {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle] < object { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package var objects: [CatalogObject] { facts.keys.sorted() }

    package func objects(_ kind: CatalogObject.Kind) -> [CatalogObject] { families[Family(kind)] ?? [] }

    /// The parts of a relation, of one kind.
    package func parts(_ kind: CatalogObject.Kind, of relation: String) -> [CatalogObject] {
        relation.isEmpty ? objects(kind).filter { !$0.isPart } : families[Family(kind, of: relation)] ?? []
    }

    package func contains(_ object: CatalogObject) -> Bool { facts[object] != nil }

    /// nil for an object that is not there.
    package subscript(object: CatalogObject) -> [CatalogProperty: String]? { facts[object] }

    /// nil also for a property that is at its default.
    package subscript(object: CatalogObject, property: CatalogProperty) -> String? { facts[object]?[property] }

    /// Whether a relation of that name is there, of whatever kind.
    package func hasRelation(_ name: String) -> Bool {
        CatalogObject.Kind.allCases.contains { $0.isRelation && contains(CatalogObject($0, name)) }
    }

    /// Whether there is no table, view, sequence, type or function. The schema itself, roles and extensions may exist.
    package var holdsNothing: Bool {
        let kinds: Set<CatalogObject.Kind> = [
            .table, .foreignTable, .view, .materializedView, .sequence, .type, .function, .procedure, .aggregate,
        ]
        return !facts.keys.contains { kinds.contains($0.kind) }
    }

    package func isSuperuser(_ role: String) -> Bool {
        self[CatalogObject(.role, role), .attributes]?.contains("SUPERUSER") ?? false
    }

    /// Grants on the object to roles outside of the schema, each with the fact that tells it.
    package func grants(on object: CatalogObject) -> [(role: String, grant: CatalogObject)] {
        objects(.grant).compactMap { grant in
            guard let (role, rest) = grant.name.withoutPrefix("to ").flatMap({ NameList.first(of: $0) }),
                let target = String(rest).withoutPrefix(" on \(object.kind.rawValue) ")
            else { return nil }
            return Self.names(target, object) ? (role, grant) : nil
        }
    }

    /// The roles, or PUBLIC, that get privileges on whatever the schema's own role makes.
    package var defaultGrantees: [String] {
        let grants = objects(.grant).filter { self[$0, .defaultPrivileges] != nil }
        return Set(grants.compactMap { $0.name.withoutPrefix("to ").flatMap { NameList.first(of: $0) }?.name }).sorted()
    }

    private static func names(_ target: String, _ object: CatalogObject) -> Bool {
        if object.kind == .function { return target.isSame(as: object.name) }
        guard let (first, rest) = NameList.first(of: target) else { return false }
        guard object.isPart else { return first.isSame(as: object.name) && rest.isEmpty }
        guard first.isSame(as: object.relation), let part = String(rest).withoutPrefix("."),
            let (name, end) = NameList.first(of: part)
        else { return false }
        return name.isSame(as: object.name) && end.isEmpty
    }

    /// The schema in which each extension lives, as SQL writes it.
    package var extensionSchemas: [String: String] {
        objects(.extension).reduce(into: [:]) { $0[$1.name] = self[$1, .schema] }
    }
}
