import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// What an owner of the schema's tables has prepared for the time after him.
@Suite("What a former owner leaves")
struct LegacyTests {
    private static func platform(of database: TestDatabase) -> String { "platform_\(database.name)" }

    /// A type or an extension that takes something along when it is dropped, and privileges that he has taken from himself.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func endsWithTheOwnership(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            let (platform, evil) = (Self.platform(of: database), "evil_\(database.name)")
            try await database.psql(
                """
                CREATE ROLE \(platform) LOGIN; CREATE ROLE \(evil); CREATE SCHEMA plat AUTHORIZATION \(platform);
                GRANT USAGE ON SCHEMA mcp TO \(platform);
                DO $$ DECLARE columns text; part regclass; BEGIN
                    SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
                        INTO columns FROM pg_attribute
                        WHERE attrelid = 'mcp.events'::regclass AND attnum > 0 AND NOT attisdropped;
                    EXECUTE format('CREATE TYPE plat."a type" AS (%s)', columns);
                    SELECT inhrelid INTO part FROM pg_inherits WHERE inhparent = 'mcp.tasks'::regclass LIMIT 1;
                    EXECUTE format('ALTER TRIGGER tasks_audit ON %s DEPENDS ON EXTENSION plpgsql', part);
                    EXECUTE format('ALTER TABLE %s OWNER TO \(platform)', part);
                    EXECUTE format('REVOKE ALL ON %s FROM \(platform)', part);
                END $$;
                ALTER TABLE mcp.events OWNER TO \(platform), OF plat."a type";
                ALTER INDEX mcp.events_pkey DEPENDS ON EXTENSION plpgsql;
                ALTER TRIGGER api_keys_audit ON mcp.api_keys DEPENDS ON EXTENSION plpgsql;
                ALTER MATERIALIZED VIEW mcp.active_embedding_models DEPENDS ON EXTENSION plpgsql;
                ALTER FUNCTION mcp.current_tenant_id() DEPENDS ON EXTENSION plpgsql;
                ALTER TABLE mcp.audit_log OWNER TO \(platform); REVOKE ALL ON mcp.audit_log FROM \(platform);
                REVOKE EXECUTE ON FUNCTION mcp.current_tenant_id() FROM mcp_owner;
                REVOKE CREATE ON SCHEMA mcp FROM mcp_owner; REVOKE ALL ON TYPE mcp.task_status FROM mcp_owner;
                REVOKE SELECT ON mcp.agent_cost_analytics FROM mcp_owner;
                ALTER TABLE mcp.users REPLICA IDENTITY NOTHING;
                DROP TABLE mcp.webhook_configs;
                ALTER DEFAULT PRIVILEGES FOR ROLE mcp_owner IN SCHEMA mcp GRANT SELECT, TRUNCATE ON TABLES TO \(evil);
                """)
            let repair = database.repairing(trusting: [platform])
            let before = try await repair.plan()
            let found = before.verification.gap.different.map { "\($0.object): \($0.property.rawValue)" }
            for expected in [
                "table events: of type", "table events: depends on extension", "table api_keys: depends on extension",
                "materialized view active_embedding_models: depends on extension",
                "function current_tenant_id(): depends on extension",
                "table audit_log: privileges that the owner lacks",
                "function current_tenant_id(): privileges that the owner lacks",
                "schema mcp: privileges that the owner lacks", "type task_status: privileges that the owner lacks",
                "materialized view agent_cost_analytics: privileges that the owner lacks",
                "table users: replica identity",
            ] {
                #expect(found.contains(expected), "\(found)")
            }
            for property in ["depends on extension", "privileges that the owner lacks"] {
                #expect(found.contains { $0.hasPrefix("partition ") && $0.hasSuffix(property) }, "\(found)")
            }
            let byDefault = "to \(evil) on tables that mcp_owner makes"
            #expect(before.verification.gap.unknown.contains(CatalogObject(.grant, byDefault)))
            #expect(before.plan.refusals == [])

            let after = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql("SELECT count(*) FROM pg_depend WHERE deptype = 'x'") == "0")
            try await database.psql("DROP SCHEMA plat CASCADE; SELECT FROM mcp.events")
            let mayRead = "SELECT has_table_privilege('\(evil)', 'mcp.webhook_configs', 'SELECT, TRUNCATE')"
            #expect(try await database.psql(mayRead) == "f")
            let mayWrite = "SELECT has_table_privilege('mcp_owner', 'mcp.audit_log', 'INSERT')"
            #expect(try await database.psql(mayWrite) == "t")
            try await database.psql(
                "DROP OWNED BY \(platform), \(evil); DROP ROLE \(platform), \(evil); "
                    + "ALTER DEFAULT PRIVILEGES FOR ROLE mcp_owner IN SCHEMA mcp REVOKE ALL ON TABLES FROM mcp_owner")
        }
    }

    /// He may not execute what their expressions call, and need not: what they hold is asked once they are his no more.
    @Test func comesBeforeQuestionsThatHeMayNotAsk() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let platform = Self.platform(of: database)
            try await database.psql(
                """
                CREATE ROLE \(platform) LOGIN; GRANT USAGE ON SCHEMA mcp TO \(platform);
                DO $$ DECLARE name text; BEGIN
                    FOR name IN SELECT oid::regclass FROM pg_class
                        WHERE relnamespace = 'mcp'::regnamespace AND relkind IN ('r', 'p')
                    LOOP EXECUTE format('ALTER TABLE %s OWNER TO \(platform)', name); END LOOP;
                END $$;
                """)
            let after = try await database.repairing(trusting: [platform]).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            try await database.psql("DROP OWNED BY \(platform); DROP ROLE \(platform)")
        }
    }

    /// What he has granted to the role that owns them after him is no more than it has as the owner.
    @Test func isNotTakenFromWhoComesAfterHim() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let platform = Self.platform(of: database)
            try await database.psql(
                """
                CREATE ROLE \(platform) LOGIN; ALTER SCHEMA mcp OWNER TO \(platform);
                ALTER TABLE mcp.audit_log OWNER TO \(platform);
                GRANT USAGE, CREATE ON SCHEMA mcp TO mcp_owner; GRANT INSERT, UPDATE (id) ON mcp.audit_log TO mcp_owner;
                """)
            let after = try await database.repairing(trusting: [platform]).run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            let mayAll =
                "SELECT has_schema_privilege('mcp_owner', 'mcp', 'USAGE, CREATE') "
                + "AND has_table_privilege('mcp_owner', 'mcp.audit_log', 'SELECT')"
            #expect(try await database.psql(mayAll) == "t")
            try await database.psql("DROP OWNED BY \(platform); DROP ROLE \(platform)")
        }
    }

    /// The server adds no column with a default while there is one.
    @Test func mayBeATableThatHoldsItsRows() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "ALTER TABLE mcp.webhook_configs DROP COLUMN is_active; CREATE DOMAIN public.d AS mcp.webhook_configs; "
                    + "CREATE TABLE public.mine (id integer, kept public.d[])")
            let session = try await database.connect()
            try await session.execute("CREATE TEMPORARY TABLE held (kept mcp.webhook_configs)")
            for _ in 1...2 {
                let plan = try await database.repairing().plan().plan
                let refusal = try #require(plan.refusals.first, "\(plan.steps)")
                #expect(refusal.reason.contains("belongs to postgres holds rows of webhook_configs"))
                try await database.psql(String(refusal.cure.prefix { $0 != ";" }))
            }
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            await session.close()
        }
    }
}
