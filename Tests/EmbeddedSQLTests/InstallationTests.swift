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
            let partitions = try await database.psql(
                """
                SET TimeZone = 'UTC';
                SELECT i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid) = format(
                        'FOR VALUES FROM (%L) TO (%L)',
                        to_char(date_trunc('month', now()), 'YYYY-MM-DD 00:00:00+00'),
                        to_char(date_trunc('month', now()) + interval '1 month', 'YYYY-MM-DD 00:00:00+00')),
                    c.relname = p.relname || to_char(now(), '_YYYY_MM')
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
                WHERE c.relkind = 'r' ORDER BY 1
                """)
            #expect(
                partitions == "mcp.embedding_metrics|t|t\nmcp.audit_log|t|t"
                    || partitions == "mcp.audit_log|t|t\nmcp.embedding_metrics|t|t")
        }
    }

    /// Its bounds are the months of UTC, whatever zone the installing session lives in.
    @Test(arguments: ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
    func boundsItsPartitionsInUTC(zone: String) async throws {
        try await TestDatabase.with { database in
            try await database.psql("SET TimeZone = '\(zone)'; \(Schema.script())")
            let bounds = try await database.psql(
                """
                SET TimeZone = 'UTC';
                SELECT pg_get_expr(c.relpartbound, c.oid) LIKE
                    to_char(now(), '"FOR VALUES FROM (''"YYYY-MM"-01 00:00:00+00'') TO %"')
                FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'mcp'::regnamespace
                """)
            #expect(bounds == "t\nt")
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
            try await database.psql(Schema.part("m0001_roles"))
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN IN ROLE mcp_owner;
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
