import Maintenance
import PostgresClient
import Synchronization
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Two runs, and a run that is stopped")
struct RunLockTests {
    private static let world =
        PastSQL.events + """
            CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
            CREATE UNIQUE INDEX ON s.numbers (n);
            """

    @Test("a second run is told who holds what, and does the rest", arguments: PostgresVersion.underTest)
    func saysWhoHoldsTheLock(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.world)
            let first = try await database.connect(as: "the first run")
            #expect(try await RunLock(connection: first).take(.partitions) == nil)
            #expect(try await RunLock(connection: first).take(.statistics) == nil)

            let sink = RecordingSink()
            let summary = await database.tend(sink: sink)
            #expect(summary.heldLocks.map(\.task) == [.partitions, .statistics])
            for held in summary.heldLocks {
                #expect(held.pid == first.server.backendPID && held.application == "the first run")
                #expect(held.user == "postgres" && held.client == "local socket")
            }
            #expect(summary.outcomes(of: .partitions) == [] && summary.outcomes(of: .views) == ["done"])
            #expect(summary.verdict == .held)
            #expect(sink.events.count { if case .runLockHeld = $0 { true } else { false } } == 2)

            await first.close()
            try await database.wait(
                until:
                    "NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            )
            #expect(await database.tend().verdict == .done)
        }
    }

    @Test("the lock of one database does not hold up another")
    func locksOneDatabase() async throws {
        try await TestDatabase.with { one in
            try await TestDatabase.with { other in
                let first = try await one.connect()
                #expect(try await RunLock(connection: first).take(.partitions) == nil)
                try await other.psql(Self.world)
                #expect(await other.tend().verdict == .done)
                await first.close()
            }
        }
    }

    @Test("cancelling a refresh ends it on the server and keeps the old content", arguments: PostgresVersion.underTest)
    func cancelsARefresh(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.pace (seconds double precision);
                INSERT INTO s.pace VALUES (0);
                CREATE MATERIALIZED VIEW s.slow AS SELECT seconds, pg_sleep(seconds)::text AS slept FROM s.pace;
                CREATE UNIQUE INDEX ON s.slow (seconds);
                CREATE MATERIALIZED VIEW s.slower AS SELECT 1 AS n;
                CREATE UNIQUE INDEX ON s.slower (n);
                UPDATE s.pace SET seconds = 600;
                """)
            let run = Task { await database.tend([.views]) }
            try await database.wait(
                until:
                    "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND wait_event = 'PgSleep')"
            )
            run.cancel()
            let summary = await run.value
            #expect(
                summary.outcomes(of: .views) == [
                    "interrupted: cancelled on the server and rolled back",
                    "interrupted: not begun: the run was told to stop",
                ])
            #expect(summary.verdict == .interrupted && summary.interruption != nil)
            #expect(
                try await database.psql(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND state = 'active'"
                ) == "0")
            #expect(try await database.psql("SELECT seconds FROM s.slow") == "0")
        }
    }

    @Test("a run that is stopped while it waits for a lock leaves nothing", arguments: PostgresVersion.underTest)
    func stopsWhileWaiting(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.world)
            let blocker = try await database.connect()
            try await blocker.script(unsafe: "BEGIN; LOCK TABLE ONLY s.events IN SHARE UPDATE EXCLUSIVE MODE")
            let run = Task { await database.tend([.partitions]) { $0.locks.perStep = .seconds(60) } }
            try await database.wait(
                until:
                    "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgtend test' AND datname = current_database() AND wait_event_type = 'Lock')"
            )
            run.cancel()
            let summary = await run.value
            #expect(summary.count(.interrupted) == 4)
            #expect(try await database.leftovers() == "")
            await blocker.close()
        }
    }
}
