import CivilTime
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Runs and the ledger")
struct LedgerRunTests {
    /// A run by hand, as `pgtend run` makes it.
    private func runByHand(
        _ database: TestDatabase, _ tasks: [TaskKind] = TaskKind.allCases, user: String = "postgres",
        sink: RecordingSink = RecordingSink(), _ change: (inout DatabaseDefinition) -> Void = { _ in }
    ) async -> RunSummary {
        await MaintenanceRun(
            definition: database.definition(user: user, change), tasks: tasks, runID: TestSlot.runID(),
            applicationName: "pgtend run", programVersion: "1.2.3", sink: sink
        ).execute()
    }

    // MARK: - By hand

    @Test("a run by hand makes no ledger, and says nothing of it")
    func makesNone() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            let sink = RecordingSink()
            let summary = await runByHand(database, sink: sink)
            #expect(summary.verdict == .done && summary.slot == nil && sink.serviceEvents.isEmpty)
            let isMissing = try await database.psql("SELECT to_regnamespace('pgtend_ledger') IS NULL")
            #expect(isMissing == "t")
        }
    }

    @Test("a run by hand enters itself where there is a ledger, without a slot", arguments: PostgresVersion.underTest)
    func entersItself(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            try await database.installLedger()
            let summary = await runByHand(database)
            #expect(summary.verdict == .done && summary.slot == nil)
            let kinds = TaskKind.allCases.map(\.rawValue).joined(separator: ",")
            try await database.expect(
                ledger: "SELECT id, slot_id IS NULL, tasks, state, application, done FROM run",
                is: "\(summary.runID)|t|{\(kinds)}|completed|pgtend run|\(summary.count(.done))")
            try await database.expect(
                ledger: "SELECT count(*), count(slot_id) FROM step WHERE outcome = 'done'",
                is: "\(summary.count(.done))|0")
            // Nothing keeps the next one from the same work.
            #expect(await runByHand(database, [.views]).count(.done) == 2)
            try await database.expect(ledger: "SELECT count(*) FROM slot", is: "0")
        }
    }

    @Test("a run by hand does its work without the right to enter it, and with a ledger that is damaged")
    func neverFailsBecauseOfIt() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            try await database.installLedger()
            let role = "hand_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN; GRANT ALL ON SCHEMA s TO \(role);
                ALTER MATERIALIZED VIEW s.numbers OWNER TO \(role); ALTER MATERIALIZED VIEW s.words OWNER TO \(role);
                GRANT SELECT ON s.source TO \(role);
                """)
            let sink = RecordingSink()
            let poor = await runByHand(database, [.views], user: role, sink: sink)
            #expect(poor.verdict == .done && sink.serviceEvents.isEmpty)
            try await database.expect(ledger: "SELECT count(*) FROM run", is: "0")

            let blocker = try await database.connect()
            try await blocker.script(unsafe: "BEGIN; LOCK TABLE pgtend_ledger.run")
            let locked = RecordingSink()
            #expect(await runByHand(database, [.views], sink: locked).count(.done) == 2)
            #expect(locked.serviceEvents.count == 1)
            let slot = await database.serve(TestSlot.order(.views))
            #expect(slot.failure?.failureClass == .lockNotAvailable && slot.slot?.state == .open)
            await blocker.close()

            try await database.ledger("ALTER TABLE run RENAME COLUMN host TO hostess")
            let damaged = RecordingSink()
            let summary = await runByHand(database, [.views], sink: damaged)
            #expect(summary.verdict == .done && summary.count(.done) == 2)
            guard case .ledgerUnavailable(database.name, let failure)? = damaged.serviceEvents.first else {
                Issue.record("\(damaged.serviceEvents)")
                return
            }
            #expect(failure.sqlState == .undefinedColumn && damaged.serviceEvents.count == 1)
            try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }

    // MARK: - Steps and their rows

    @Test("whoever locks the ledger makes the step wait, and not the application behind it")
    func waitsBeforeItsOwnLocks() async throws {
        try await TestDatabase.with { database in
            try await database.psql(PastSQL.events)
            try await database.installLedger()
            let repairer = try await database.connect()
            // Once the slot is claimed: the claim would wait, too.
            let sink = RecordingSink { event in
                guard case .planned = event else { return }
                database.psqlNow(
                    "SELECT pg_advisory_lock(1); SELECT pg_advisory_unlock(1)")
            }
            try await repairer.execute("SELECT pg_advisory_lock(1)")
            async let run = database.serve(TestSlot.order(.partitions), sink: sink) { definition in
                definition.locks.perStep = .seconds(20)
                definition.locks.tries = 1
                definition.locks.perTableAndHour = .seconds(60)
            }
            try await database.wait(
                until:
                    "EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_advisory_lock(1)%' AND wait_event = 'advisory')"
            )
            try await repairer.script(unsafe: "BEGIN; LOCK TABLE pgtend_ledger.step IN ACCESS EXCLUSIVE MODE")
            try await repairer.execute("SELECT pg_advisory_unlock(1)")
            let waiting = "application_name = 'pgtend test' AND wait_event_type = 'Lock'"
            try await database.wait(until: "EXISTS (SELECT FROM pg_stat_activity WHERE \(waiting))")
            let held = try await database.psql(
                """
                SELECT l.relation::regclass, l.mode FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
                WHERE \(waiting) AND l.granted AND l.relation IN (
                    SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 's'::regnamespace)
                """)
            #expect(held == "")
            try await repairer.script(unsafe: "ROLLBACK")
            let summary = await run
            #expect(summary.count(.done) == 4)
            await repairer.close()
        }
    }

    @Test("a step whose row cannot be entered leaves no effect")
    func leavesNoEffectWithoutARow() async throws {
        try await TestDatabase.with { database in
            try await database.psql(PastSQL.events)
            try await database.installLedger()
            // What is done is entered once, and never again.
            try await database.ledger(
                "CREATE UNIQUE INDEX ON step (task) WHERE outcome = 'done' AND slot_id IS NOT NULL")
            let summary = await database.serve(TestSlot.order(.partitions))
            #expect(summary.count(.done) == 1 && summary.count(.failed) == summary.reports.count - 1, "\(summary)")
            let count = try await database.psql(
                "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'")
            #expect(count == "5")
        }
    }

    private static let target = """
        CREATE TABLE s.statistics (tenant_id text PRIMARY KEY, total_documents bigint,
            avg_document_length double precision, term_document_frequencies jsonb, last_updated timestamptz)
        """

    private static func corpus(function: String? = nil) -> CorpusDefinition {
        CorpusDefinition(
            source: RelationName(schema: "s", name: "documents"),
            target: RelationName(schema: "s", name: "statistics"),
            function: function.map { RelationName(schema: "s", name: $0) })
    }

    @Test("what the step's role has deferred is checked as that role, before the row is entered")
    func checksDeferredConstraints() async throws {
        try await TestDatabase.with { database in
            let role = "tenant_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(role);
                CREATE SCHEMA s; GRANT ALL ON SCHEMA s TO \(role);
                CREATE TABLE s.documents (tenant_id text NOT NULL, content_tsvector tsvector);
                INSERT INTO s.documents VALUES ('a', 'x'), ('b', 'y');
                \(Self.target);
                CREATE TABLE s.who (name text);
                GRANT INSERT ON s.who TO \(role);
                ALTER TABLE s.documents OWNER TO \(role); ALTER TABLE s.statistics OWNER TO \(role);
                CREATE FUNCTION s.note() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO s.who VALUES (current_user); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER note AFTER INSERT OR UPDATE ON s.statistics DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION s.note();
                """)
            let corpus = Self.corpus()
            let summary = await database.serve(TestSlot.order(.statistics)) { $0.corpora = [corpus] }
            #expect(summary.outcomes(of: .statistics) == ["done", "done"], "\(summary)")
            #expect(try await database.psql("SELECT DISTINCT name FROM s.who") == role)
            try await database.expect(
                ledger: "SELECT key FROM step ORDER BY key",
                is: "update_statistics s.documents s.statistics a\nupdate_statistics s.documents s.statistics b")
            try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
        }
    }

    @Test("a tenant of any length and kind has its row, and no other's")
    func entersAnyTenant() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.documents (tenant_id text NOT NULL, content_tsvector tsvector);
                INSERT INTO s.documents SELECT t, 'x' FROM unnest(ARRAY[
                    repeat('long ', 2000), repeat('long ', 2000) || 'r', E'caf\\u00e9', E'cafe\\u0301', '''; DROP', '', ' ',
                    E'a\\nb', 'NULL', '{}']) AS t;
                CREATE TABLE s.done (tenant_id text);
                \(Self.target);
                CREATE FUNCTION s.count_one(tenant text) RETURNS void LANGUAGE sql AS
                    $$ INSERT INTO s.done VALUES (tenant) $$;
                """)
            let corpus = Self.corpus(function: "count_one")
            let order = TestSlot.order(.statistics)
            let summary = await database.serve(order) { $0.corpora = [corpus] }
            #expect(summary.count(.done) == 10, "\(summary.outcomes(of: .statistics))")
            // As if its end had been lost.
            try await database.ledger(
                """
                UPDATE slot SET state = 'open', completed_by = NULL, ended_at = NULL;
                UPDATE run SET state = 'running', ended_at = NULL;
                """)
            let again = await database.serve(order) { $0.corpora = [corpus] }
            #expect(again.count(.superseded) == 10 && again.slot?.state == .ran(late: false))
            #expect(try await database.psql("SELECT count(*) FROM s.done") == "10")
        }
    }

    // MARK: - The lock budget

    @Test("what other runs have waited for a table within the hour is spent", arguments: PostgresVersion.underTest)
    func keepsTheBudgetOfTheHour(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(PastSQL.events)
            func budget(_ definition: inout DatabaseDefinition) {
                definition.locks = LockBudget(
                    perStep: .milliseconds(100), tries: 5, perTableAndHour: .milliseconds(250))
            }
            let blocker = try await database.connect(as: "in the way")
            try await blocker.script(unsafe: "BEGIN; LOCK TABLE ONLY s.events IN SHARE UPDATE EXCLUSIVE MODE")
            let first = await database.serve(TestSlot.order(.partitions), budget)
            #expect(first.count(.postponed) == first.reports.count)
            let spent = first.reports.reduce(Duration.zero) { $0 + $1.lockWait }
            #expect(spent >= .milliseconds(150), "\(first)")

            let second = await database.serve(TestSlot.order(.partitions), budget)
            #expect(second.count(.postponed) == second.reports.count)
            #expect(second.reports.allSatisfy { $0.lockWait == .zero }, "\(second)")

            await blocker.close()
            try await database.ledger("UPDATE step SET started_at = started_at - interval '61 minutes'")
            let third = await database.serve(TestSlot.order(.partitions), budget)
            #expect(third.count(.done) == third.reports.count && third.slot?.state == .ran(late: false), "\(third)")
        }
    }
}
