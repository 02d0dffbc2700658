import DatabaseAccess
import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("The lock of those who change definitions")
struct DefinitionLockTests {
    private static let lock = "pg_advisory_xact_lock(\(AdvisoryLock.key), \(AdvisoryLock.definitions))"

    @Test(
        "makes them go one at a time, before any other lock; refreshes are none of them",
        arguments: PostgresVersion.underTest)
    func makesThemGoOneAtATime(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                PastSQL.events + """
                    CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
                    CREATE UNIQUE INDEX ON s.numbers (n);
                    """)
            try await database.installLedger()
            let other = try await database.connect(as: "another step")
            try await other.script(unsafe: "BEGIN; SELECT \(Self.lock)")
            let limits: (inout DatabaseDefinition) -> Void = {
                $0.locks.tries = 2
                $0.locks.perStep = .milliseconds(50)
            }
            let summary = await database.tend([.partitions, .views], limits)
            #expect(summary.outcomes(of: .views) == ["done"])
            guard case .postponed(2, let blockers)? = summary.reports(on: "s.events").first?.outcome else {
                Issue.record("\(summary.reports)")
                return
            }
            #expect(blockers.map(\.pid) == [other.server.backendPID] && blockers.first?.application == "another step")
            #expect(blockers.first?.state == "idle in transaction")
            try await other.execute("ROLLBACK")

            #expect(Set(await database.tend([.partitions], limits).outcomes()) == ["done"])
            // Whoever does by hand what the plan says keeps to it, too.
            try await database.psql(
                "DROP TABLE s.\(database.psql("SELECT max(relname) FROM pg_class WHERE relispartition"))")
            let plan = try await database.plan([.partitions])
            let statements = try #require(plan.steps.first).sql(serverVersion: other.server.version.number)
            #expect(statements[2].contains(Self.lock))
            await other.close()
        }
    }
}
