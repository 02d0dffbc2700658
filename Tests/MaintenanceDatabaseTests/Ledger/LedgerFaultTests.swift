import CivilTime
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Faults and the ledger", .serialized)
struct LedgerFaultTests {
    /// Every refresh that is committed leaves a row, in the same transaction.
    private static let world = Template("ledger_faults") { database in
        try await database.psql(
            PastSQL.events + """
                CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n;
                CREATE UNIQUE INDEX ON s.numbers (n);
                CREATE MATERIALIZED VIEW s.words AS SELECT 'one' AS w;
                CREATE UNIQUE INDEX ON s.words (w);
                CREATE SCHEMA witness;
                CREATE TABLE witness.refreshes (view text NOT NULL);
                CREATE FUNCTION witness.note() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO witness.refreshes
                    SELECT object_identity FROM pg_event_trigger_ddl_commands()
                    WHERE object_type = 'materialized view';
                END $$;
                CREATE EVENT TRIGGER note ON ddl_command_end WHEN tag IN ('REFRESH MATERIALIZED VIEW')
                    EXECUTE FUNCTION witness.note();
                """)
    }

    struct Blow: Sendable, CustomTestStringConvertible {
        let strike: StatementRelay.Strike
        let task: TaskKind
        let version: PostgresVersion
        var testDescription: String { "\(strike), \(task), \(version)" }
    }

    private static let blows = PostgresVersion.underTest.flatMap { version in
        [StatementRelay.Strike.terminate, .cutBefore, .cutAfter].flatMap { strike in
            [TaskKind.views, .partitions].map { Blow(strike: strike, task: $0, version: version) }
        }
    }

    @Test(
        "a service that is struck at any statement leaves a slot that is completed once, with each effect once",
        arguments: blows)
    func survivesABlowAtAnyStatement(blow: Blow) async throws {
        let cluster = try await Cluster.shared(blow.version)
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        let order = TestSlot.order(blow.task)
        let statements = try await TestDatabase.with(cluster, template: Self.world) { database in
            let summary = await run(order, in: database, through: relay)
            #expect(summary.slot?.state == .ran(late: false), "\(summary)")
            try await expectOnce(order, in: database)
            return relay.count
        }
        try #require(statements > 0)
        var random = Seeded()
        let variant = Self.blows.count { $0.testDescription < blow.testDescription }
        let numbers = random.struck(of: statements, oneIn: 6, variant: variant)
        print(
            "\(blow.testDescription): \(statements) statements a run, struck at \(numbers.count) of them "
                + "(seed \(random.seed))")
        var completedAtOnce = 0
        for number in numbers {
            try await TestDatabase.with(cluster, template: Self.world) { database in
                relay.strike(blow.strike, at: number)
                var summary = await run(order, in: database, through: relay)
                #expect(relay.count >= number, "statement \(number) never came")
                if summary.slot?.state == .ran(late: false) { completedAtOnce += 1 }
                // As the supervisor does: the session that was struck may still hold its lock for a moment.
                let patience = ContinuousClock.now + .seconds(30)
                while !summary.isSettled, ContinuousClock.now < patience {
                    try await Task.sleep(for: .milliseconds(20))
                    summary = await run(order, in: database, through: relay)
                }
                try await expectOnce(order, in: database, "after a blow at statement \(number): \(summary)")
                #expect(try await database.leftovers() == "", "after a blow at statement \(number)")
            }
        }
        #expect(numbers.isEmpty || completedAtOnce < numbers.count)
    }

    private func run(_ order: SlotOrder, in database: TestDatabase, through relay: StatementRelay) async -> RunSummary {
        let conninfo = "host='\(relay.folder)' dbname='\(database.name)' user=postgres"
        return await database.serve(order, conninfo: conninfo) { $0.partitions.premake = 0 }
    }

