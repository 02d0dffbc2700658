import EmbeddedSQL

/// How many migrations a database has had of which nothing says so.
package enum UnrecordedMigrations {
    /// - Parameters:
    ///   - live: what the database has.
    ///   - expected: for each migration what a database holds that has had it and those before it.
    /// - Throws: a refusal where it has a part of what one adds.
    package static func count(
        _ migrations: [Migration], in live: CatalogFacts, expecting expected: [CatalogFacts]
    ) throws(SchemaRefusal) -> Int {
        var count = 1
        for (former, migration) in zip(expected.indices, migrations.dropFirst()) {
            let added = expected[former + 1].objects
                .filter { $0.kind != .grant && !expected[former].contains($0) }.sorted()
            let missing = added.filter { !live.contains($0) }
            if added.isEmpty { continue }
            if missing.isEmpty {
                count = migration.number
            } else if missing.count < added.count, let found = added.first(where: live.contains) {
                throw SchemaRefusal(
                    object: found,
                    reason:
                        "nothing says whether the database has had migration \(migration.label): it has this of it, "
                        + "and not \(missing[0])\(missing.count > 1 ? " and \(missing.count - 1) more" : "")",
                    cure:
                        "drop what is there of it, or make what is missing as the migration does, then repeat the command"
                )
            }
        }
        return count
    }
}
