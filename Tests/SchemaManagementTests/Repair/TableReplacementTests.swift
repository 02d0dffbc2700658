import Maintenance
import SchemaDesign
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

/// Tables with another partition key than they should have, or none.
@Suite("Tables that are replaced with their rows")
struct TableReplacementTests {
    /// What the repair does, which the plan has to have said; with that of the plan.
    private static func repair(
        _ database: TestDatabase, _ mappings: [String] = []
    ) async throws -> (plan: SchemaPlan, done: [SchemaStep], after: SchemaDiagnosis) {
        let plan = try await database.repairing(mappings).plan().plan
        let done = Mutex<[SchemaStep]>([])
        let after = try await database.repairing(mappings).run(
            begun: { _ in }, done: { steps, _ in done.withLock { $0 += steps } })
        return (plan, done.withLock(\.self), after)
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector, [0, 300])
    func oneThatIsNotPartitionedGetsItsMonths(version: PostgresVersion, rows: Int) async throws {
        try await TestDatabase.with(version) { database in
            try await DriftedDatabase.load(into: database, rows: 300, [.vectors, .unpartitionedTasks])
            if rows == 0 { try await database.psql("TRUNCATE mcp.tasks") }
            try await KeptRows.keep(database)
            let (plan, done, after) = try await Self.repair(database)
            #expect(plan.refusals == [])
            #expect(after.verification.gap.isClosed, "\(after.verification.gap) \(after.plan.refusals)")
            #expect(try await KeptRows.losses(database) == "")
            #expect(Set(done.map(\.object)).subtracting(plan.steps.map(\.object)) == [], "the plan had said all of it")
            #expect(plan.notes.contains { $0.contains(#"DROP TABLE "mcp"."pgtend_old_tasks""#) })
            #expect(try await database.psql("SELECT count(*) FROM mcp.pgtend_old_tasks") == "\(rows)")
            #expect(
                try await database.psql("SELECT string_agg(DISTINCT tableoid::regclass::text, ',') FROM mcp.tasks")
                    == (rows > 0 ? "mcp.tasks_2025_01" : ""))
        }
    }

    /// As the platform's own migrations made them, with children that refer to them by their ids alone.
    private static let otherKeys = """
        SET client_min_messages = error;
        ALTER TABLE mcp.task_delegations DROP CONSTRAINT task_delegations_task_id_task_created_at_fkey;
        ALTER TABLE mcp.tasks RENAME TO was;
        CREATE TABLE mcp.flat (LIKE mcp.was INCLUDING DEFAULTS);
        ALTER TABLE mcp.flat ALTER COLUMN created_at TYPE timestamp, ADD COLUMN note text DEFAULT 'mine', ADD PRIMARY KEY (id);
        INSERT INTO mcp.flat (id, tenant_id, title, created_at, status)
        SELECT md5('task' || n)::uuid, md5('tenant' || n % 3)::uuid, 'task ' || n,
            timestamp '2025-11-20 10:00' + n * interval '1 day', 'completed'
        FROM generate_series(1, 200) AS n;
        DROP TABLE mcp.was;
        ALTER TABLE mcp.flat RENAME TO tasks;
        CREATE INDEX mine ON mcp.tasks (note);
        CREATE ROLE replaced_reader;
        GRANT SELECT ON mcp.tasks TO replaced_reader;
        CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER mine BEFORE UPDATE ON mcp.tasks FOR EACH ROW EXECUTE FUNCTION public.touch();
        ALTER TABLE mcp.task_state_transitions ADD FOREIGN KEY (task_id) REFERENCES mcp.tasks (id) ON DELETE CASCADE;
        DROP TABLE mcp.audit_log;
        CREATE TABLE mcp.audit_log (id uuid DEFAULT gen_random_uuid(), tenant_id uuid NOT NULL, entity_type varchar(50),
            entity_id uuid, action varchar(50), actor_id uuid, created_at timestamp DEFAULT now(), PRIMARY KEY (id, created_at))
            PARTITION BY RANGE (created_at);
        CREATE TABLE mcp.audit_log_2025_01 PARTITION OF mcp.audit_log FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
        INSERT INTO mcp.audit_log (tenant_id, entity_type, entity_id, action, actor_id, created_at)
        SELECT md5('t')::uuid, 'task', md5('task' || n)::uuid, 'update', md5('u')::uuid, timestamp '2025-01-05 10:00'
        FROM generate_series(1, 50) AS n;
        ALTER TABLE mcp.tasks OWNER TO mcp_owner;
        ALTER TABLE mcp.audit_log OWNER TO mcp_owner;
        ALTER TABLE mcp.audit_log_2025_01 OWNER TO mcp_owner;
        """
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func anotherKeyKeepsRowsTriggersPrivilegesAndWhatTheSchemaDoesNotKnow(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.otherKeys.replacing("replaced_reader", with: "reader_\(database.name)"))
            let sums =
                "SELECT count(*), md5(string_agg(id || title || (created_at AT TIME ZONE 'UTC'), ',' ORDER BY id)) FROM mcp."
            let before = try await database.psql(
                "SELECT count(*), md5(string_agg(id || title || created_at, ',' ORDER BY id)) FROM mcp.tasks")
            let unmapped = try await database.repairing().plan().plan.refusals
            #expect(unmapped.map(\.object.name) == ["action"], "\(unmapped)")

            let (plan, done, after) = try await Self.repair(database, ["audit_log.action:update=UPDATE"])
            #expect(plan.refusals == [], "\(plan.refusals)")
            #expect(after.verification.gap.isClosed, "\(after.verification.gap) \(after.plan.refusals)")
            for (said, did) in zip(plan.steps, done) {
                #expect(said.object == did.object && said.execution == did.execution)
                for (said, did) in zip(said.statements, did.statements) { #expect(said == did) }
            }
            #expect(done.count == plan.steps.count, "the plan had said all of it")
            #expect(try await database.psql(sums + "tasks") == before)
            #expect(
                try await database.psql(
                    """
                    SELECT count(*), min(table_name), count(DISTINCT record_id), min(action), min(changed_at AT TIME ZONE 'UTC')
                    FROM mcp.audit_log WHERE table_name = 'task'
                    """) == "50|task|50|UPDATE|2025-01-05 10:00:00")
            #expect(try await database.psql("SELECT DISTINCT note FROM mcp.tasks") == "mine")
            #expect(
                try await database.psql(
                    "SELECT has_table_privilege('reader_\(database.name)', 'mcp.tasks', 'SELECT'), count(*) FROM pg_trigger "
                        + "WHERE tgrelid = 'mcp.tasks'::regclass AND tgname = 'mine'") == "t|1")
            for note in ["index mine stays with pgtend_old_tasks", "task_state_transitions_task_id_fkey goes"] {
                #expect(plan.notes.contains { $0.contains(note) }, "\(plan.notes)")
            }
            // Nothing refers to the old rows, and they hold no others.
            #expect(
                try await database.psql(
                    "DROP TABLE mcp.pgtend_old_tasks, mcp.pgtend_old_audit_log; SELECT count(*) FROM mcp.tasks")
                    == "200")
            try await database.psql(
                "DROP OWNED BY reader_\(database.name); DROP ROLE reader_\(database.name)")
        }
    }

    /// What would go on with the old table is named with a statement, and these work in the order in which they stand.
    @Test func whatReadsTheOldTableIsNamedInAnOrderThatWorks() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await DriftedDatabase.vary(database, .unpartitionedTasks)
            try await database.psql(
                """
                CREATE SCHEMA mine;
                CREATE VIEW mine.open AS SELECT id FROM mcp.tasks;
                CREATE MATERIALIZED VIEW mine.opened AS SELECT * FROM mine.open;
                ALTER TABLE mcp.tasks ADD UNIQUE (id);
                CREATE TABLE mine.remarks (task_id uuid REFERENCES mcp.tasks (id));
                CREATE PUBLICATION p_\(database.name) FOR TABLE mcp.tasks;
                """)
            let refusals = try await database.repairing().plan().plan.refusals.filter {
                $0.reason.contains("goes on with the old one")
            }
            #expect(refusals.count == 4, "\(refusals)")
            for refusal in refusals { try await database.psql(String(refusal.cure.prefix { $0 != ";" })) }
            let (plan, _, after) = try await Self.repair(database)
            #expect(plan.refusals == [], "\(plan.refusals)")
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
        }
    }

    /// It says how long it takes, and how to let it take that long.
    @Test func oneThatIsTooLargeIsLeftUntilOthersMayWait() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await DriftedDatabase.vary(database, .unpartitionedTasks)
            let hasty = LockBudget(perStep: .milliseconds(2), perTableAndHour: .seconds(1))
            let refusal = try #require(
                try await database.repairing(locks: hasty).plan().plan.refusals.first { $0.object.name == "tasks" })
            #expect(
                refusal.reason.contains("which are copied in about 1 s, and nobody can read or write"), "\(refusal)")
            #expect(refusal.cure.contains("PGTEND_LOCK_TIMEOUT=1s PGTEND_LOCK_BUDGET_PER_HOUR=2s pgtend schema repair"))
            let patient = LockBudget(perStep: .seconds(1), perTableAndHour: .seconds(2))
            #expect(try await database.repairing(locks: patient).plan().plan.refusals == [])
        }
    }

    /// The default of its column is the present.
    @Test func oneOfWhichNothingSaysWhenItsRowsWereMadeIsRefused() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await DriftedDatabase.vary(database, .unpartitionedTasks)
            try await database.psql("ALTER TABLE mcp.tasks DROP CONSTRAINT tasks_flat_pkey, DROP COLUMN created_at")
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(
                refusals.contains { $0.reason.hasPrefix("300 row(s): have no created_at, which must not be NULL") },
                "\(refusals)")
        }
    }
}
