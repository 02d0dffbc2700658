import EmbeddedSQL
import SQLText

/// The way of a database that has had some of the migrations to the last one: step by step, each as its head says.
///
/// A database of which nothing says how many it has had is asked for what they made: it has all that a migration adds, or
/// nothing of it. One that changes rows alone adds nothing, and is run where no later one has been: so it has to bear being
/// run once more.
package struct MigrationRoad: Sendable {
    /// How many migrations are behind the database.
    package let behind: Int
    /// Whether it has had a part of the next one, so that it is neither what that leaves nor what it found.
    package let isUnderWay: Bool
    /// What is left, in its order.
    package let rest: [MigrationStep]

    /// - Parameters:
    ///   - behind: how many the database has had.
    ///   - done: the names of the steps that it has had of the next one.
    package init(_ migrations: [Migration], behind: Int, done: Set<String> = []) throws(MigrationHeadError) {
        self.behind = behind
        isUnderWay = !done.isEmpty
        var rest: [MigrationStep] = []
        for migration in migrations.dropFirst(behind) {
            let steps = try MigrationStep.all(of: migration)
            rest += steps.filter { $0.number > behind + 1 || !done.contains($0.name) }
        }
        self.rest = rest
    }

    /// - Parameters:
    ///   - live: what the database has.
    ///   - schema: its name.
    ///   - owner: the schema's own role.
    package func plan(in live: CatalogFacts, schema: String, as owner: String?) -> SchemaPlan {
        SchemaPlan(
            refusals: [], steps: rest.map { $0.step(in: live, schema: schema, as: owner) },
            notes: Self.labels(rest).map { "migration \($0) is to come, step by step" })
    }

    private static func labels(_ steps: [MigrationStep]) -> [String] {
        steps.reduce(into: []) { labels, step in
            if labels.last != step.migration { labels.append(step.migration) }
        }
    }
}

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

extension SchemaRefusal: Error {}
