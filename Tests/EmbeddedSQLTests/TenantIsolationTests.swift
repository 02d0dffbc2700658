import TestSupport
import Testing

@Suite("Isolation of tenants")
struct TenantIsolationTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))
    private static let tables = [
        "embeddings", "embedding_cache", "embedding_searches", "embedding_statistics", "embedding_term_statistics",
        "embedding_metrics", "audit_log", "tenant_agent_cost_analytics",
    ]

    /// Rows of two tenants in every table.
    private static let data = """
        INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(mine)', 'one'), ('\(theirs)', 'two');
        INSERT INTO mcp.embedding_cache (tenant_id, cache_key, embedding_id)
        SELECT tenant_id, 'key', id FROM mcp.embeddings;
        INSERT INTO mcp.embedding_searches (tenant_id, method) VALUES ('\(mine)', 'text'), ('\(theirs)', 'text');
        INSERT INTO mcp.embedding_metrics (tenant_id, model_provider, model_name, status)
        VALUES ('\(mine)', 'p', 'm', 'success'), ('\(theirs)', 'p', 'm', 'success');
        INSERT INTO mcp.audit_log (tenant_id, table_name, record_id, action)
        VALUES ('\(mine)', 'tasks', gen_random_uuid(), 'INSERT'), ('\(theirs)', 'tasks', gen_random_uuid(), 'INSERT');
        SELECT mcp.update_embedding_statistics('\(mine)'), mcp.update_embedding_statistics('\(theirs)');
        SELECT mcp.refresh_cost_analytics();
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func showsARoleItsTenantAndNoOther(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(Self.data)
            for role in ["mcp_application", "mcp_readonly"] {
                for table in Self.tables {
                    let seen = try await database.psql(
                        """
                        SET ROLE \(role); SET app.current_tenant = '\(Self.mine)';
                        SELECT count(*), bool_and(tenant_id = '\(Self.mine)') FROM mcp.\(table);
                        """)
                    #expect(seen == "1|t", "\(role), \(table)")
                }
            }
        }
    }

    @Test(arguments: ["", "nonsense", "00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-0000000000011\n"])
    func showsNothingWithoutATenant(setting: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.data)
            for table in Self.tables {
                let seen =
                    "SET ROLE mcp_application; SET app.current_tenant = '\(setting)'; SELECT count(*) FROM mcp.\(table)"
                #expect(try await database.psql(seen) == "0", "\(table)")
            }
        }
    }

    /// Whatever the type itself accepts is a tenant, and nothing else is.
    @Test(arguments: [
        ("00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000a"),
        ("00000000-0000-4000-8000-00000000000A", "00000000-0000-4000-8000-00000000000a"),
        ("0000000000004000800000000000000a", "00000000-0000-4000-8000-00000000000a"),
        ("", ""), (" ", ""), ("00000000-0000-4000-8000-00000000000a ", ""),
        ("g0000000-0000-4000-8000-00000000000a", ""),
        ("'; DROP TABLE x; --", ""),
    ])
    func readsTheTenantWithoutEverFailing(setting: String, tenant: String) async throws {
        try await Schema.with(.v18) { database in
            let literal = "'" + setting.replacing("'", with: "''") + "'"
            let answer = try await database.psql("SET app.current_tenant = \(literal); SELECT mcp.current_tenant_id()")
            #expect(answer == tenant)
        }
    }

    /// Each statement, and the SQLSTATE that refuses it.
    @Test(arguments: [
        ("mcp_application", "INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(theirs)', 'x')", "42501"),
        ("mcp_application", "UPDATE mcp.embeddings SET tenant_id = '\(theirs)'", "42501"),
        (
            "mcp_application", "INSERT INTO mcp.embedding_searches (tenant_id, method) VALUES ('\(theirs)', 'text')",
            "42501"
        ),
        ("mcp_application", "UPDATE mcp.embedding_cache SET tenant_id = '\(theirs)'", "42501"),
        ("mcp_application", "DELETE FROM mcp.projection_matrices", "42501"),
        ("mcp_readonly", "DELETE FROM mcp.embedding_cache", "42501"),
        ("mcp_application", "UPDATE mcp.audit_log SET user_agent = 'x'", "42501"),
        ("mcp_application", "DELETE FROM mcp.audit_log", "42501"),
        ("mcp_application", "UPDATE mcp.embedding_metrics SET cost_usd = 0", "42501"),
        ("mcp_application", "UPDATE mcp.embedding_statistics SET total_documents = 9", "42501"),
        ("mcp_application", "SELECT mcp.update_embedding_statistics('\(mine)')", "42501"),
        ("mcp_application", "SELECT mcp.refresh_cost_analytics()", "42501"),
        ("mcp_application", "SELECT count(*) FROM mcp.agent_cost_analytics", "42501"),
        ("mcp_application", "SELECT count(*) FROM mcp.active_embedding_models", "42501"),
        ("mcp_application", "SET row_security = off; SELECT count(*) FROM mcp.embeddings", "42501"),
        ("mcp_readonly", "INSERT INTO mcp.embeddings (tenant_id, content) VALUES ('\(mine)', 'x')", "42501"),
    ])
    func refuses(role: String, statement: String, state: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.data)
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql("SET ROLE \(role); SET app.current_tenant = '\(Self.mine)'; \(statement)")
            }
            #expect("\(failure)".contains(state))
        }
    }

    /// A function of the reader's own runs after the tenant's condition, never before.
    @Test func hidesOtherTenantsFromALeakyFunction() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.data)
            let told = try await database.psql(
                """
                CREATE TABLE public.told (tenant uuid); GRANT ALL ON public.told TO mcp_application;
                CREATE FUNCTION public.tell(uuid) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
                    'BEGIN INSERT INTO public.told VALUES ($1); RETURN true; END';
                SET ROLE mcp_application; SET app.current_tenant = '\(Self.mine)';
                SELECT count(*) FROM mcp.tenant_agent_cost_analytics WHERE public.tell(tenant_id);
                SELECT DISTINCT tenant FROM public.told;
                """)
            #expect(told == "1\n\(Self.mine)")
        }
    }

    /// A partition read directly has no policy of its own, so it must show nothing at all.
    @Test func showsNothingOfAPartitionGrantedByMistake() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.data)
            let seen = try await database.psql(
                """
                GRANT SELECT ON ALL TABLES IN SCHEMA mcp TO mcp_readonly;
                SELECT format('SET ROLE mcp_readonly; SELECT count(*) FROM %s;', oid::regclass)
                FROM pg_class WHERE relispartition AND relkind = 'r' \\gexec
                """)
            #expect(Set(seen.split(separator: "\n")) == ["0"])
        }
    }
}
