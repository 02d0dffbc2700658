import DatabaseAccess
import Maintenance
import SQLText
import TestSupport
import Testing

@testable import SchemaManagement

/// What a schema that once was complete lost, or was given.
@Suite("Repair of a damaged schema")
struct DamagedRepairTests {
    struct Damage: CustomTestStringConvertible, Sendable {
        let name: String
        let sql: String
        var testDescription: String { name }
    }

    /// The partition of this month.
    private static func present(of table: String, _ statement: String) -> String {
        """
        DO $do$ DECLARE part text := '\(table)' || to_char(now() AT TIME ZONE 'UTC', '_YYYY_MM'); BEGIN
            EXECUTE replace($$\(statement)$$, '@', part);
        END $do$;
        """
    }

    // MARK: - Options

    static let options = [
        Damage(
            name: "a view with its reader's rights",
            sql: "ALTER VIEW mcp.tenant_agent_cost_analytics SET (security_invoker = true)"),
        Damage(
            name: "a view without its barrier",
            sql: "ALTER VIEW mcp.tenant_agent_cost_analytics RESET (security_barrier); "
                + "ALTER TABLE mcp.users SET (fillfactor = 80)"),
        Damage(
            name: "a partition without its autovacuum",
            sql: present(
                of: "tasks",
                "ALTER TABLE mcp.@ RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor), "
                    + "SET (fillfactor = 80)")),
        Damage(
            name: "a partition with another autovacuum",
            sql: present(of: "tasks", "ALTER TABLE mcp.@ SET (autovacuum_vacuum_scale_factor = 0.3)")),
    ]

