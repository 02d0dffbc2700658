import SQLText

/// What a repair, or whoever followed what it printed, has renamed aside: nothing uses it any more, and nothing but a person
/// drops it.
package struct SchemaLeftover: Hashable, Sendable {
    package let object: CatalogObject
    /// What it holds, and what may be left to do with that.
    package let purpose: String
    /// Drops it.
    package let statement: String

    /// In an order in which they can be dropped.
    package static func all(in verification: SchemaVerification) -> [SchemaLeftover] {
        let (live, expected, schema) = (verification.live, verification.expected, verification.schema)
        func named(_ name: String) -> String { RelationName(schema: schema, name: name).description }
        var leftovers: [SchemaLeftover] = []
        for kind in [CatalogObject.Kind.view, .materializedView, .table] {
            for relation in live.objects(kind) where !expected.contains(relation) {
                let size = live[relation, .bytes].map { " (\($0) bytes)" } ?? ""
                let drop = "DROP \(kind.keyword) \(named(relation.name))"
                if let name = relation.name.withoutPrefix(ReservedName.oldPrefix), expected.hasRelation(name) {
                    leftovers.append(
                        SchemaLeftover(
                            object: relation, purpose: "the former \(name)\(size), whose rows have been copied",
                            statement: drop))
                } else if let name = relation.name.withoutPrefix(ReservedName.asidePrefix) {
                    leftovers.append(
                        SchemaLeftover(
                            object: relation,
                            purpose: kind == .table
                                ? "\(name)\(size), which was in the way: nothing has copied its rows"
                                : "\(name), which was in the way; to make it anew, as \(live[relation, .owner] ?? "its owner"): "
                                    + "\(creation(of: relation, as: named(name), live))",
                            statement: drop))
                } else if let name = relation.name.withoutPrefix(TakenNamePlanner.freedPrefix),
                    expected.hasRelation(name)
                {
                    leftovers.append(
                        SchemaLeftover(
                            object: relation,
                            purpose:
                                "it had the name of \(name)\(size): copy what it holds and \(name) needs, if anything",
                            statement: drop))
                }
            }
        }
        for column in live.objects(.column) {
            guard let name = column.name.withoutPrefix(ReservedName.oldPrefix),
                expected.contains(CatalogObject(.table, column.relation))
            else { continue }
            leftovers.append(
                SchemaLeftover(
                    object: column, purpose: "the original values of \(name)",
                    statement: "ALTER TABLE \(named(column.relation)) DROP COLUMN \(RelationName.quoted(column.name))"))
        }
        for type in live.objects(.type) {
            guard let name = type.name.withoutPrefix(ReservedName.oldPrefix), !expected.contains(type) else { continue }
            leftovers.append(
                SchemaLeftover(
                    object: type, purpose: "the former type \(name), of columns that were converted",
                    statement: "DROP TYPE \(named(type.name))"))
        }
        return leftovers
    }

    /// A view that was set aside goes on with what it reads, whatever that is called by now: as it was once written.
    private static func creation(of view: CatalogObject, as name: String, _ live: CatalogFacts) -> String {
        let prefixes = [ReservedName.oldPrefix, ReservedName.asidePrefix]
        let definition = prefixes.reduce(live[view, .definition] ?? "") { $0.replacing($1, with: "") }
        return "CREATE \(view.kind.keyword) \(name) AS \(definition.split(separator: "\n").joined(separator: " "))"
    }
}
