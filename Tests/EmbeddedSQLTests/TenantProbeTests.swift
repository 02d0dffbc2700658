import TestSupport
import Testing

/// Every relation that the catalog has, as every role, with the tenant set, unset and malformed.
@Suite("Isolation of tenants everywhere")
struct TenantProbeTests {
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func showsARoleNothingOfAnotherTenant(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let findings = try await database.psql(TenantProbe.prepare + TenantProbe.findings)
            #expect(findings == "")
        }
    }

    /// Of each tenant and each table a row, or nothing could be found.
    @Test func hasRowsToFind() async throws {
        try await Schema.with(.v18) { database in
            let missing = try await database.psql(
                """
                \(TenantProbe.prepare)
                SELECT c.oid::regclass, t.id FROM pg_class c
                CROSS JOIN (
                    VALUES ('\(TenantProbe.mine)'), ('\(TenantProbe.theirs)'), ('\(TenantProbe.writers)')) t (id)
                WHERE c.relnamespace = 'mcp'::regnamespace AND NOT c.relispartition AND c.relkind IN ('r', 'p', 'm')
                    AND CASE WHEN EXISTS (
                        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
                    ) THEN probe.number('none', '',
                        format('SELECT count(*) FROM %s WHERE tenant_id = %L', c.oid::regclass, t.id)) = 0 END
                """)
            #expect(missing == "")
        }
    }

    /// What a later change may get wrong, and what is found then.
    @Test(arguments: [
        ("ALTER TABLE mcp.users DISABLE ROW LEVEL SECURITY", "mcp.users: mcp_readonly of '' sees"),
        ("DROP POLICY tenant_isolation ON mcp.contexts", "mcp.contexts: mcp_application sees 0 rows of 1"),
        ("CREATE POLICY open ON mcp.events FOR INSERT WITH CHECK (true)", "mcp_application: INSERT of another"),
        ("CREATE POLICY open ON mcp.events FOR DELETE USING (true)", "mcp_application: DELETE came to 3, not 1"),
        ("GRANT SELECT ON mcp.agent_cost_analytics TO mcp_readonly", "mcp.agent_cost_analytics: mcp_readonly of ''"),
        (
            "CREATE VIEW mcp.open AS TABLE mcp.agents; ALTER VIEW mcp.open OWNER TO mcp_owner; "
                + "GRANT SELECT ON mcp.open TO mcp_application",
            "mcp.open: mcp_application of ''"
        ),
        ("CREATE TABLE mcp.bare (n int); GRANT SELECT ON mcp.bare TO mcp_readonly", "mcp.bare: mcp_readonly reads"),
        (
            "CREATE TABLE mcp.part PARTITION OF mcp.audit_log DEFAULT; GRANT SELECT ON mcp.part TO mcp_readonly; "
                + "INSERT INTO mcp.audit_log (tenant_id, table_name, record_id, action, changed_at) "
                + "VALUES ('\(TenantProbe.theirs)', 't', gen_random_uuid(), 'SELECT', '1999-01-01')",
            "mcp.part: mcp_readonly of ''"
        ),
    ])
    func noticesAnOpening(change: String, finding: String) async throws {
        try await Schema.with(.v18) { database in
            let findings = try await database.psql("\(change); \(TenantProbe.prepare + TenantProbe.findings)")
            #expect(findings.contains(finding))
        }
    }
}