    @Test(arguments: options)
    func setsWhatIsExpectedAndLeavesTheRest(damage: Damage) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(damage.sql)
            let before = try await database.repairing().plan().verification.gap
            #expect(!before.isClosed)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.verification.gap.different)")
            #expect(after.verification.gap.unknownOfThisDatabase == before.unknownOfThisDatabase)
        }
    }

    // MARK: - Counters

    static let counters = [
        Damage(
            name: "columns",
            sql: "ALTER TABLE mcp.workspaces DROP COLUMN current_documents, DROP COLUMN current_storage_bytes"),
        Damage(
            name: "triggers",
            sql: """
                DROP TRIGGER shared_documents_quota_insert ON mcp.shared_documents;
                DROP TRIGGER shared_documents_quota_delete ON mcp.shared_documents;
                \(more)
                """),
        Damage(
            name: "a disabled trigger",
            sql: "ALTER TABLE mcp.shared_documents DISABLE TRIGGER shared_documents_quota_insert; \(more)"),
        Damage(
            name: "the function",
            sql: """
                CREATE OR REPLACE FUNCTION mcp.validate_workspace_quota() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RETURN NULL; END';
                \(more)
                """),
        Damage(name: "nothing but the number", sql: "UPDATE mcp.workspaces SET current_documents = 0"),
    ]
    private static let more = """
        INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title, content)
        SELECT w.tenant_id, w.id, 'more', 'four' FROM mcp.workspaces AS w;
        """
    private static let workspaces = """
        INSERT INTO mcp.workspaces (tenant_id, name) SELECT gen_random_uuid(), n FROM generate_series(1, 20) AS n;
        INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title, content, deleted_at)
        SELECT w.tenant_id, w.id, n, repeat('x', n), CASE WHEN n = 5 THEN now() END
        FROM mcp.workspaces AS w CROSS JOIN generate_series(1, 5) AS n;
        """
    private static let miscounted = """
        SELECT count(*)
        FROM mcp.workspaces AS w
        CROSS JOIN LATERAL (
            SELECT count(*), coalesce(sum(d.size_bytes), 0)
            FROM mcp.shared_documents AS d
            WHERE d.workspace_id = w.id AND d.deleted_at IS NULL
        ) AS c (documents, bytes)
        WHERE (w.current_documents, w.current_storage_bytes) IS DISTINCT FROM (c.documents, c.bytes)
        """

    @Test(arguments: counters)
    func countsAnewWhatWasNotCounted(damage: Damage) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.workspaces)
            // With the setting, or its trigger would make it now.
            try await database.psql(
                """
                SET pgtend.keep_updated_at = 'on';
                UPDATE mcp.workspaces SET updated_at = '2000-01-01';
                \(damage.sql)
                """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql(Self.miscounted) == "0")
            let touched = "SELECT count(*) FROM mcp.workspaces WHERE updated_at > '2000-01-03'"
            #expect(try await database.psql(touched) == "0", "a count is no change of anybody's")
            try await database.psql("DELETE FROM mcp.shared_documents")
            #expect(try await database.psql("SELECT sum(current_documents) FROM mcp.workspaces") == "0")
            // What counts right is left alone.
            #expect(try await database.repairing().plan().plan.steps == [])
        }
    }

    /// Whatever it is that a writer has done when the triggers come, and when its workspace is counted.
    @Test func countsExactlyBesideWriters() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                Self.workspaces
                    + "ALTER TABLE mcp.workspaces DROP COLUMN current_documents, DROP COLUMN current_storage_bytes;"
                    + ["insert", "update", "delete", "truncate"].map {
                        "DROP TRIGGER shared_documents_quota_\($0) ON mcp.shared_documents;"
                    }.joined())
            let writes = """
                DO $$ BEGIN
                    FOR n IN 1..400 LOOP
                        INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title, content)
                        SELECT w.tenant_id, w.id, 'more', repeat('x', n) FROM mcp.workspaces AS w ORDER BY random() LIMIT 3;
                        PERFORM pg_sleep(0.005);
                        COMMIT;
                    END LOOP;
                END $$
                """
            async let writing = database.psql(writes)
            let after = try await database.repair()
            _ = try await writing
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            #expect(try await database.psql(Self.miscounted) == "0")
        }
    }

    /// A count that was begun before the writer's row was there to be counted would undo what its trigger has counted.
    @Test func aCountSeesWhatTheLastWriterOfItsRowHasDone() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.workspaces + "UPDATE mcp.workspaces SET current_documents = 100")
            let steps = try await database.repairing().plan().plan.steps
            let backfills = steps.compactMap { step in
                if case .inBatches(let backfill) = step.execution { backfill } else { nil }
            }
            async let writing = database.psql("BEGIN; \(Self.more) SELECT pg_sleep(1); COMMIT")
            try await database.wait(
                until:
                    "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')"
            )
            let connection = try await database.connect()
            let runner = StepRunner(
                connection: connection, beginnings: [], lockDeadline: TestDatabase.patientLocks.perStep, record: nil)
            let counts = BackfillWork(backfill: try #require(backfills.first), role: nil)
            _ = try await runner.attempt(.inBatches(counts))
            await connection.close()
            _ = try await writing
            #expect(try await database.psql(Self.miscounted) == "0")
        }
    }

    // MARK: - Names and places

    private static let noPartitions = """
        DO $do$ DECLARE part regclass; BEGIN
            FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'mcp.audit_log'::regclass
            LOOP EXECUTE format('DROP TABLE %s', part); END LOOP;
        END $do$;
        """
    private static let otherPart = "CREATE INDEX @_author_idx ON mcp.@"

    static let refused = [
        (
            Damage(
                name: "a partition's index with the name of another",
                sql: "DROP INDEX mcp.tasks_list_idx;"
                    + present(of: "audit_log", "CREATE INDEX tasks_list_idx ON mcp.@ (action)")),
            "its name is taken by an index of a partition: mcp.tasks_list_idx of mcp.audit_log_"
        ),
        (
            Damage(
                name: "a partition that was detached",
                sql: present(of: "audit_log", "ALTER TABLE mcp.audit_log DETACH PARTITION mcp.@")),
            "names of partitions that have to be made are taken: audit_log_"
        ),
        (
            Damage(
                name: "a partition of an instant",
                sql: noPartitions
                    + """
                    DO $$ BEGIN
                        EXECUTE format(
                            'CREATE TABLE mcp.instant PARTITION OF mcp.audit_log FOR VALUES FROM (%L) TO (%L)',
                            now() - interval '1 microsecond', now());
                    END $$
                    """),
            "expected partitions by month of UTC, found other ones in the months that have to be made: instant FOR"
        ),
        (
            Damage(
                name: "a week of a month to come",
                sql: noPartitions
                    + """
                    DO $$ DECLARE month timestamptz :=
                        (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months') AT TIME ZONE 'UTC';
                    BEGIN
                        EXECUTE format(
                            'CREATE TABLE mcp.week PARTITION OF mcp.audit_log FOR VALUES FROM (%L) TO (%L)',
                            month + interval '7 days', month + interval '14 days');
                    END $$
                    """),
            "expected partitions by month of UTC, found other ones in the months that have to be made: week FOR"
        ),
        (
            Damage(
                name: "another index of a partition",
                sql: "DROP INDEX mcp.audit_log_author_idx;" + present(of: "audit_log", "\(otherPart) (action)")),
            "is taken: CREATE INDEX audit_log_"
        ),
        (
            Damage(
                name: "an index of another partition's",
                sql: "DROP INDEX mcp.audit_log_author_idx;"
                    + present(of: "audit_log", "CREATE INDEX @_author_idx ON mcp.users (name)")),
            "is taken: CREATE INDEX audit_log_"
        ),
    ]

    @Test(arguments: refused)
    func refusesWhatHasItsNameOrItsPlace(damage: Damage, reason: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(damage.sql)
            let facts = try await database.facts()
            let diagnosis = try await database.repair()
            #expect(diagnosis.plan.refusals.contains { $0.reason.contains(reason) }, "\(diagnosis.plan.refusals)")
            #expect(try await database.facts() == facts)
        }
    }

    @Test func takesThePartThatAnEarlierCallHasBuilt() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "DROP INDEX mcp.audit_log_author_idx;"
                    + Self.present(
                        of: "audit_log",
                        "\(Self.otherPart) (changed_by, changed_at DESC) WITH (fillfactor = 80) WHERE changed_by IS NOT NULL"
                    ))
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }

    /// With a CHECK the server need not read it.
    @Test func refusesADefaultPartitionThatIsTooLargeToRead() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                Self.noPartitions
                    + """
                    CREATE TABLE mcp.audit_log_rest PARTITION OF mcp.audit_log DEFAULT;
                    INSERT INTO mcp.audit_log (tenant_id, table_name, action, changed_at)
                    SELECT gen_random_uuid(), 'tasks', 'SELECT', '2000-01-01' FROM generate_series(1, 20000);
                    """)
            let hasty = LockBudget(perStep: .milliseconds(1))
            let refusals = try await database.repairing(locks: hasty).plan().plan.refusals
            try #require(refusals.count == 1, "\(refusals)")
            #expect(refusals[0].reason.contains("the DEFAULT partition audit_log_rest has "))
            let cure = refusals[0].cure.split(separator: "; ").prefix(2)
            try await database.psql(
                cure.compactMap { part in part.firstRange(of: "ALTER").map { String(part[$0.lowerBound...]) } }
                    .joined(separator: ";"))
            #expect(try await database.repairing(locks: hasty).plan().plan.refusals == [])
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }
}
