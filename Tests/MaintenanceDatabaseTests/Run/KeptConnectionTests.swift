import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("A connection that one run leaves for the next")
struct KeptConnectionTests {
    private func run(
        _ tasks: [TaskKind], in database: TestDatabase, passing kept: inout KeptConnection?,
        _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) async -> RunSummary {
        await MaintenanceRun(
            definition: database.definition(change), tasks: tasks, runID: TestSlot.runID(),
            applicationName: "pgtend test", programVersion: "1", sink: RecordingSink()
        ).execute(passing: &kept, stopReason: { nil })
    }

    /// The sessions that a run has left: those in which its locks were given back, and nothing else was done since.
    private func sessions(of database: TestDatabase) async throws -> [String] {
        try await database.psql(
            """
            SELECT a.pid || CASE WHEN a.xact_start IS NULL THEN '' ELSE ' in a transaction' END
                || coalesce((SELECT ' with a lock' FROM pg_locks AS l WHERE l.pid = a.pid AND l.locktype = 'advisory' LIMIT 1), '')
            FROM pg_stat_activity AS a
            WHERE a.datname = current_database() AND a.application_name = 'pgtend test'
                AND a.query LIKE '%unlock_all%'
            """
        ).split(separator: "\n").map(String.init)
    }

    @Test("is that of its first run, without its locks, and takes the next one's work")
    func isPassedOn() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                PastSQL.events + "CREATE MATERIALIZED VIEW s.newest AS SELECT max(at) AS at FROM s.events;"
                    + "CREATE UNIQUE INDEX ON s.newest (at)")
            var kept: KeptConnection?
            #expect(await run([.partitions], in: database, passing: &kept).outcomes().contains("done"))
            let first = try await sessions(of: database)
            #expect(first.count == 1 && Int(first.first ?? "") != nil, "\(first)")
            #expect(await run([.views], in: database, passing: &kept).outcomes(of: .views) == ["done"])
            #expect(try await sessions(of: database) == first)
            await kept?.close()
        }
    }

    @Test("is not used where the next run has another definition, or the server has ended it")
    func isNotAlwaysUsed() async throws {
        try await TestDatabase.with { database in
            try await database.psql(PastSQL.events)
            var kept: KeptConnection?
            _ = await run([.partitions], in: database, passing: &kept)
            let first = try await sessions(of: database)
            _ = await run([.partitions], in: database, passing: &kept) { $0.locks.perStep = .milliseconds(321) }
            let second = try await sessions(of: database)
            #expect(first.count == 1 && second.count == 1 && first != second, "\(first), \(second)")
            try await database.psql("SELECT pg_terminate_backend(\(second[0]), 5000)")
            let summary = await run([.partitions], in: database, passing: &kept) {
                $0.locks.perStep = .milliseconds(321)
            }
            #expect(summary.verdict == .done, "\(summary)")
            await kept?.close()
        }
    }

    @Test("and is closed, without its locks, where the run has failed")
    func isClosedAfterAFailure() async throws {
        try await TestDatabase.with { database in
            try await database.psql(PastSQL.events)
            var kept: KeptConnection?
            // A plan that cannot be made.
            let summary = await run([.partitions], in: database, passing: &kept) { $0.schemas = ["s\u{0}"] }
            #expect(summary.failure != nil, "\(summary)")
            #expect(kept == nil)
            #expect(await run([.partitions], in: database, passing: &kept).heldLocks.isEmpty)
            await kept?.close()
        }
    }
}
