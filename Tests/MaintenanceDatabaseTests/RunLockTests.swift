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

    @Test("a connection that is lost again while its locks are taken loses none of them in the end")
    func retakesAllLocks() async throws {
        try await TestDatabase.with { database in
            let relay = try StatementRelay(to: database.cluster)
            defer { relay.close() }
            let count = Atomic(0)
            let first = try await database.connect()
            let session = RunSession(first: first, notices: NoticeLog()) { () async throws(PostgresError) in
                guard count.add(1, ordering: .relaxed).newValue == 1 else {
                    return try await Connection.open(ConnectionInfo(parsing: database.conninfo()))
                }
                let connection = try await Connection.open(
                    ConnectionInfo(parsing: "host='\(relay.folder)' dbname='\(database.name)' user=postgres"))
                // The first lock is taken, the second is not.
                relay.strike(.cutBefore, at: 3)
                return connection
            }
            #expect(try await session.take(TaskKind.allCases).isEmpty)
            try await database.psql("SELECT pg_terminate_backend(\(first.server.backendPID))")
            await #expect(throws: PostgresError.self) { try await first.execute("SELECT 1") }

            let connection = try await session.connection()
            #expect(count.load(ordering: .relaxed) == 2)
            #expect(await session.tasks == TaskKind.allCases)
            #expect(await session.lostLocks.isEmpty)
            let pids = try await database.psql(
                "SELECT DISTINCT pid FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND datname = current_database()"
            )
            #expect(pids == "\(connection.server.backendPID)")
            await session.close()
        }
    }

    @Test("a step whose lock somebody took while the connection was lost is interrupted, and names them")
    func namesWhoTookOver() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.world)
            let plan = try await database.plan([.partitions, .views]) { $0.partitions.premake = 0 }
            let (first, other) = (try await database.connect(), try await database.connect(as: "the other run"))
            let session = RunSession(first: first, notices: NoticeLog(), reconnectTimeout: .milliseconds(100)) {
                () async throws(PostgresError) in
                if try await RunLock(connection: other).take(.partitions) != nil {
                    throw PostgresError(.connection, "the lock of the lost session is still held")
                }
                return try await Connection.open(ConnectionInfo(parsing: database.conninfo()))
            }
            #expect(try await session.take([.partitions, .views]).isEmpty)
            try await database.psql("SELECT pg_terminate_backend(\(first.server.backendPID), 10000)")
            await #expect(throws: PostgresError.self) { try await first.execute("SELECT 1") }

            let context = RunContext(
                definition: database.definition(), tasks: [.partitions, .views],
                runID: String(repeating: "0", count: 32), applicationName: "test", programVersion: "0", order: nil,
                installsLedger: false, sink: RecordingSink(), repertoire: Repertoire(database.definition()))
            var executor = PlanExecutor(session: session, context: context)
            let reports = await executor.execute(plan.steps)
            #expect(reports.map(\.outcome.word) == ["interrupted", "done"])
            guard case .interrupted(let reason)? = reports.first?.outcome else { return }
            #expect(reason.contains("held by pid \(other.server.backendPID) (postgres, the other run, from local"))
            #expect(await session.lostLocks.map(\.task) == [.partitions])
            await session.close()
            await other.close()
        }
    }
}
