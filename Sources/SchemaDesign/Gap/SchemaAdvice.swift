import SQLText

/// What would make queries faster, or possible. It is no part of the gap: nothing is wrong with the schema.
package struct SchemaAdvice: Hashable, Sendable {
    package let object: CatalogObject
    package let reason: String
    /// The statements to run, each in a transaction of its own. They block neither writers nor readers that would not
    /// fail anyway.
    package let statements: [String]

    package static func all(_ expected: CatalogFacts, _ live: CatalogFacts, schema: String) -> [SchemaAdvice] {
        unpopulated(live, schema) + unfitting(live, schema) + repeated(expected, live, schema)
    }

    /// For each trigger that does once more what one of the schema's does.
    private static func repeated(
        _ expected: CatalogFacts, _ live: CatalogFacts, _ schema: String
    ) -> [SchemaAdvice] {
        RepeatedTrigger.all(expected, live).filter { live.contains($0.ours) }.map { repeated in
            let trigger = repeated.trigger
            return SchemaAdvice(
                object: trigger,
                reason: "it does what \(repeated.ours.name) does: each change has that effect twice",
                statements: [
                    "DROP TRIGGER \(RelationName.quoted(trigger.name)) ON "
                        + "\(RelationName(schema: schema, name: trigger.relation))"
                ])
        }
    }

    /// For each materialized view that is not populated, as after `pg_restore --schema-only`: whoever reads it fails.
    private static func unpopulated(_ live: CatalogFacts, _ schema: String) -> [SchemaAdvice] {
        live.objects(.materializedView).filter { live[$0, .state] != nil }.map { view in
            SchemaAdvice(
                object: view, reason: "it is not populated: whoever reads it gets an error until it is refreshed",
                statements: ["REFRESH MATERIALIZED VIEW \(RelationName(schema: schema, name: view.name))"])
        }
    }

    /// For each IVFFlat index whose lists no longer fit the rows of its table.
    private static func unfitting(_ live: CatalogFacts, _ schema: String) -> [SchemaAdvice] {
        live.objects(.index).compactMap { index in
            guard let lists = live[index, .lists].flatMap({ Int($0) }),
                let rows = live[CatalogObject(.table, index.relation), .rows].flatMap({ Int($0) })
            else { return nil }
            let fitting = fittingLists(rows)
            // Within a factor of two neither speed nor recall changes much; few rows need no index that fits.
            guard rows >= fewRows, fitting > 2 * lists || 2 * fitting < lists else { return nil }
            let name = RelationName(schema: schema, name: index.name)
            return SchemaAdvice(
                object: index,
                reason: "\(index.relation) has about \(rows) rows, for which \(fitting) lists fit; it has \(lists)",
                statements: ["ALTER INDEX \(name) SET (lists = \(fitting))", "REINDEX INDEX CONCURRENTLY \(name)"])
        }
    }

    /// With fewer rows a sequential scan is as fast.
    private static let fewRows = 10_000

    /// pgvector's own advice (its README, "IVFFlat"): a thousandth of the rows up to a million of them, the square root
    /// beyond; and 32,768 at most, which whoever says how many rows there are does not have to heed.
    private static func fittingLists(_ rows: Int) -> Int {
        max(1, rows <= 1_000_000 ? rows / 1000 : min(32_768, Int(Double(rows).squareRoot())))
    }
}
