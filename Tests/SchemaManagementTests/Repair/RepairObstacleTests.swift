import Foundation
import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// What the server would refuse in the middle of a plan is refused before it, with statements that end it.
@Suite("Obstacles of the repair")
struct RepairObstacleTests {
    struct Obstacle: CustomTestStringConvertible, Sendable {
        let sql: String
        /// Words of the reasons, in their order.
        let reasons: [String]
        /// What the cure is to leave: true.
        var kept = "true"
        var testDescription: String { sql }
    }

    // MARK: - Names

    private static let takenNames = [
        Obstacle(
            sql: "ALTER TABLE mcp.integrations RENAME TO integrations_backup",
            reasons: ["its name is taken by the constraint integrations_pkey of integrations_backup"],
            kept: "to_regclass('mcp.integrations_backup') IS NOT NULL"),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; CREATE TABLE mcp.kept (a integer); "
                + "CREATE INDEX webhook_configs_pkey ON mcp.kept (a)",
            reasons: ["its name is taken by the index webhook_configs_pkey of kept"],
            kept: "to_regclass('mcp.other_webhook_configs_pkey') IS NOT NULL"),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; "
                + "CREATE TABLE mcp.kept (a integer, CONSTRAINT webhook_configs_pkey EXCLUDE USING btree (a WITH =))",
            reasons: ["its name is taken by the constraint webhook_configs_pkey of kept"]),
        Obstacle(
            sql: "DROP MATERIALIZED VIEW mcp.active_embedding_models; CREATE TABLE mcp.kept (a integer); "
                + "CREATE INDEX active_embedding_models_key ON mcp.kept (a)",
            reasons: ["its name is taken by the index active_embedding_models_key of kept"]),
        Obstacle(
            sql: "DROP VIEW mcp.tenant_agent_cost_analytics; CREATE TABLE mcp.tenant_agent_cost_analytics (a integer)",
            reasons: ["its name is taken by the table tenant_agent_cost_analytics"],
            kept: "to_regclass('mcp.other_tenant_agent_cost_analytics') IS NOT NULL"),
        Obstacle(
            sql: "ALTER TYPE mcp.workspace_visibility RENAME TO visibility; "
                + "CREATE TABLE mcp.workspace_visibility (a integer)",
            reasons: ["its name is taken by the table workspace_visibility"]),
        Obstacle(
            sql: "ALTER TYPE mcp.workspace_visibility RENAME TO visibility; "
                + "CREATE TYPE mcp.visible AS RANGE (subtype = integer, multirange_type_name = mcp.workspace_visibility)",
            reasons: ["its name is taken by the type mcp.workspace_visibility"]),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; CREATE TYPE mcp.webhook_configs AS ENUM ('a')",
            reasons: ["its name is taken by the type webhook_configs"]),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; CREATE TYPE mcp.webhook_configs_pkey AS (a integer)",
            reasons: ["its name is taken by the type webhook_configs_pkey"]),
        Obstacle(
            sql: "DROP TABLE mcp.webhook_configs; "
                + "CREATE TABLE mcp.kept (a integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME mcp.webhook_configs))",
            reasons: ["its name is taken by the sequence mcp.webhook_configs"]),
        Obstacle(
            sql: "DROP FUNCTION mcp.refresh_cost_analytics(); "
                + "CREATE PROCEDURE mcp.refresh_cost_analytics() LANGUAGE sql AS 'SELECT 1'",
            reasons: ["its name is taken by the procedure refresh_cost_analytics()"]),
        Obstacle(
            sql: "DROP FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) CASCADE; "
                + "CREATE FUNCTION public.s(jsonb, jsonb, jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT $1'; "
                + "CREATE AGGREGATE mcp.jsonb_merge_recursive(jsonb, jsonb) (SFUNC = public.s, STYPE = jsonb)",
            reasons: ["its name is taken by the aggregate jsonb_merge_recursive(jsonb, jsonb)"]),
        Obstacle(
            sql: "DROP TRIGGER users_updated_at ON mcp.users; "
                + "CREATE CONSTRAINT TRIGGER users_updated_at AFTER UPDATE ON mcp.users FOR EACH ROW "
                + "EXECUTE FUNCTION mcp.update_updated_at_column()",
            reasons: ["its name is taken by a constraint trigger: CREATE CONSTRAINT TRIGGER users_updated_at AFTER"]),
    ]

    // MARK: - Dependants

    private static let dependants = [
        Obstacle(
            sql: """
                ALTER FUNCTION mcp.current_tenant_id() RENAME TO tenant;
                CREATE FUNCTION mcp.current_tenant_id() RETURNS text LANGUAGE sql STABLE AS 'SELECT NULL::text';
                CREATE TABLE public.theirs (tenant text DEFAULT mcp.current_tenant_id() CHECK (mcp.current_tenant_id() <> ''),
                    other text GENERATED ALWAYS AS (tenant || 'x') STORED);
                CREATE POLICY p ON public.theirs USING (tenant = mcp.current_tenant_id());
                CREATE VIEW public.inner_view AS SELECT mcp.current_tenant_id() AS tenant;
                CREATE MATERIALIZED VIEW public.outer_view AS SELECT * FROM public.inner_view;
                CREATE FUNCTION public.f(r public.outer_view) RETURNS integer LANGUAGE sql AS 'SELECT 1';
                """,
            reasons: [
                "the function public.f(public.outer_view) uses current_tenant_id(), which has to be dropped",
                "the materialized view public.outer_view uses current_tenant_id()",
                "the default value for public.theirs.tenant uses",
                "the policy p on public.theirs uses current_tenant_id()",
                "the table constraint theirs_check on public.theirs uses",
                "the view public.inner_view uses current_tenant_id()",
            ], kept: "to_regclass('public.theirs') IS NOT NULL"),
        Obstacle(
            sql: """
                DROP FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb) CASCADE;
                CREATE FUNCTION mcp.jsonb_merge_recursive(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS 'SELECT a';
                CREATE TABLE public.theirs (a jsonb, b jsonb GENERATED ALWAYS AS (mcp.jsonb_merge_recursive(a, a)) STORED);
                CREATE INDEX i ON public.theirs (mcp.jsonb_merge_recursive(a, a));
                CREATE OPERATOR public.&&& (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = mcp.jsonb_merge_recursive);
                """,
            reasons: [
                "the generated column b of public.theirs uses jsonb_merge_recursive(jsonb, jsonb), which has to be",
                "the index public.i uses", "the operator public.&&&(",
            ]),
        Obstacle(
            sql: otherModels
                + "CREATE VIEW public.report AS SELECT m.provider FROM mcp.active_embedding_models AS m",
            reasons: ["the view public.report uses active_embedding_models, which has to be dropped and made anew"]),
        Obstacle(
            sql: otherTenantView
                + "CREATE VIEW public.report AS SELECT a.tenant_id FROM mcp.tenant_agent_cost_analytics AS a;",
            reasons: ["the view public.report uses tenant_agent_cost_analytics, which has to be dropped"]),
        // Through one that the schema itself makes anew.
        Obstacle(
            sql: otherCosts
                + "CREATE VIEW public.report AS SELECT a.tenant_id FROM mcp.tenant_agent_cost_analytics AS a;",
            reasons: ["the view public.report uses agent_cost_analytics, which has to be dropped"]),
    ]

    static let otherModels = """
        DROP MATERIALIZED VIEW mcp.active_embedding_models;
        CREATE MATERIALIZED VIEW mcp.active_embedding_models AS
        SELECT m.id, m.provider FROM mcp.embedding_models AS m;

        """
    static let otherTenantView = """
        DO $do$ DECLARE definition text := pg_get_viewdef('mcp.tenant_agent_cost_analytics'::regclass); BEGIN
            DROP VIEW mcp.tenant_agent_cost_analytics;
            EXECUTE 'CREATE VIEW mcp.tenant_agent_cost_analytics AS SELECT * FROM (' || rtrim(definition, ';')
                || ') AS v WHERE v.request_count > 0';
        END $do$;
        GRANT SELECT ON mcp.tenant_agent_cost_analytics TO mcp_readonly, mcp_application;

        """
    static let otherCosts = """
        DO $do$ DECLARE
            definition text := pg_get_viewdef('mcp.agent_cost_analytics'::regclass);
            reader text := pg_get_viewdef('mcp.tenant_agent_cost_analytics'::regclass);
        BEGIN
            DROP VIEW mcp.tenant_agent_cost_analytics;
            DROP MATERIALIZED VIEW mcp.agent_cost_analytics;
            EXECUTE 'CREATE MATERIALIZED VIEW mcp.agent_cost_analytics AS SELECT * FROM ('
                || rtrim(definition, ';') || ') AS v WHERE v.request_count > 0';
            EXECUTE 'CREATE VIEW mcp.tenant_agent_cost_analytics WITH (security_barrier = true) AS ' || reader;
        END $do$;

        """

    // MARK: - Privileges

    private static let grantors = [
        Obstacle(
            sql: """
                CREATE ROLE @; GRANT SELECT ON mcp.users TO mcp_readonly WITH GRANT OPTION;
                SET ROLE mcp_readonly; GRANT SELECT ON mcp.users TO @; RESET ROLE;
                """,
            reasons: ["mcp_readonly has passed SELECT on to @, which the REVOKE of table users does not end"]),
        Obstacle(
            sql: """
                CREATE ROLE @; GRANT UPDATE (email) ON mcp.users TO @ WITH GRANT OPTION; GRANT USAGE ON SCHEMA mcp TO @;
                SET ROLE @; GRANT UPDATE (email) ON mcp.users TO mcp_readonly; RESET ROLE;
                """,
            reasons: [
                "@, not the owner, has granted UPDATE to mcp_readonly, which the REVOKE of column email of users does not end"
            ]),
        Obstacle(
            sql: """
                CREATE ROLE @; GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO @ WITH GRANT OPTION;
                GRANT USAGE ON SCHEMA mcp TO @;
                SET ROLE @; GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO PUBLIC; RESET ROLE;
                """,
            reasons: [
                "@, not the owner, has granted EXECUTE to PUBLIC, which the REVOKE of function find_api_key(text)"
            ]),
    ]

    // MARK: - Persistence

    private static let unlogged = [
        Obstacle(
            sql: """
                ALTER TABLE mcp.workflow_executions SET UNLOGGED; ALTER TABLE mcp.workflows SET UNLOGGED;
                """,
            reasons: ["expected a logged table, found UNLOGGED", "expected a logged table, found UNLOGGED"]),
        Obstacle(
            sql: """
                DO $$ BEGIN EXECUTE format('ALTER TABLE %s SET UNLOGGED', (
                    SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'mcp.audit_log'::regclass)); END $$;
                """,
            reasons: ["expected a logged partition, found UNLOGGED"]),
    ]

    // MARK: - Triggers of others

    private static let triggers = [
        Obstacle(
            sql: """
                CREATE TABLE public."my, own" (id integer); CREATE TABLE public.mine (id integer);
                CREATE TRIGGER "x, y" AFTER UPDATE ON public."my, own" FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();
                CREATE TRIGGER z AFTER UPDATE ON public.mine FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();
                ALTER FUNCTION mcp.audit_row_change() SECURITY DEFINER;
                """,
            reasons: [#"outside of the schema, found "x, y" ON public."my, own", z ON public.mine"#]),
        Obstacle(
            sql: """
                CREATE TABLE mcp.mine (id integer);
                CREATE TRIGGER x AFTER UPDATE ON mcp.mine FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();
                """,
            reasons: ["on an unknown table that calls a function of the schema, found CREATE TRIGGER x"]),
    ]

    // MARK: - Casts and operators

    private static let conversions = [
        Obstacle(
            sql: """
                CREATE FUNCTION public."to text"(mcp.task_status) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
                CREATE CAST (mcp.task_status AS text) WITH FUNCTION public."to text"(mcp.task_status) AS IMPLICIT;
                CREATE CAST (mcp.tasks AS text) WITH INOUT AS ASSIGNMENT;
                CREATE CAST (text AS mcp.task_status[]) WITH INOUT;
                """,
            reasons: [
                #"run code as the schema's own role: WITH FUNCTION public."to text"(mcp.task_status) AS IMPLICIT"#,
                "run code as the schema's own role: WITH INOUT AS ASSIGNMENT",
                "run code as the schema's own role: WITH INOUT",
            ]),
        Obstacle(
            sql: """
                CREATE OPERATOR mcp.= (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = jsonb_eq);
                CREATE OPERATOR CLASS mcp."my own" FOR TYPE jsonb USING hash AS OPERATOR 1 pg_catalog.=, FUNCTION 1 jsonb_hash(jsonb);
                """,
            reasons: ["expected no such operator, found", "expected no such operator class, found"]),
        Obstacle(
            sql: """
                CREATE STATISTICS public."my own" ON (lower(email)) FROM mcp.users;
                CREATE STATISTICS mcp.plain ON tenant_id, status FROM mcp.workflow_executions;
                """,
            // Those of columns alone stay.
            reasons: ["expected no such statistics, found"]),
    ]

    @Test(arguments: conversions + takenNames + dependants + grantors + unlogged + triggers)
    func areRefusedAndEndByTheirCures(obstacle: Obstacle) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let role = "alice_\(database.name)"
            func filled(_ text: String) -> String { text.replacing("@", with: role) }
            try await database.psql("SET client_min_messages = error; \(filled(obstacle.sql))")
            let facts = try await database.facts()
            let diagnosis = try await database.repair()
            #expect(try await database.facts() == facts)
            let reasons = diagnosis.plan.refusals.map(\.reason)
            let places = obstacle.reasons.map { words in reasons.firstIndex { $0.contains(filled(words)) } }
            #expect(places.allSatisfy { $0 != nil }, "\(diagnosis.plan.refusals)")
            #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(reasons)")
            for refusal in diagnosis.plan.refusals { try await database.psql(refusal.statement) }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql("SELECT \(obstacle.kept)") == "t")
            if obstacle.sql.contains("@") { try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)") }
        }
    }

    /// The other statement that the refusal names.
    @Test func aTableThatWasRenamedMayGetItsNameBack() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql("ALTER TABLE mcp.integrations RENAME TO integrations_backup")
            let refusal = try #require(try await database.repair().plan.refusals.first)
            let other = try #require(refusal.cure.components(separatedBy: " under another name: ").last)
            try await database.psql(other.components(separatedBy: "; then repeat")[0])
            #expect(try await database.repairing().plan().verification.gap.isClosed)
        }
    }

    // MARK: - What is made anew

    /// What the command is interrupted by comes after the view, and before the privileges.
    @Test func defaultPrivilegesShowNobodyWhatIsMade() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                ALTER DEFAULT PRIVILEGES IN SCHEMA mcp GRANT SELECT ON TABLES TO mcp_readonly, mcp_application, PUBLIC;
                ALTER DEFAULT PRIVILEGES IN SCHEMA mcp GRANT EXECUTE ON FUNCTIONS TO mcp_readonly;
                DROP MATERIALIZED VIEW mcp.agent_cost_analytics CASCADE;
                DROP TABLE mcp.webhook_configs;
                DROP FUNCTION mcp.find_api_key(text);
                DROP POLICY tenant_isolation ON mcp.users;
                """)
            async let holding = database.psql("BEGIN; LOCK TABLE mcp.users IN ROW EXCLUSIVE MODE; SELECT pg_sleep(8)")
            try await database.wait(
                until:
                    "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')"
            )
            let hasty = LockBudget(perStep: .milliseconds(300), perTableAndHour: .milliseconds(700))
            let failure = await ServerFailure.of { try await database.repair(locks: hasty) }
            #expect(failure?.failureClass == .lockNotAvailable)
            let readers = """
                SELECT coalesce(string_agg(format('%s of %s', a.grantee::regrole, o.name), ', '), 'none')
                FROM (
                    SELECT relname::text, coalesce(relacl, acldefault('r', relowner)), relowner FROM pg_class
                    WHERE relnamespace = 'mcp'::regnamespace
                        AND relname IN ('agent_cost_analytics', 'tenant_agent_cost_analytics', 'webhook_configs')
                    UNION ALL
                    SELECT proname, coalesce(proacl, acldefault('f', proowner)), proowner FROM pg_proc
                    WHERE proname = 'find_api_key'
                ) AS o (name, items, owner)
                CROSS JOIN LATERAL aclexplode(o.items) AS a
                WHERE a.grantee <> o.owner
                """
            #expect(try await database.psql("SELECT to_regclass('mcp.agent_cost_analytics') IS NOT NULL") == "t")
            #expect(try await database.psql(readers) == "mcp_application of find_api_key")
            _ = try await holding
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
        }
    }

    @Test(arguments: [
        (otherTenantView, "VIEW", "TABLE mcp.tenant_agent_cost_analytics"),
        (otherCosts, "VIEW", "TABLE mcp.agent_cost_analytics"),
        (otherCosts, "VIEW", "TABLE mcp.tenant_agent_cost_analytics"),
        (otherKeys, "FUNCTION", "FUNCTION mcp.find_api_key(text)"),
    ])
    func keepsWhatOthersWereGranted(sql: String, kind: String, object: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let role = "alice_\(database.name)"
            let (name, privilege) = (object.split(separator: " ")[1], kind == "VIEW" ? "SELECT" : "EXECUTE")
            let more = kind == "VIEW" ? "GRANT UPDATE (tenant_id) ON \(object) TO \(role);" : ""
            try await database.psql(
                "SET client_min_messages = error; CREATE ROLE \(role); \(sql); "
                    + "GRANT \(privilege) ON \(object) TO \(role) WITH GRANT OPTION; \(more)")
            let unknown = try await database.repairing().plan().verification.gap.unknownOfThisDatabase
            // In the step itself, not in a later one.
            let plan = try await database.repairing().plan().plan
            #expect(plan.steps.contains { $0.statements.contains { $0.hasSuffix("TO \"\(role)\" WITH GRANT OPTION") } })
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(after.verification.gap.unknownOfThisDatabase == unknown)
            let has = "has_\(kind == "VIEW" ? "table" : "function")_privilege"
            #expect(
                try await database.psql("SELECT \(has)('\(role)', '\(name)', '\(privilege) WITH GRANT OPTION')") == "t")
            try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    static let otherKeys = """
        DROP FUNCTION mcp.find_api_key(text);
        CREATE FUNCTION mcp.find_api_key(key text) RETURNS text LANGUAGE sql AS 'SELECT key';
        GRANT EXECUTE ON FUNCTION mcp.find_api_key(text) TO mcp_application
        """

    /// What a role has on columns goes with what is taken from it on the table.
    @Test func whatIsTakenFromATableLeavesTheColumns() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql("GRANT UPDATE ON mcp.api_keys TO mcp_application")
            let steps = try await database.repairing().plan().plan.steps
            try #require(steps.map(\.object) == [CatalogObject(.table, "api_keys")])
            try await database.psql(steps[0].statements.joined(separator: ";"))
            #expect(try await database.repairing().plan().verification.gap.isClosed)
        }
    }

    @Test func keepsIndexesThatFit() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                Self.otherCosts + """
                    CREATE INDEX by_model ON mcp.agent_cost_analytics (model_name) WITH (fillfactor = 70)
                        WHERE request_count > 1;
                    CREATE TRIGGER instead INSTEAD OF INSERT ON mcp.tenant_agent_cost_analytics
                        FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column();
                    CREATE UNIQUE INDEX odd ON mcp.agent_cost_analytics (tenant_id, agent_id, day, model_provider, model_name);
                    """)
            let notes = try await database.repairing().plan().plan.notes
            #expect(
                notes.contains { $0.hasPrefix("agent_cost_analytics: the index odd goes with what has to be made") })
            #expect(notes.contains { $0.hasPrefix("tenant_agent_cost_analytics: the trigger instead goes with what") })
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let index = "SELECT pg_get_indexdef('mcp.by_model'::regclass)"
            #expect(
                try await database.psql(index)
                    == "CREATE INDEX by_model ON mcp.agent_cost_analytics USING btree (model_name) "
                    + "WITH (fillfactor='70') WHERE (request_count > 1)")
        }
    }
}

extension SchemaRefusal {
    /// The statement that its cure names first.
    fileprivate var statement: String {
        let parts = cure.components(separatedBy: "; then repeat")[0].components(separatedBy: "; or, where ")[0]
        let marks = ["give that another name: ", "run: ", "a crash empties an unlogged table: "]
        let statement = marks.reduce(parts) { $0.replacing($1, with: "") }
        return statement.components(separatedBy: ", which rewrites it")[0]
    }
}
