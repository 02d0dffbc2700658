import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// The schema's own role owns everything before anything else is done.
@Suite("Possession of the schema")
struct PossessionTests {
    private static func isPossession(_ step: SchemaStep) -> Bool {
        step.statements.contains { $0.contains(" OWNER TO \"mcp_owner\"") && !$0.hasPrefix("CREATE ") }
            && [.table, .view, .partition].contains(step.object.kind) && step.role == nil
    }

    @Test func comesBeforeWhateverMayRunCode() async throws {
        try await TestDatabase.with { database in
            try await DriftedDatabase.load(into: database, rows: 10, [.vectors, .owner])
            let role = DriftedDatabase.owner(of: database)
            let plan = try await database.repairing().plan().plan
            #expect(plan.refusals == [])
            let last = try #require(plan.steps.lastIndex(where: Self.isPossession))
            #expect(plan.steps.prefix(last).allSatisfy { $0.role == nil })
            let others = plan.steps.dropFirst(last + 1)
            for step in others where step.role == nil {
                if case .concurrently = step.execution { continue }
                let isHarmless = step.statements.allSatisfy { statement in
                    ["GRANT ", "REVOKE ", "COMMENT ", "CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"].contains {
                        statement.hasPrefix($0)
                    } || statement.contains(" SET (") || statement.contains(" ENABLE ")
                }
                #expect(isHarmless, "\(step)")
            }
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// What somebody has written who had the table is asked with nobody's rights, where a superuser has it.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func asksNothingThatOthersHaveWrittenAsTheCaller(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                ALTER TABLE mcp.api_keys RENAME COLUMN key_type TO type; ALTER TABLE mcp.api_keys OWNER TO postgres;
                ALTER TABLE mcp.api_keys ADD CONSTRAINT mine
                    CHECK (type IS NOT NULL OR NOT has_table_privilege('mcp.users', 'SELECT'))
                """)
            let plan = try await database.repairing().plan().plan
            #expect(plan.refusals == [])
            #expect(plan.notes.contains { $0.contains("the constraint mine stays on") }, "\(plan.notes)")
            #expect(try await database.psql("SELECT count(*) FROM pg_roles WHERE rolname ~ '^pgtend_nobody'") == "0")
        }
    }

    /// On a partition, too, it would keep the owner from rows.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func isNotBoundByPoliciesOfAPartition(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                WITH parent AS (
                    INSERT INTO mcp.tasks (tenant_id, title) VALUES (gen_random_uuid(), 'one') RETURNING id, tenant_id)
                INSERT INTO mcp.tasks (tenant_id, title, parent_task_id) SELECT p.tenant_id, 'two', p.id FROM parent AS p;
                DO $$ BEGIN
                    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', (SELECT DISTINCT tableoid::regclass FROM mcp.tasks));
                END $$;
                SET session_replication_role = replica; UPDATE mcp.tasks SET parent_task_created_at = NULL;
                """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed && after.plan.steps == [], "\(after)")
            #expect(
                try await database.psql("SELECT count(parent_task_created_at) FROM mcp.tasks") == "1")
            #expect(
                try await database.psql(
                    "SELECT count(*) FROM pg_class WHERE relforcerowsecurity AND relname LIKE 'tasks%'") == "0")
        }
    }

    /// The platform's programs go on as the former owner, and what they were granted for that time does not outlast it.
    @Test func leavesTheFormerOwnerWhatItNeedsWhereverItIsInterrupted() async throws {
        try await TestDatabase.with { database in
            try await DriftedDatabase.load(into: database, rows: 10, [.vectors, .owner])
            let role = DriftedDatabase.owner(of: database)
            let diagnosis = try await database.repairing().plan()
            let steps = diagnosis.plan.steps
            let last = try #require(steps.lastIndex(where: Self.isPossession))
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "mcp", locks: TestDatabase.patientLocks, programVersion: "1.2.3")
            try await runner.prepare()
            for group in SchemaRepair.groups(Array(steps.prefix(last + 1))) { try await runner.execute(group) }
            await connection.close()

            let owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'mcp'::regnamespace"
            #expect(try await database.psql("\(owners) AND relname IN ('tasks', 'agents', 'events')") == "mcp_owner")
            // All rows, since nothing is guarded yet.
            #expect(try await database.psql("SELECT count(*) > 5 FROM mcp.tasks", user: role) == "t")
            try await database.psql(
                "UPDATE mcp.agents SET name = name; INSERT INTO mcp.models (name, provider) VALUES ('x', 'y'); "
                    + "DELETE FROM mcp.models WHERE name = 'x'; SELECT * FROM mcp.v_active_agents", user: role)

            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let left = """
                SELECT coalesce(string_agg(c.oid::regclass::text, ', '), 'none')
                FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
                WHERE a.grantee = '\(role)'::regrole AND c.relkind IN ('r', 'p')
                """
            #expect(try await database.psql(left) == "none")
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// It would read and do as the schema's own role what its former owner has written.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func takesNoCodeOfAFormerOwners(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            let alice = "alice_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(alice) LOGIN NOINHERIT; GRANT ALL ON SCHEMA mcp TO \(alice);
                ALTER VIEW mcp.tenant_agent_cost_analytics OWNER TO \(alice);
                ALTER MATERIALIZED VIEW mcp.active_embedding_models OWNER TO \(alice);
                CREATE FUNCTION mcp.pgtend_sync_x() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                    AS 'BEGIN RETURN NEW; END';
                ALTER FUNCTION mcp.pgtend_sync_x() OWNER TO \(alice);
                DO $$ DECLARE query text := rtrim(pg_get_viewdef('mcp.tenant_agent_cost_analytics'::regclass), ';'); BEGIN
                    EXECUTE format('CREATE OR REPLACE VIEW mcp.tenant_agent_cost_analytics AS SELECT * FROM (%s) AS v', query);
                END $$;
                """)
            let repair = database.repairing(trusting: [alice])
            let plan = try await repair.plan().plan
            #expect(plan.refusals == [])
            let handedOver = plan.steps.flatMap(\.statements).filter {
                $0.contains(" OWNER TO ") && $0.hasPrefix("ALTER ")
            }
            #expect(handedOver.contains { $0.contains("active_embedding_models") })
            let place = plan.steps.firstIndex { $0.statements.contains { $0.hasPrefix("DROP VIEW ") } }
            let given = plan.steps.firstIndex { step in
                step.statements.contains { $0.contains(#""tenant_agent_cost_analytics" OWNER TO"#) }
            }
            #expect(place != nil && place == given)
            #expect(!handedOver.contains { $0.contains("pgtend_sync_x") })

            let after = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let owners = """
                SELECT proowner::regrole FROM pg_proc WHERE proname = 'pgtend_sync_x'
                UNION ALL SELECT relowner::regrole FROM pg_class WHERE relname = 'tenant_agent_cost_analytics'
                """
            #expect(try await database.psql(owners) == "\(alice)\nmcp_owner")
            try await database.psql("SELECT count(*) FROM mcp.tenant_agent_cost_analytics", user: alice)
            try await database.psql("DROP OWNED BY \(alice); DROP ROLE \(alice)")
        }
    }

    /// A question that reads tables of two owners would run code of one as the other.
    @Test func comesBeforeQuestionsAboutTablesOfSeveralOwners() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            let alice = "alice_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(alice); ALTER TABLE mcp.contexts OWNER TO \(alice); GRANT USAGE ON SCHEMA mcp TO \(alice);
                CREATE FUNCTION mcp.watch(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN
                    IF current_setting('mcp.watched', true) IS NOT NULL AND current_user <> '\(alice)' THEN
                        RAISE 'it runs as %', current_user;
                    END IF;
                    RETURN true;
                END $$;
                CREATE INDEX watched ON mcp.contexts (id) WHERE mcp.watch('x');
                ALTER FUNCTION mcp.watch(text) OWNER TO \(alice);
                ALTER DATABASE \(database.name) SET mcp.watched = 'yes';
                """)
            let repair = database.repairing(trusting: [alice])
            let plan = try await repair.plan().plan
            #expect(
                plan.refusals == [] && plan.steps.allSatisfy { $0.role == nil }
                    && plan.steps.contains(where: Self.isPossession))
            #expect(plan.notes.contains { $0.contains("context_items, contexts") && $0.contains("several roles") })

            try await database.psql("ALTER DATABASE \(database.name) RESET mcp.watched")
            let after = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            try await database.psql(
                "REASSIGN OWNED BY \(alice) TO postgres; DROP OWNED BY \(alice); DROP ROLE \(alice)")
        }
    }

    /// A function that keeps a column in step, of somebody else's and with a trigger elsewhere.
    @Test func endsWhateverOthersHaveMadeOfItsOwnNames() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            let alice = "alice_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(alice); CREATE TABLE public.mine (id integer);
                ALTER TABLE mcp.api_keys ADD key_type varchar(50) DEFAULT 'user';
                UPDATE mcp.api_keys SET key_type = replace(type, 'standard', 'user');
                CREATE FUNCTION mcp.pgtend_sync_api_keys_key_type() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                ALTER FUNCTION mcp.pgtend_sync_api_keys_key_type() OWNER TO \(alice);
                CREATE TRIGGER mine BEFORE INSERT ON public.mine FOR EACH ROW
                    EXECUTE FUNCTION mcp.pgtend_sync_api_keys_key_type();
                CREATE VIEW public.witness AS SELECT 1 AS one WHERE mcp.pgtend_sync_api_keys_key_type() IS NULL;
                """)
            // That is nothing of the repair's.
            let failure = try #require(
                await ServerFailure.of {
                    _ = try await database.repairing(trusting: [alice]).run(begun: { _ in }, done: { _, _ in })
                })
            #expect(failure.message.contains("used by rule _RETURN on view public.witness"), "\(failure)")
            try await database.psql("DROP VIEW public.witness")
            let after = try await database.repairing(trusting: [alice]).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql("SELECT count(*) FROM pg_proc WHERE proname ~ '^pgtend_sync_'") == "0")
            #expect(try await database.psql("SELECT count(*) FROM pg_trigger WHERE tgname = 'mine'") == "0")
            try await database.psql("DROP OWNED BY \(alice); DROP ROLE \(alice)")
        }
    }

    /// It reads what whoever writes may not read, for its own table alone.
    @Test func keepsColumnsInStepOnOneTableAlone() async throws {
        try await TestDatabase.with(template: DriftedDatabase.small) { database in
            let (eve, plan) = ("eve_\(database.name)", try await database.repairing().plan().plan)
            let step = try #require(
                plan.steps.first {
                    $0.statements.contains { $0.contains("() RETURNS trigger\nLANGUAGE plpgsql SECURITY DEFINER") }
                })
            try await database.psql(step.statements.joined(separator: ";\n"))
            let function = try await database.psql(
                "SELECT oid::regprocedure FROM pg_proc WHERE proname ~ '^pgtend_sync_' AND prosecdef LIMIT 1")
            let mayExecute = "has_function_privilege('public', '\(function)', 'EXECUTE')"
            #expect(try await database.psql("SELECT \(mayExecute)") == "f")
            try await database.psql(
                """
                CREATE ROLE \(eve) LOGIN; CREATE SCHEMA eve AUTHORIZATION \(eve);
                GRANT USAGE ON SCHEMA mcp TO \(eve); GRANT EXECUTE ON FUNCTION \(function) TO \(eve);
                """)
            try await database.psql(
                """
                CREATE TABLE eve.\(step.object.name) (id integer);
                CREATE TRIGGER x BEFORE INSERT ON eve.\(step.object.name) FOR EACH ROW EXECUTE FUNCTION \(function);
                DO $$ BEGIN
                    INSERT INTO eve.\(step.object.name) VALUES (1);
                    RAISE 'it has run';
                EXCEPTION WHEN insufficient_privilege THEN NULL; END $$
                """, user: eve)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            try await database.psql("DROP OWNED BY \(eve); DROP ROLE \(eve)")
        }
    }

    /// It may be SECURITY DEFINER from then on.
    @Test func leavesNobodyAFunctionThatIsReplaced() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                CREATE OR REPLACE FUNCTION mcp.audit_row_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                GRANT EXECUTE ON FUNCTION mcp.audit_row_change() TO PUBLIC;
                """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let mayExecute = "SELECT has_function_privilege('public', 'mcp.audit_row_change()', 'EXECUTE')"
            #expect(try await database.psql(mayExecute) == "f")
        }
    }

    /// Membership alone gives a role nothing that does not inherit.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func leavesNoFormerOwnerWithoutWhatItNeeds(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await DriftedDatabase.load(into: database, rows: 10, [.vectors, .owner])
            let (role, viewer) = (DriftedDatabase.owner(of: database), "viewer_\(database.name)")
            try await database.psql(
                "ALTER ROLE \(role) NOINHERIT; CREATE ROLE \(viewer) LOGIN; GRANT USAGE ON SCHEMA mcp TO \(viewer); "
                    + "GRANT SELECT ON ALL TABLES IN SCHEMA mcp TO \(viewer); "
                    + "ALTER TABLE mcp.tasks_2025_01 OWNER TO \(viewer)")
            let after = try await database.repairing(trusting: [viewer]).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            try await database.psql("REVOKE ALL ON ALL TABLES IN SCHEMA mcp FROM \(viewer)")
            for former in [role, viewer] {
                try await database.psql("SELECT count(*) FROM mcp.agents", user: former)
                try await database.psql(
                    "REASSIGN OWNED BY \(former) TO postgres; DROP OWNED BY \(former); DROP ROLE \(former)")
            }
        }
    }
}