    private func expectOnce(
        _ order: SlotOrder, in database: TestDatabase, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let slot = try await database.ledger(
            """
            SELECT s.state, count(*) FILTER (WHERE r.state = 'completed'), count(*) FILTER (WHERE r.state = 'running'),
                bool_and(s.completed_by = r.id) FILTER (WHERE r.state = 'completed')
            FROM slot AS s JOIN run AS r ON r.slot_id = s.id GROUP BY s.id
            """)
        #expect(slot == "ran|1|0|t", "\(comment)", sourceLocation: sourceLocation)
        let entered = try await database.ledger(
            "SELECT key, count(*) FROM step WHERE outcome = 'done' GROUP BY key ORDER BY key COLLATE \"C\"")
        let effects =
            switch order.slot.task {
            case .views: "SELECT 'refresh_view ' || view, count(*) FROM witness.refreshes GROUP BY view ORDER BY 1"
            default:
                """
                SELECT 'create_partition s.events ' || c.oid::regclass, 1 FROM pg_class AS c
                WHERE c.relispartition AND c.relkind = 'r' AND c.relname > 'events_' || to_char(
                    date_trunc('month', now() AT TIME ZONE 'UTC') - interval '2 months', 'YYYY_MM')
                ORDER BY c.relname
                """
            }
        let found = try await database.psql(effects)
        #expect(entered == found && !found.isEmpty, "\(comment)", sourceLocation: sourceLocation)
        #expect(found.split(separator: "\n").allSatisfy { $0.hasSuffix("|1") }, "\(found) \(comment)")
    }

    @Test("a service that dies in mid-run is found abandoned, and what it had done is not done again")
    func takesOver() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let order = TestSlot.order(.views)
            let (dead, heir) = (TestSlot.runID(), TestSlot.runID())
            try await die(in: database, order, as: dead)
            try await database.expect(ledger: "SELECT state, ended_at IS NULL FROM run", is: "running|t")
            try await database.expect(ledger: "SELECT state FROM slot", is: "open")

