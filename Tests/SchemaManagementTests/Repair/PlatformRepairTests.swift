import SchemaDesign
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

/// The platform's own database, in three states and with rows in every table, goes over to the consolidated schema with
/// mappings and options alone.
@Suite("Repair of the platform's own database")
struct PlatformRepairTests {
    @Test(arguments: PlatformDatabase.State.allCases, PostgresVersion.underTestWithPgvector)
    func reachesTheSchemaAndLosesNothing(state: PlatformDatabase.State, version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: PlatformDatabase.small(state)) { database in
            try await DriftedDatabase.vary(database, .owner)
            try await KeptRows.keep(database)
            let repair = PlatformChoices.of(state).repair(database)
            let before = try await repair.plan()
            #expect(before.plan.refusals == [])

            let done = Mutex<[SchemaStep]>([])
            let after = try await repair.run { _ in
            } done: { steps, _ in
                done.withLock { $0 += steps }
            }
            #expect(after.plan.refusals == [] && after.plan.steps == [])
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            // The plan that was shown is all that there was to do.
            let (planned, executed) = (before.plan.steps, done.withLock(\.self))
            let unsaid = Self.told(
                executed.filter { step in
                    !planned.contains(step)
                        && !before.plan.notes.contains {
                            $0.contains("the index \(step.object.name) is built in the end")
                        }
                })
            #expect(unsaid == [], "planned instead: \(Self.told(planned.filter { !executed.contains($0) }))")
            #expect(try await Self.losses(database) == [])
            #expect(
                try await database.psql("SELECT version, dirty FROM public.schema_migrations")
                    == "\(state.migrationNumber)|f")

            // Said once more, it finds nothing to do.
            let again = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(again.plan.steps == [] && again.plan.refusals == [])
            #expect(try await Self.losses(database) == [])
            let role = DriftedDatabase.owner(of: database)
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// But for the counters of a workspace, which are counted anew, and what audit triggers enter of what fills rows.
    private static func losses(_ database: TestDatabase) async throws -> [Substring] {
        let all = try await KeptRows.losses(database, mapped: true).split(separator: "\n")
        let losses = all.filter { !$0.hasPrefix("workspaces|current_") && !$0.hasPrefix("audit_log|new|") }
        if !losses.isEmpty { print("lost: \(losses)") }
        return losses
    }

    private static func told(_ steps: [SchemaStep]) -> [String] {
        steps.map { "\($0.object.description): \($0.purpose): \($0.statements.joined(separator: "; ").prefix(300))" }
    }
}
