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
