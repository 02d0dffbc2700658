import TestSupport
import Testing

/// Who, from where and with what: settings that the platform makes for each request, and that may hold anything.
@Suite("Author of an audited change")
struct AuditAuthorTests {
    private static let tenant = Schema.tenant(1)

    private struct Setting: CustomTestStringConvertible {
        let name: String
        let value: String
        let column: String
        let kept: String

        var testDescription: String { "\(name) = \(value.prefix(40).debugDescription)" }
    }

    private static let settings = [
        Setting(name: "app.current_user", value: "ada", column: "changed_by", kept: "ada"),
        Setting(name: "app.current_user", value: "", column: "changed_by", kept: "postgres"),
        Setting(name: "app.current_user", value: "'; --", column: "changed_by", kept: "'; --"),
        Setting(
            name: "app.current_user", value: String(repeating: "ä", count: 300), column: "changed_by",
            kept: String(repeating: "ä", count: 255)),
        Setting(name: "app.client_address", value: "192.0.2.7", column: "ip_address", kept: "192.0.2.7"),
        Setting(name: "app.client_address", value: "2001:db8::7", column: "ip_address", kept: "2001:db8::7"),
        Setting(name: "app.client_address", value: "10.0.0.1/8", column: "ip_address", kept: "10.0.0.1/8"),
        Setting(name: "app.client_address", value: "", column: "ip_address", kept: ""),
        Setting(name: "app.client_address", value: "192.0.2.300", column: "ip_address", kept: ""),
        Setting(name: "app.client_address", value: "unknown, 10.0.0.1", column: "ip_address", kept: ""),
        Setting(
            name: "app.client_address", value: String(repeating: "1", count: 5000), column: "ip_address", kept: ""),
        Setting(name: "app.user_agent", value: "agent/1.0 (x)", column: "user_agent", kept: "agent/1.0 (x)"),
        Setting(name: "app.user_agent", value: "", column: "user_agent", kept: ""),
    ]

    @Test(arguments: settings)
    private func isWhatTheSettingsSayAndNeverAnError(_ given: Setting) async throws {
        let value = "'" + given.value.replacing("'", with: "''") + "'"
        for version in PostgresVersion.underTestWithPgvector {
            try await Schema.with(version) { database in
                let kept = try await database.psql(
                    """
                    SELECT FROM set_config('\(given.name)', \(value), false);
                    SET ROLE mcp_application; SET app.current_tenant = '\(Self.tenant)';
                    INSERT INTO mcp.workflows (tenant_id, name) VALUES ('\(Self.tenant)', 'one');
                    SELECT \(given.column) FROM mcp.audit_log;
                    """)
                #expect(kept.split(separator: "\n").joined() == given.kept, "\(version)")
            }
        }
    }

    /// The role that logged in, not the one that the session has become.
    @Test func isTheLoginRoleWithoutSettings() async throws {
        try await Schema.with(.v18) { database in
            let role = "author_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN IN ROLE mcp_application")
            try await database.psql(
                """
                SET ROLE mcp_application; SET app.current_tenant = '\(Self.tenant)';
                INSERT INTO mcp.workflows (tenant_id, name) VALUES ('\(Self.tenant)', 'one');
                """, user: role)
            let author = try await database.psql("DROP ROLE \(role); SELECT changed_by FROM mcp.audit_log")
            #expect(author == role)
        }
    }

    /// Where the trail cannot be kept, nothing is changed.
    @Test func refusesAChangeThatCannotBeKept() async throws {
        try await Schema.with(.v18) { database in
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    """
                    SELECT format('DROP TABLE %s', inhrelid::regclass) FROM pg_inherits
                    WHERE inhparent = 'mcp.audit_log'::regclass \\gexec
                    INSERT INTO mcp.workflows (tenant_id, name) VALUES ('\(Self.tenant)', 'one');
                    """)
            }
            #expect("\(failure)".contains("no partition of relation \"audit_log\""))
            #expect(try await database.psql("SELECT count(*) FROM mcp.workflows") == "0")
        }
    }
}
