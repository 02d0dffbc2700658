import Dispatch
import PostgresClient
import TestSupport
import Testing

@Suite("Cancellation and time limits")
struct CancellationTests {
    @Test func aTimeLimitEndsTheStatementOnTheServer() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let error = try await #require(throws: PostgresError.self) {
                try await connection.execute("SELECT pg_sleep(60)", timeout: .milliseconds(50))
            }
            #expect(error.kind == .timedOut)
            #expect(error.sqlState == .queryCanceled)
            #expect(error.message == "the statement took longer than its limit of 0.05 seconds and was cancelled")
            #expect(error.statement == "SELECT pg_sleep(60)")
            #expect(!connection.isBroken)
            try await connection.execute("SELECT 1", timeout: .seconds(60))
        }
    }

    @Test func theSessionsLimitHoldsForStatementsWithoutTheirOwn() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(
                database.info, options: SessionOptions(statementTimeout: .milliseconds(50)))
            let error = try await #require(throws: PostgresError.self) {
                try await connection.script(unsafe: "SELECT 1; SELECT pg_sleep(60)")
            }
            #expect(error.kind == .timedOut)
            try await connection.execute("SELECT pg_sleep(0.1)", timeout: .seconds(60))
        }
    }

    @Test func aServersOwnTimeoutIsTheServersError() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            try await connection.execute("SET statement_timeout = '20ms'")
            let error = try await #require(throws: PostgresError.self) {
                try await connection.execute("SELECT pg_sleep(60)")
            }
            #expect(error.kind == .server)
            #expect(error.sqlState == .queryCanceled)
            #expect(error.message == "canceling statement due to statement timeout")
        }
    }

    @Test func aCancelledTaskEndsItsStatementOnTheServerAndNoOther() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            try await connection.execute("BEGIN")
            let running = Task { try await connection.execute("SELECT pg_sleep(60)") }
            try await database.untilSleeping()
            let inLine = Task { try await connection.execute("SELECT 1/0") }
            let last = Task { try await connection.execute("ROLLBACK") }
            inLine.cancel()
            let skipped = try await #require(throws: PostgresError.self) { try await inLine.value }
            #expect(skipped.kind == .cancelled)
            #expect(skipped.message == "the statement was cancelled before it was sent")
            running.cancel()
            let error = try await #require(throws: PostgresError.self) { try await running.value }
            #expect(error.kind == .cancelled)
            #expect(error.sqlState == .queryCanceled)
            try await last.value
            #expect(!connection.isBroken)
        }
    }

    @Test func aTaskCancelledBeforehandSendsNothing() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.execute("CREATE TABLE public.t ()")
            }
            let error = try await #require(throws: PostgresError.self) { try await task.value }
            #expect(error.kind == .cancelled)
            #expect(try await database.psql("SELECT to_regclass('public.t') IS NULL") == "t")
        }
    }

    @Test func whatIsNotToBeCalledBackRunsToItsEndInACancelledTask() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            try await connection.execute("CREATE TABLE public.t (n int)")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.execute(
                    "INSERT INTO public.t SELECT 1 FROM pg_sleep(0.1)", evenIfCancelled: true)
            }
            try await task.value
            #expect(try await database.psql("SELECT count(*) FROM public.t") == "1")
        }
    }

    @Test func aCommitThatWaitsForAStandbyIsNotCalledDoneWithoutIt() async throws {
        let cluster = try await Cluster.private(.v15)
        try await cluster.psql("CREATE TABLE t (n int)")
        try await cluster.psql("ALTER SYSTEM SET synchronous_standby_names = 'away'")
        try await cluster.reload()
        let connection = try await Connection.open(ConnectionInfo(parsing: cluster.conninfo()))
        while try await connection.row("SHOW synchronous_standby_names").decode("synchronous_standby_names") != "away" {
        }
        try await connection.script(unsafe: "BEGIN; INSERT INTO public.t VALUES (1)")
        let error = try await #require(throws: PostgresError.self) {
            try await connection.execute("COMMIT", timeout: .milliseconds(300), evenIfCancelled: true)
        }
        #expect(error.kind == .connection && connection.isBroken)
        #expect(try await cluster.psql("SELECT count(*) FROM t") == "0", "it is not done before the standby has it")
        try await cluster.destroy()
    }

    @Test func cancelReturnsWhenTheStatementIsOverAndIsHarmlessWithoutOne() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            await connection.cancel()
            let running = Task { try await connection.execute("SELECT pg_sleep(60)") }
            try await database.untilSleeping()
            await connection.cancel()
            #expect(try await database.sleepers == 0)
            let error = try await #require(throws: PostgresError.self) { try await running.value }
            #expect(error.kind == .cancelled)
            try await connection.execute("SELECT 1")
        }
    }

    @Test func closingCancelsWhatRunsAndRefusesWhatWaits() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let running = Task { try await connection.execute("SELECT pg_sleep(60)") }
            try await database.untilSleeping()
            let waiting = Task { try await connection.execute("SELECT 1") }
            await connection.close()
            #expect(try await #require(throws: PostgresError.self) { try await running.value }.kind == .cancelled)
            #expect(try await #require(throws: PostgresError.self) { try await waiting.value }.kind == .misuse)
        }
    }

    /// Cancels at random moments around the end of a short statement: whatever the race gives, the next statement
    /// must not be hit, and nothing may hang.
    @Test(.timeLimit(.minutes(1)))
    func aLateCancelNeverHitsTheNextStatement() async throws {
        try await TestDatabase.with(.v15) { database in
            var random = Seeded()
            let connection = try await Connection.open(database.info)
            let trigger = DispatchQueue(label: "trigger")
            let preferred = QueueExecutor(label: "preferred")
            var outcomes = (cancelled: 0, done: 0)
            for round in 0..<400 {
                // A task that prefers an executor goes through the connection's queue at every await.
                let task = Task(executorPreference: round % 4 < 2 ? preferred : nil) {
                    try await connection.execute("SELECT pg_sleep(0.002)")
                }
                let asked = DispatchGroup()
                let delay = DispatchTimeInterval.microseconds(Int.random(in: 0...4_000, using: &random))
                if round.isMultiple(of: 2) {
                    trigger.asyncAfter(deadline: .now() + delay) { task.cancel() }
                } else {
                    asked.enter()
                    trigger.asyncAfter(deadline: .now() + delay) {
                        Task {
                            await connection.cancel()
                            asked.leave()
                        }
                    }
                }
                do {
                    try await task.value
                    outcomes.done += 1
                } catch let error as PostgresError {
                    #expect(error.kind == .cancelled, "round \(round), seed \(random.seed): \(error)")
                    outcomes.cancelled += 1
                }
                // A call that comes later than this would be right to hit the next statement.
                await withCheckedContinuation { continuation in asked.notify(queue: trigger) { continuation.resume() } }
                #expect(
                    try await connection.row("SELECT \(round) AS n").decode("n") == round, "seed \(random.seed)")
            }
            #expect(outcomes.done > 20 && outcomes.cancelled > 20, "seed \(random.seed): \(outcomes)")
        }
    }
}

extension TestDatabase {
    var sleepers: Int {
        get async throws {
            let sql =
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
            return try #require(Int(try await psql(sql)))
        }
    }

    func untilSleeping() async throws {
        try await cluster.untilSleeping(in: name)
    }
}

extension Cluster {
    /// Returns when a session of this database is in `pg_sleep`: waits on the server, for ten seconds at most.
    func untilSleeping(in database: String) async throws {
        try await psql(
            """
            DO $$ BEGIN
            FOR i IN 1..2000 LOOP
                PERFORM pg_stat_clear_snapshot();
                IF EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                    AND wait_event = 'PgSleep') THEN RETURN; END IF;
                PERFORM pg_sleep(0.005);
            END LOOP;
            RAISE 'no session sleeps';
            END $$
            """, database: database)
    }
}
