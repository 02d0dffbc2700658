import Maintenance
import SchemaDesign
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

/// What the platform's own migrations made otherwise, and a repair brings in line with what the caller says alone.
@Suite("Shapes of the platform")
struct PlatformShapeTests {
    // MARK: - Types with other values

    private static let otherRoles = """
        ALTER TABLE mcp.workspace_members ALTER COLUMN role DROP DEFAULT, ALTER COLUMN role TYPE text;
        DROP TYPE mcp.member_role;
        CREATE TYPE mcp.member_role AS ENUM ('owner', 'admin', 'member', 'guest');
        ALTER TABLE mcp.workspace_members ALTER COLUMN role TYPE mcp.member_role USING 'member'::mcp.member_role,
            ALTER COLUMN role SET DEFAULT 'member';
        INSERT INTO mcp.workspaces (id, tenant_id, name) VALUES (md5('w')::uuid, md5('t')::uuid, 'w');
        INSERT INTO mcp.workspace_members (tenant_id, workspace_id, agent_id, role)
        SELECT md5('t')::uuid, md5('w')::uuid, 'agent ' || n, CASE WHEN n % 3 = 0 THEN 'owner' ELSE 'member' END::mcp.member_role
        FROM generate_series(1, 9) AS n;
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aTypeWithOtherValuesIsReplacedWhereTheMappingsCoverThem(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql("SET client_min_messages = error; \(Self.otherRoles)")
            let facts = try await database.facts()
            let refused = try await database.repair()
            let refusal = try #require(refused.plan.refusals.first)
            #expect(refused.plan.refusals.count == 1, "\(refused.plan.refusals)")
            #expect(refusal.reason.contains("role has values that role may not have: 'member' (6)"), "\(refusal)")
            #expect(refusal.cure.contains("--map 'workspace_members.role:OLD=NEW'"), "\(refusal)")
            #expect(try await database.facts() == facts)

            let mapping = ["workspace_members.role:member=contributor"]
            let plan = try await database.repairing(mapping).plan().plan
            let done = Mutex<[SchemaStep]>([])
            let after = try await database.repairing(mapping).run(
                begun: { _ in }, done: { steps, _ in done.withLock { $0 += steps } })
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            #expect(done.withLock(\.self) == plan.steps, "the plan had said all that was done")
            #expect(
                try await database.psql(
                    "SELECT role, pgtend_old_role, count(*) FROM mcp.workspace_members GROUP BY 1, 2 ORDER BY 1")
                    == "contributor|member|6\nowner|owner|3")
        }
    }

    // MARK: - Policies

    /// As the platform names them; any other is for a person to decide.
    @Test func policiesOfTheSameEffectAreReplaced() async throws {
        let setting = "current_setting('app.current_tenant'"
        let same = [
            "USING (tenant_id = mcp.current_tenant_id())", "USING (tenant_id = \(setting))::uuid)",
            "USING (tenant_id = \(setting), true)::uuid) WITH CHECK (tenant_id = \(setting), true)::uuid)",
            "FOR SELECT USING (NULLIF(\(setting), true), '')::uuid = tenant_id)",
            "FOR INSERT WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()))",
        ]
        let others = [
            "USING (tenant_id = current_setting('app.tenant_id')::uuid)", "FOR SELECT USING (deleted_at IS NULL)",
            "USING (tenant_id = mcp.current_tenant_id() OR true)",
            "USING (tenant_id = mcp.current_tenant_id()) WITH CHECK (true)",
        ]
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            for (number, policy) in same.enumerated() {
                try await database.psql("CREATE POLICY tenant_isolation_\(number) ON mcp.tasks \(policy)")
            }
            let plan = try await database.repairing().plan().plan
            #expect(plan.refusals == [])
            #expect(plan.steps.flatMap(\.statements).count { $0.hasPrefix("DROP POLICY") } == same.count)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")

            for (number, policy) in others.enumerated() {
                try await database.psql("CREATE POLICY other_\(number) ON mcp.tasks \(policy)")
            }
            let refused = try await database.repairing().plan().plan.refusals
            #expect(refused.map(\.object.name).sorted() == others.indices.map { "other_\($0)" })
        }
    }

    // MARK: - Triggers

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func triggersThatDoTheSameAreToldAndReplacedOnRequest(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    -- The clock of the transaction.
                    NEW.updated_at = CURRENT_TIMESTAMP;
                    RETURN NEW;
                END;
                $$;
                CREATE FUNCTION public.other() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    -- INSERT INTO audit_log is what this does not do.
                    NEW.updated_at = OLD.updated_at;
                    RETURN NEW;
                END;
                $$;
                CREATE FUNCTION public.trail() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO mcp.audit_log (tenant_id, table_name, action) VALUES (NEW.tenant_id, TG_TABLE_NAME, TG_OP);
                    RETURN NEW;
                END;
                $$;
                CREATE TRIGGER update_tasks_updated_at BEFORE UPDATE ON mcp.tasks
                    FOR EACH ROW EXECUTE FUNCTION public.touch();
                CREATE TRIGGER audit_tasks AFTER UPDATE ON mcp.tasks FOR EACH ROW EXECUTE FUNCTION public.trail();
                CREATE TRIGGER updated BEFORE UPDATE ON mcp.agents
                    FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
                CREATE TRIGGER other BEFORE UPDATE ON mcp.tasks FOR EACH ROW EXECUTE FUNCTION public.other();
                -- Nothing of the schema's does this here.
                CREATE TRIGGER trail AFTER UPDATE ON mcp.agents FOR EACH ROW EXECUTE FUNCTION public.trail();
                """)
            let repeated = ["audit_tasks", "update_tasks_updated_at", "updated"]
            func verified() async throws -> [String] {
                let plan = try await database.repairing().plan()
                #expect(plan.verification.gap.isClosed)
                return plan.verification.advice.filter { $0.object.kind == .trigger }.map(\.object.name).sorted()
            }
            #expect(try await verified() == repeated)
            let plan = try await database.repairing().plan().plan
            #expect(plan.steps == [] && plan.notes.count { $0.contains("--replace-triggers") } == repeated.count)
            _ = try await database.repair()
            #expect(try await verified() == repeated)

            let after = try await database.repairing(replacesTriggers: true).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed)
            #expect(try await verified() == [])
            #expect(
                try await database.psql(
                    "SELECT string_agg(tgname, ',' ORDER BY tgname) FROM pg_trigger "
                        + "WHERE tgname IN ('other', 'trail') AND tgparentid = 0")
                    == "other,trail")
        }
    }

    /// It would fail in the middle of a backfill.
    @Test func functionsThatRelyOnTheSearchPathOfProgramsAreNamed() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            try await database.psql(
                """
                SET search_path = mcp, public;
                CREATE TABLE mcp.trail (id bigint GENERATED ALWAYS AS IDENTITY, what text);
                GRANT SELECT, INSERT ON mcp.trail TO PUBLIC;
                CREATE FUNCTION mcp.note_key() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    entry trail;
                BEGIN
                    INSERT INTO trail (what) VALUES (TG_OP) RETURNING * INTO entry;
                    RETURN NEW;
                END;
                $$;
                CREATE TRIGGER note_key AFTER UPDATE ON mcp.api_keys FOR EACH ROW EXECUTE FUNCTION mcp.note_key();
                """)
            let plan = try await database.repairing().plan().plan
            let cure = "ALTER FUNCTION mcp.note_key() SET search_path = ..."
            #expect(
                plan.notes.contains { $0.hasPrefix("api_keys: its rows are changed") && $0.hasSuffix(cure) },
                "\(plan.notes)")
            try await database.psql(cure.replacing("...", with: "mcp"))
            let told = try await database.repairing().plan().plan.notes
            #expect(!told.contains { $0.contains("mcp.note_key()") })
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
        }
    }

    // MARK: - Values from a parent

    /// Every line of the rules, each in a database in which no table has the columns that it fills.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func childrenTakeOverWhatTheirParentsHave(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(Self.families)
            let values = try await database.psql(Self.inherited)
            #expect(values.split(separator: "\n").count == 19 && !values.contains("|0|"), "\(values)")
            try await database.psql(
                """
                SET client_min_messages = error;
                DO $$
                DECLARE
                    place record;
                    own record;
                BEGIN
                    FOR place IN SELECT * FROM kept.place LOOP
                        -- As in the platform's own databases, in which nothing of the schema's fires yet.
                        FOR own IN
                            SELECT t.tgname FROM pg_trigger AS t
                            WHERE t.tgrelid = format('mcp.%I', place.name)::regclass AND NOT t.tgisinternal
                        LOOP
                            EXECUTE format('DROP TRIGGER %I ON mcp.%I', own.tgname, place.name);
                        END LOOP;
                        EXECUTE format('ALTER TABLE mcp.%I DROP COLUMN %I CASCADE', place.name, place.filled);
                    END LOOP;
                END
                $$;
                """)
            let plan = try await database.repairing().plan().plan
            #expect(plan.refusals == [])
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.verification.gap) \(after.plan.refusals)")
            #expect(try await database.psql(Self.inherited) == values)
        }
    }

    /// Rows in all families, of two tenants; and where the columns are that they have from their parents.
    private static let families = """
        SET session_replication_role = replica;
        CREATE SCHEMA kept;
        CREATE FUNCTION pg_temp.key(kind text, number bigint) RETURNS uuid LANGUAGE sql AS
            $$ SELECT md5(kind || number)::uuid $$;
        CREATE FUNCTION pg_temp.tenant(number bigint) RETURNS uuid LANGUAGE sql AS
            $$ SELECT pg_temp.key('tenant', number % 2) $$;
        CREATE TEMPORARY VIEW n AS SELECT n FROM generate_series(1, 6) AS n;
        INSERT INTO mcp.users (id, tenant_id, email) SELECT pg_temp.key('u', n), pg_temp.tenant(n), n || '@x' FROM n;
        INSERT INTO mcp.api_keys (id, tenant_id, user_id, key_hash)
        SELECT pg_temp.key('k', n), pg_temp.tenant(n), pg_temp.key('u', n), 'h' || n FROM n;
        INSERT INTO mcp.api_key_usage (tenant_id, api_key_id) SELECT pg_temp.tenant(n), pg_temp.key('k', n) FROM n;
        INSERT INTO mcp.contexts (id, tenant_id) SELECT pg_temp.key('c', n), pg_temp.tenant(n) FROM n;
        INSERT INTO mcp.context_items (tenant_id, context_id) SELECT pg_temp.tenant(n), pg_temp.key('c', n) FROM n;
        INSERT INTO mcp.embeddings (id, tenant_id, context_id, content)
        SELECT pg_temp.key('e', n), pg_temp.tenant(n), pg_temp.key('c', n), 'text' FROM n;
        INSERT INTO mcp.embedding_cache (tenant_id, cache_key, embedding_id)
        SELECT pg_temp.tenant(n), 'cache ' || n, pg_temp.key('e', n) FROM n;
        INSERT INTO mcp.workflows (id, tenant_id, name) SELECT pg_temp.key('f', n), pg_temp.tenant(n), 'f' FROM n;
        INSERT INTO mcp.workflow_executions (tenant_id, workflow_id)
        SELECT pg_temp.tenant(n), pg_temp.key('f', n) FROM n;
        INSERT INTO mcp.workspaces (id, tenant_id, name) SELECT pg_temp.key('w', n), pg_temp.tenant(n), 'w' FROM n;
        INSERT INTO mcp.workspace_members (tenant_id, workspace_id, agent_id)
        SELECT pg_temp.tenant(n), pg_temp.key('w', n), 'a' FROM n;
        INSERT INTO mcp.workspace_activities (tenant_id, workspace_id, activity_type)
        SELECT pg_temp.tenant(n), pg_temp.key('w', n), 'edit' FROM n;
        INSERT INTO mcp.shared_documents (id, tenant_id, workspace_id, title)
        SELECT pg_temp.key('d', n), pg_temp.tenant(n), pg_temp.key('w', n), 'd' FROM n;
        INSERT INTO mcp.document_operations (tenant_id, document_id, sequence_number, operation_type, operation)
        SELECT pg_temp.tenant(n), pg_temp.key('d', n), 1, 'insert', '{}' FROM n;
        INSERT INTO mcp.conflict_resolutions (tenant_id, document_id, conflict_type, conflict)
        SELECT pg_temp.tenant(n), pg_temp.key('d', n), 'edit', '{}' FROM n;
        INSERT INTO mcp.tasks (id, tenant_id, title, created_at)
        SELECT pg_temp.key('t', n), pg_temp.tenant(n), 't', now() + n * interval '1 second' FROM n;
        INSERT INTO mcp.task_delegations (tenant_id, task_id, task_created_at, delegated_to)
        SELECT t.tenant_id, t.id, t.created_at, t.id FROM mcp.tasks AS t;
        INSERT INTO mcp.task_delegation_history
            (tenant_id, task_id, task_created_at, delegation_id, delegated_to, delegation_type, status, changed_by)
        SELECT t.tenant_id, t.id, t.created_at, t.id, t.id, 'handoff', 'pending', 'x' FROM mcp.tasks AS t;
        INSERT INTO mcp.task_state_transitions
            (tenant_id, task_id, task_created_at, from_status, to_status, changed_by)
        SELECT t.tenant_id, t.id, t.created_at, 'pending', 'assigned', 'x' FROM mcp.tasks AS t;
        INSERT INTO mcp.task_idempotency_keys (tenant_id, idempotency_key, task_id, task_created_at, operation)
        SELECT t.tenant_id, 'key ' || t.id, t.id, t.created_at, 'create' FROM mcp.tasks AS t;
        CREATE TABLE kept.place AS
        SELECT c.relname::text AS name, a.attname::text AS filled, r.reference
        FROM (VALUES
            ('api_key_usage', 'api_key_id'), ('api_keys', 'user_id'), ('conflict_resolutions', 'document_id'),
            ('context_items', 'context_id'), ('document_operations', 'document_id'), ('embedding_cache', 'embedding_id'),
            ('embeddings', 'context_id'), ('shared_documents', 'workspace_id'), ('task_delegation_history', 'task_id'),
            ('task_delegations', 'task_id'), ('task_idempotency_keys', 'task_id'), ('task_state_transitions', 'task_id'),
            ('workflow_executions', 'workflow_id'), ('workspace_activities', 'workspace_id'),
            ('workspace_members', 'workspace_id')) AS r (name, reference)
        JOIN pg_class AS c ON c.relname = r.name AND c.relnamespace = 'mcp'::regnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('tenant_id', 'task_created_at');
        CREATE FUNCTION kept.inherited() RETURNS TABLE (name text, filled text, count bigint, sum text)
        LANGUAGE plpgsql AS $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT * FROM kept.place LOOP
                RETURN QUERY EXECUTE format(
                    'SELECT %L, %L, count(r.%2$I), md5(string_agg(r.%3$I || '' '' || r.%2$I, '','' ORDER BY r.%3$I)) FROM mcp.%1$I AS r',
                    place.name, place.filled, place.reference);
            END LOOP;
        END
        $$;
        """

    /// Of each such column the number of its values, and a sum over them by their references.
    private static let inherited = "SELECT * FROM kept.inherited() ORDER BY 1, 2"

    // MARK: - What the caller says of columns

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func columnsGetWhatTheCallerSays(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                INSERT INTO mcp.workspaces (id, tenant_id, name) VALUES (md5('w')::uuid, md5('t')::uuid, 'w');
                INSERT INTO mcp.workspace_activities (tenant_id, workspace_id, activity_type)
                SELECT md5('t')::uuid, md5('w')::uuid, 'edit ' || n % 2 FROM generate_series(1, 6) AS n;
                ALTER TABLE mcp.workspace_activities RENAME activity_type TO action;
                INSERT INTO mcp.task_idempotency_keys (tenant_id, idempotency_key, operation)
                SELECT md5('t')::uuid, 'key ' || n, 'update' FROM generate_series(1, 6) AS n;
                ALTER TABLE mcp.task_idempotency_keys ALTER COLUMN operation DROP NOT NULL;
                UPDATE mcp.task_idempotency_keys SET operation = NULL WHERE idempotency_key > 'key 2';
                ALTER TABLE mcp.document_operations DROP COLUMN operation_type CASCADE;
                INSERT INTO mcp.shared_documents (id, tenant_id, workspace_id, title)
                VALUES (md5('d')::uuid, md5('t')::uuid, md5('w')::uuid, 'd');
                INSERT INTO mcp.document_operations (tenant_id, document_id, sequence_number, operation)
                VALUES (md5('t')::uuid, md5('d')::uuid, 1, '{}');
                """)
            let refusals = try await database.repairing().plan().plan.refusals
            #expect(refusals.count == 3, "\(refusals)")
            #expect(refusals.allSatisfy { $0.cure.contains("--fill '\($0.object.relation).\($0.object.name)=VALUE'") })
            let named = refusals.first { $0.object.name == "activity_type" }
            #expect(named?.cure.contains("--column 'workspace_activities.activity_type=SOURCE'") == true)

            let repair = database.repairing(
                columns: ["workspace_activities.activity_type=action"],
                filling: ["task_idempotency_keys.operation=it's", "document_operations.operation_type=insert"])
            #expect(try await repair.plan().plan.refusals == [])
            let after = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.verification.gap) \(after.plan.refusals)")
            #expect(
                try await database.psql(
                    """
                    SELECT activity_type, pgtend_old_action, count(*) FROM mcp.workspace_activities GROUP BY 1, 2 ORDER BY 1;
                    SELECT operation, count(*) FROM mcp.task_idempotency_keys GROUP BY 1 ORDER BY 1;
                    SELECT operation_type FROM mcp.document_operations
                    """) == "edit 0|edit 0|3\nedit 1|edit 1|3\nit's|4\nupdate|2\ninsert")
        }
    }

    /// All of a caller's mistakes at once.
    @Test func whatIsSaidOfAColumnHasToFitTheSchema() {
        #expect(
            ColumnChoice.problems(
                of: ["a=b", "tasks.title=", "nope.id=x", "tasks.title=name", "tasks.title=t"], isValue: false)
                == [
                    "'a=b': expected TABLE.COLUMN=SOURCE", "'tasks.title=': expected TABLE.COLUMN=SOURCE",
                    "'nope.id=x': the schema has no column nope.id", "'tasks.title=t': tasks.title is said twice",
                ])
        #expect(
            ColumnChoice.problems(of: ["tasks.status=done", "tasks.status=failed", "tasks.error=x"], isValue: true) == [
                "'tasks.status=done': mcp.task_status has only pending, assigned, in_progress, completed, failed, cancelled, "
                    + "delegated", "'tasks.status=failed': tasks.status is said twice",
                "'tasks.error=x': the column may be empty",
            ])
    }

    // MARK: - CHECKs

    @Test func aBrokenCheckIsShownWithItsValuesAndKeys() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                ALTER TABLE mcp.task_idempotency_keys DROP CONSTRAINT task_idempotency_keys_task;
                INSERT INTO mcp.task_idempotency_keys (tenant_id, idempotency_key, task_id, operation)
                SELECT md5('t')::uuid, 'key ' || n, md5(CASE WHEN n < 5 THEN 'a' ELSE 'b' END)::uuid, 'create'
                FROM generate_series(1, 5) AS n;
                """)
            let refusal = try #require(try await database.repairing().plan().plan.refusals.first)
            let (tenant, a, b) = (
                "e358efa4-89f5-8062-f10d-d7316b65649e", "0cc175b9-c0f1-b6a8-31c3-99e269772661",
                "92eb5ffe-e6ae-2fec-3ad7-1c777531578f"
            )
            #expect(
                refusal.reason.hasSuffix(
                    ": task_created_at = NULL, task_id = '\(a)' (4: tenant_id \(tenant), idempotency_key key 1; "
                        + "tenant_id \(tenant), idempotency_key key 2; tenant_id \(tenant), idempotency_key key 3; ...), "
                        + "task_created_at = NULL, task_id = '\(b)' (1: tenant_id \(tenant), idempotency_key key 5)"),
                "\(refusal.reason)")
        }
    }
}
