import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// What is written like the schema's own, and uses a function or an operator of somebody else's.
@Suite("Repair of what only reads like the schema")
struct AlikeDefinitionTests {
    /// A function that a call of the schema's own can mean as well, and what is made while nothing else has the name.
    private struct Overload {
        let name: String
        let arguments: String
        /// Of the other one.
        let others: String
        let result: String
        let sql: String

        var statements: String {
            """
            ALTER FUNCTION mcp.\(name)(\(arguments)) RENAME TO kept;
            CREATE FUNCTION mcp.\(name)(\(others)) RETURNS \(result) LANGUAGE plpgsql IMMUTABLE AS
                $$ BEGIN RAISE 'code of another'; END $$;
            ALTER FUNCTION mcp.\(name) OWNER TO :eve;
            \(sql);
            ALTER FUNCTION mcp.kept(\(arguments)) RENAME TO \(name);

            """
        }
    }

    private static func ofTenant(_ others: String) -> Overload {
        Overload(
            name: "current_tenant_id", arguments: "", others: others, result: "uuid",
            sql: """
                ALTER POLICY tenant_isolation ON mcp.embeddings USING (tenant_id = (SELECT mcp.current_tenant_id()))
                    WITH CHECK (tenant_id = (SELECT mcp.current_tenant_id()));
                CREATE OR REPLACE VIEW mcp.tenant_agent_cost_analytics WITH (security_barrier = true) AS
                    SELECT * FROM mcp.agent_cost_analytics AS a WHERE tenant_id = (SELECT mcp.current_tenant_id())
                """)
    }

    private static func ofKeys(_ others: String) -> Overload {
        Overload(
            name: "validate_jsonb_keys", arguments: "jsonb, text[], text[]", others: others, result: "boolean",
            sql: """
                ALTER TABLE mcp.tenant_config DROP CONSTRAINT tenant_config_rate_limits,
                    ADD CONSTRAINT tenant_config_rate_limits CHECK (mcp.validate_jsonb_keys(rate_limits, '{}'::text[],
                        '{requests_per_minute,requests_per_hour,requests_per_day,concurrent_requests}'::text[]));
                COMMENT ON CONSTRAINT tenant_config_rate_limits ON mcp.tenant_config IS
                    'A limit under a misspelled name would limit nothing.'
                """)
    }

    /// Of which the server takes the schema's own, once that is there. Beside a function without arguments there is none.
    private static let lesser = [ofKeys("anyelement, text[], text[]")]
    private static let asGood = [
        ofTenant("integer DEFAULT 1"), ofKeys("jsonb, text[], text[], boolean DEFAULT true"),
    ]

    /// No text tells which operator IS DISTINCT FROM is about.
    private static let `operator` = """
        CREATE FUNCTION app.is_same(mcp.task_status, mcp.task_status) RETURNS boolean LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'code of another'; END $$;
        ALTER FUNCTION app.is_same OWNER TO :eve;
        CREATE OPERATOR app.= (FUNCTION = app.is_same, LEFTARG = mcp.task_status, RIGHTARG = mcp.task_status);
        ALTER OPERATOR app.= (mcp.task_status, mcp.task_status) OWNER TO :eve;
        SET search_path = app;
        CREATE OR REPLACE TRIGGER tasks_transition BEFORE UPDATE ON mcp.tasks FOR EACH ROW
            WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION mcp.validate_task_transition();
        RESET search_path;
        """

    /// Whoever copies a cure runs nothing that the name of a function says.
    private static let statements = """
        CREATE FUNCTION mcp."current_tenant_id() OWNER TO :eve; --("(integer DEFAULT 1) RETURNS uuid LANGUAGE sql AS
            'SELECT NULL::uuid';

        """

    private static let lesserParts: Set = [
        CatalogObject(.constraint, "tenant_config_rate_limits", of: "tenant_config"),
        CatalogObject(.trigger, "tasks_transition", of: "tasks"),
    ]
    private static let parts = lesserParts.union([
        CatalogObject(.policy, "tenant_isolation", of: "embeddings"),
        CatalogObject(.view, "tenant_agent_cost_analytics"),
    ])

    @Test(arguments: PostgresVersion.underTestWithPgvector, [false, true])
    func namesItAndMakesItAnew(version: PostgresVersion, isAmbiguous: Bool) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            let eve = "eve_\(database.name)"
            let overloads = isAmbiguous ? Self.asGood : Self.lesser
            let sql =
                "CREATE ROLE :eve; CREATE SCHEMA app; GRANT ALL ON SCHEMA app, mcp TO :eve;"
                + overloads.map(\.statements).joined() + Self.statements + Self.operator
                + "REVOKE ALL ON SCHEMA mcp FROM :eve"
            try await database.psql("SET client_min_messages = error; \(sql.replacing(":eve", with: eve))")
            // All is written as it should be.
            let gap = try await SchemaVerifierTests.gap(database)
            #expect(
                Set(gap.different.map(\.object)) == (isAmbiguous ? Self.parts : Self.lesserParts), "\(gap.different)")
            #expect(gap.missing == [] && gap.different.allSatisfy { $0.property == .uses }, "\(gap.different)")

            if isAmbiguous {
                let refusals = try await database.repair(trusting: [eve]).plan.refusals
                #expect(refusals.count == overloads.count, "\(refusals)")
                for refusal in refusals {
                    try await database.psql(String(refusal.cure.prefix { $0 != ";" }))
                }
            }
            let after = try await database.repair(trusting: [eve])
            #expect(after.plan.refusals == [] && after.verification.gap.isClosed, "\(after.verification.gap)")
            // Nothing runs their code any more.
            try await database.psql(
                """
                INSERT INTO mcp.tenant_config (tenant_id) VALUES (gen_random_uuid());
                INSERT INTO mcp.tasks (tenant_id, title) VALUES (gen_random_uuid(), 'one');
                UPDATE mcp.tasks SET status = 'assigned';
                SET ROLE mcp_application; SELECT count(*) FROM mcp.embeddings, mcp.tenant_agent_cost_analytics;
                RESET ROLE; REASSIGN OWNED BY \(eve) TO postgres; DROP OWNED BY \(eve); DROP ROLE \(eve)
                """)
        }
    }
}