            let summary = await database.serve(order, runID: heir)
            #expect(summary.slot?.state == .ran(late: false) && summary.slot?.attempt == 2)
            #expect(summary.slot?.abandoned.map(\.runID) == [dead])
            #expect(
                summary.outcomes(of: .views) == ["superseded: done already for this slot by run \(dead)", "done"])
            try await database.expect(
                ledger: "SELECT state, attempt, ended_at >= started_at FROM run ORDER BY attempt",
                is: "abandoned|1|t\ncompleted|2|t")
            try await expectOnce(order, in: database)
        }
    }

    @Test("a run whose owner died is found by the next slot, too, and its own slot is missed")
    func findsTheDeadOfAnEarlierSlot() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let dead = TestSlot.runID()
            try await die(in: database, TestSlot.order(.views, 1), as: dead)
            let summary = await database.serve(TestSlot.order(.views))
            #expect(summary.slot?.abandoned.map(\.runID) == [dead] && summary.slot?.attempt == 1)
            #expect(summary.slot?.passed.map(\.slot.due) == [TestSlot.due(1)])
            #expect(summary.count(.done) == 2)
            try await database.expect(ledger: "SELECT state FROM slot ORDER BY due", is: "missed\nran")
        }
    }

    /// Does what a service does up to the first of its two steps, as one that loses its server for good then.
    private func die(in database: TestDatabase, _ order: SlotOrder, as runID: String) async throws {
        try await database.installLedger()
        let connection = try await database.connect()
        let session = database.session(from: connection)
        #expect(try await session.take([order.slot.task]).isEmpty)
        let context = RunContext(
            definition: database.definition(), tasks: [order.slot.task], runID: runID, applicationName: "dead",
            programVersion: "0", order: order, installsLedger: false, sink: RecordingSink(),
            repertoire: Repertoire(database.definition()))
        let claim = LedgerClaim(connection: connection, identity: context.identity)
        guard case .begun(let run, _) = try await claim.begin(order, tasks: [order.slot.task], schedule: nil) else {
            throw TestFailure("the slot was not to be had")
        }
        let plan = try await database.plan([order.slot.task])
        var executor = PlanExecutor(session: session, context: context, recordedRun: run)
        let reports = await executor.execute(Array(plan.steps.prefix(1)))
        #expect(reports.map(\.outcome) == [.done])
        try await database.psql("SELECT pg_terminate_backend(\(connection.server.backendPID), 5000)")
        await session.close()
    }

    @Test("a run that was marked abandoned commits nothing more, and says who took over")
    func isFenced() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let order = TestSlot.order(.views)
            let heir = String(repeating: "e", count: 32)
            try await database.installLedger()
            let sink = RecordingSink { event in
                // As another run would that has got the lock.
                guard case .stepStarted(_, _, _, index: 1, _) = event else { return }
                database.psqlNow(
                    """
                    UPDATE pgtend_ledger.run SET state = 'abandoned', ended_at = now() WHERE state = 'running';
                    INSERT INTO pgtend_ledger.run (id, database_name, slot_id, tasks, attempt, state, host, pid,
                        application, pgtend_version, backend_pid, started_at)
                    SELECT '\(heir)', s.database_name, s.id, '{views}', 2, 'running', 'elsewhere', 77, '', '', 1,
                        clock_timestamp()
                    FROM pgtend_ledger.slot AS s WHERE s.state = 'open'
                    """)
            }
            let summary = await database.serve(order, sink: sink)
            #expect(summary.slot?.state == .open && summary.failure == nil)
            #expect(summary.reports.map(\.outcome.word) == ["interrupted", "interrupted"])
            let first = try #require(summary.outcomes(of: .views).first)
            #expect(first.contains("run \(heir) (pid 77 on elsewhere) took over"))
            #expect(try await database.psql("SELECT count(*) FROM witness.refreshes") == "0")
            try await database.expect(
                ledger: "SELECT state FROM run WHERE tasks = '{views}' ORDER BY started_at", is: "abandoned\nrunning")
        }
    }

    @Test("a run that the server does not know any more commits nothing, and its slot is tried again")
    func isUnknown() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let order = TestSlot.order(.views)
            try await database.installLedger()
            // As after a failover that lost the last transactions.
            let sink = RecordingSink { event in
                guard case .stepStarted(_, _, _, index: 1, _) = event else { return }
                database.psqlNow("DELETE FROM pgtend_ledger.slot")
            }
            let summary = await database.serve(order, sink: sink)
            #expect(summary.slot?.state == .open)
            #expect(summary.outcomes(of: .views).first?.contains("does not know this run") == true)
            let effects = try await database.psql("SELECT count(*) FROM witness.refreshes")
            #expect(effects == "0")
            #expect(await database.serve(order).slot?.state == .ran(late: false))
            try await expectOnce(order, in: database)
        }
    }

    @Test("a ledger that is dropped in mid-run is made anew by the next attempt")
    func isMadeAnew() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let order = TestSlot.order(.views)
            try await database.installLedger()
            let sink = RecordingSink { event in
                guard case .stepStarted(_, _, _, index: 1, _) = event else { return }
                database.psqlNow("SET client_min_messages = error; DROP SCHEMA pgtend_ledger CASCADE")
            }
            let summary = await database.serve(order, sink: sink)
            #expect(summary.slot?.state == .open && summary.count(.failed) == 2)
            guard case .ledgerUnavailable(database.name, _)? = sink.serviceEvents.last else {
                Issue.record("\(sink.serviceEvents)")
                return
            }
            #expect(await database.serve(order).slot?.state == .ran(late: false))
            try await expectOnce(order, in: database)
        }
    }

    @Test(
        "services that race for many slots while their sessions are killed complete each once, with each effect once",
        arguments: PostgresVersion.underTest)
    func raceForManySlots(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: Self.world) { database in
            try await database.installLedger()
            let orders = (0..<8).reversed().map { TestSlot.order(.views, $0) }
            let completed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var own = 0
                        for order in orders where await Self.isOurs(order, in: database) { own += 1 }
                        return own
                    }
                }
                // Whoever executes something is killed now and then, until the last slot is completed.
                try await database.psql(
                    """
                    SELECT setseed(0.5);
                    CREATE TABLE witness.kills (pid integer, held_lock boolean);
                    DO $$ BEGIN
                        FOR i IN 1..2000 LOOP
                            PERFORM pg_stat_clear_snapshot();
                            -- Of those who have the lock of the task the first three, then one in ten of all.
                            WITH victims AS MATERIALIZED (
                                SELECT a.pid, l.pid IS NOT NULL AS held_lock
                                FROM pg_stat_activity AS a
                                LEFT JOIN pg_locks AS l ON l.pid = a.pid AND l.locktype = 'advisory' AND l.granted
                                WHERE a.datname = current_database() AND a.application_name = 'pgtend test'
                                    AND CASE WHEN (SELECT count(*) FROM witness.kills WHERE held_lock) < 3
                                        THEN l.pid IS NOT NULL ELSE random() < 0.1 END
                            )
                            INSERT INTO witness.kills
                            SELECT v.pid, v.held_lock FROM victims AS v WHERE pg_terminate_backend(v.pid);
                            PERFORM pg_sleep(0.01);
                            EXIT WHEN (SELECT count(*) FROM pgtend_ledger.slot WHERE state = 'ran') = 8;
                        END LOOP;
                    END $$
                    """)
                return try await group.reduce(0, +)
            }
            #expect(try await database.psql("SELECT count(*) > 0 FROM witness.kills WHERE held_lock") == "t")
            #expect(completed <= orders.count, "a completion whose answer was lost is nobody's own")
            try await database.expect(
                ledger: """
                    SELECT count(*), bool_and(s.state = 'ran'), bool_and(r.completed = 1),
                        -- A third attempt is the last, and a step that is killed twice in it stays undone.
                        bool_and(r.steps = 2 OR r.attempts > 2)
                    FROM slot AS s CROSS JOIN LATERAL (
                        SELECT count(*) FILTER (WHERE r.state = 'completed') AS completed, (
                            SELECT count(*) FROM step AS t WHERE t.slot_id = s.id AND t.outcome = 'done') AS steps,
                            max(r.attempt) AS attempts
                        FROM run AS r WHERE r.slot_id = s.id) AS r
                    """,
                is: "8|t|t|t")
            let entered = try await database.ledger(
                "SELECT key, count(*) FROM step WHERE outcome = 'done' GROUP BY key ORDER BY key")
            let effects = try await database.psql(
                "SELECT 'refresh_view ' || view, count(*) FROM witness.refreshes GROUP BY view ORDER BY view")
            #expect(effects == entered)
        }
    }

    /// Tries the slot until somebody has completed it, as the supervisor does; whether it was this service.
    private static func isOurs(_ order: SlotOrder, in database: TestDatabase) async -> Bool {
        while !Task.isCancelled {
            switch await database.serve(order).slot?.state {
            case .ran: return true
            case .completedElsewhere: return false
            case .open, nil: break
            }
        }
        return false
    }

    @Test("a run that is told to stop is interrupted, and its slot stays open")
    func isInterrupted() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let order = TestSlot.order(.views)
            try await database.installLedger()
            let blocker = try await database.connect()
            try await blocker.script(unsafe: "BEGIN; COMMENT ON MATERIALIZED VIEW s.words IS 'held'")
            let task = Task { await database.serve(order) { $0.locks.perStep = .seconds(60) } }
            try await database.waitUntilALockIsAwaited()
            task.cancel()
            let summary = await task.value
            await blocker.close()
            #expect(summary.slot?.state == .open && summary.interruption != nil)
            try await database.expect(
                ledger: "SELECT state, interruption, done, interrupted FROM run WHERE tasks = '{views}'",
                is: "interrupted|its caller|1|1")
            try await database.expect(
                ledger: "SELECT outcome FROM step WHERE task = 'views' ORDER BY number", is: "done\ninterrupted")
            #expect(await database.serve(order).outcomes(of: .views).map { $0.prefix(4) } == ["supe", "done"])
            try await expectOnce(order, in: database)
        }
    }

    @Test("what ends a run before its first step is entered with its reason")
    func entersTheFailure() async throws {
        try await TestDatabase.with(template: Self.world) { database in
            let role = "poor_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN; GRANT CREATE ON DATABASE \(database.name) TO \(role);
                REVOKE SELECT ON pg_catalog.pg_rewrite FROM PUBLIC;
                """)
            let summary = await database.serve(TestSlot.order(.views), user: role)
            #expect(summary.failure?.sqlState == .insufficientPrivilege && summary.slot?.state == .open)
            try await database.expect(
                ledger: "SELECT r.state, failure_class, sqlstate, message <> '', s.state FROM run AS r, slot AS s",
                is: "incomplete|privilege|42501|t|open")
            try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }
}

extension RunSummary {
    fileprivate var isSettled: Bool {
        switch slot?.state {
        case .ran, .completedElsewhere: true
        case .open, nil: false
        }
    }
}
