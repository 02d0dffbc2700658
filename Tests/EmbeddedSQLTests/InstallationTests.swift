import EmbeddedSQL
import TestSupport
import Testing

@Suite("Applying schema mcp")
struct InstallationTests {
    @Test(arguments: PostgresVersion.underTest.filter { !$0.hasPgvector })
    func refusesAServerWithoutPgvectorAndNamesThePackage(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let failure = try await #require(throws: TestFailure.self) { try await database.psql(Schema.script()) }
            let message = "\(failure)"
            #expect(message.contains("postgresql-\(version.rawValue)-pgvector"))
            #expect(message.contains("0A000"))
            #expect(try await database.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'mcp'") == "0")
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func isWrittenToOnTheDayItIsApplied(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(
                """
                INSERT INTO mcp.embedding_metrics (tenant_id, model_provider, model_name, status)
                VALUES (gen_random_uuid(), 'p', 'm', 'success');
                INSERT INTO mcp.audit_log (tenant_id, table_name, record_id, action)
                VALUES (gen_random_uuid(), 'tasks', gen_random_uuid(), 'INSERT');
                """)
            #expect(try await database.psql("SELECT count(*) FROM mcp.embedding_metrics") == "1")
        }
    }

    /// An instant, and the first days in UTC of the month that it lies in and of the three that follow.
    @Test(arguments: [
        ("2026-11-23 12:00+00", ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]),
        ("2026-01-31 23:59:59.999999+00", ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]),
        ("2026-02-01 00:00+00", ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]),
        ("2027-12-31 23:30-01", ["2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01"]),
        ("2028-02-29 00:00+00", ["2028-02-01", "2028-03-01", "2028-04-01", "2028-05-01"]),
        // None, so that the clock counts.
        ("", []),
    ])
    func makesTheMonthsThatPgtendWould(instant: String, months: [String]) async throws {
        for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            try await TestDatabase.with { database in
                try await database.psql("SET TimeZone = '\(zone)'; SET pgtend.now = '\(instant)'; \(Schema.script())")
                let expected =
                    months.isEmpty
                    ? "SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n) "
                        + "FROM generate_series(0, 3) AS n"
                    : "SELECT unnest('{\(months.joined(separator: ","))}'::timestamp[])"
                // Each parent with each month, by name and bounds, and nothing else.
                let wrong = """
                    SET TimeZone = 'UTC';
                    CREATE TEMPORARY TABLE found AS
                    SELECT i.inhparent::regclass::text, c.relname::text, pg_get_expr(c.relpartbound, c.oid)
                    FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
                    WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'mcp'::regnamespace;
                    CREATE TEMPORARY TABLE wanted AS
                    SELECT p.oid::regclass::text, p.relname || to_char(month, '_YYYY_MM'), format(
                        'FOR VALUES FROM (%L) TO (%L)', month || '+00', month + interval '1 month' || '+00')
                    FROM pg_class p, (\(expected)) AS m (month)
                    WHERE p.relkind = 'p' AND p.relnamespace = 'mcp'::regnamespace;
                    (TABLE found EXCEPT TABLE wanted) UNION ALL (TABLE wanted EXCEPT TABLE found);
                    SELECT count(*) > 0 FROM found;
                    """
                #expect(try await database.psql(wrong) == "t", "\(zone)")
            }
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func findsTheVectorExtensionWhereItLives(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA \"odd \"\"place\"; CREATE EXTENSION vector SCHEMA \"odd \"\"place\"")
            try await database.psql(Schema.script())
            let type = try await database.psql(
                """
                SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = 'mcp.embeddings'::regclass AND attname = 'normalized_embedding'
                """)
            #expect(type == "\"odd \"\"place\".vector(1536)")
            // Whoever may write a vector may also name its type.
            try await database.psql(
                "SET ROLE mcp_application; SELECT '[1,2]'::\"odd \"\"place\".vector OPERATOR(\"odd \"\"place\".<=>) '[1,1]'"
            )
        }
    }

    @Test func doesWithoutThePublicSchema() async throws {
        try await TestDatabase.with { database in
            try await database.psql("DROP SCHEMA public; CREATE SCHEMA mcp; \(Schema.script())")
            #expect(
                try await database.psql("SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'vector'")
                    == "mcp")
        }
    }

    /// Each migration by a role that is a member of mcp_owner and no superuser, once an administrator has made the
    /// roles and the extensions.
    @Test func needsNoSuperuserOnceRolesAndExtensionsStand() async throws {
        try await TestDatabase.with { database in
            let role = "installer_\(database.name)"
            // The roles are the administrator's own: nothing is recorded of them.
            try await database.psql(
                Schema.part("foundation/created_objects") + Schema.part("foundation/roles")
                    + "DROP SCHEMA pgtend CASCADE")
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN IN ROLE mcp_owner;
                GRANT CREATE ON DATABASE \(database.name) TO \(role);
                CREATE EXTENSION vector; CREATE EXTENSION pg_trgm;
                CREATE SCHEMA mcp AUTHORIZATION mcp_owner;
                """)
            do {
                try await database.psql(Schema.script(), user: role)
            } catch {
                try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
                throw error
            }
            let owners = try await database.psql(
                "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'mcp'::regnamespace")
            #expect(owners == "mcp_owner")
            try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// What is optional is done without where it cannot be made.
    @Test func doesWithoutTrigramsWhereTheyMayNotBeMade() async throws {
        try await TestDatabase.with { database in
            let role = "installer_\(database.name)"
            try await database.psql(Schema.part("foundation/created_objects") + Schema.part("foundation/roles"))
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN IN ROLE mcp_owner; CREATE EXTENSION vector;
                CREATE SCHEMA mcp AUTHORIZATION mcp_owner;
                GRANT USAGE ON SCHEMA public TO mcp_owner, mcp_application, mcp_readonly;
                GRANT SELECT, INSERT ON pgtend.created_objects TO \(role);
                """)
            do {
                try await database.psql(Schema.script(), user: role)
            } catch {
                try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
                throw error
            }
            let made = try await database.psql(
                """
                DROP OWNED BY \(role); DROP ROLE \(role);
                SELECT to_regclass('mcp.embeddings'), to_regclass('mcp.embeddings_content_trigram_idx'),
                    (SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'),
                    (SELECT count(*) FROM pgtend.created_objects WHERE name = 'pg_trgm');
                """)
            #expect(made == "mcp.embeddings||0|0")
        }
    }

    /// Roles belong to the cluster: two databases may be migrated at the same moment.
    @Test func appliesToTwoDatabasesAtOnce() async throws {
        let cluster = try await Cluster.private()
        async let first: Void = TestDatabase.with(cluster) { _ = try await $0.psql(Schema.script()) }
        async let second: Void = TestDatabase.with(cluster) { _ = try await $0.psql(Schema.script()) }
        _ = try await (first, second)
        try await cluster.destroy()
    }

    @Test func indexesTrigramsWhereTheExtensionIs() async throws {
        try await Schema.with(.v18) { database in
            let index = try await database.psql("SELECT to_regclass('mcp.embeddings_content_trigram_idx')")
            #expect(index == "mcp.embeddings_content_trigram_idx")
        }
    }
}
