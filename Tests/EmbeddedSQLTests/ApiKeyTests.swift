import TestSupport
import Testing

@Suite("API keys")
struct ApiKeyTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))
    private static let (active, retired) = (Schema.tenant(11), Schema.tenant(12))

    /// Keys in every state, of two tenants.
    private static let data = """
        INSERT INTO mcp.users (id, tenant_id, email, is_active)
        VALUES ('\(active)', '\(mine)', 'a@example.org', true), ('\(retired)', '\(mine)', 'r@example.org', false);
        INSERT INTO mcp.api_keys (tenant_id, key_hash, name, user_id, key_type, is_active, expires_at) VALUES
            ('\(mine)', 'plain', 'plain', NULL, 'service', true, NULL),
            ('\(mine)', 'personal', 'personal', '\(active)', 'user', true, now() + interval '1 hour'),
            ('\(mine)', 'of one who left', 'x', '\(retired)', 'user', true, NULL),
            ('\(mine)', 'revoked', 'x', NULL, 'user', false, NULL),
            ('\(mine)', 'expired', 'x', NULL, 'user', true, now() - interval '1 second'),
            ('\(theirs)', 'other', 'other', NULL, 'gateway', true, NULL);
        """

    @Test(arguments: [
        ("plain", "plain|service|\(mine)|"), ("personal", "personal|user|\(mine)|\(active)"),
        ("other", "other|gateway|\(theirs)|"),
        ("of one who left", ""), ("revoked", ""), ("expired", ""), ("missing", ""), ("", ""),
        // Exactly: no pattern, no other spelling, no part of it.
        ("PLAIN", ""), ("plain ", ""), ("plai%", ""), ("plai_", ""), ("p", ""), ("' OR true --", ""),
    ])
    func isFoundByItsHashBeforeATenantIsKnown(hash: String, key: String) async throws {
        try await Schema.with(.v18) { database in
            let found = try await database.psql(
                """
                \(Self.data) SET ROLE mcp_application;
                SELECT name, key_type, tenant_id, user_id
                FROM mcp.find_api_key('\(hash.replacing("'", with: "''"))');
                """)
            #expect(found == key)
        }
    }

    @Test func isNotFoundByNull() async throws {
        try await Schema.with(.v18) { database in
            let count = try await database.psql("\(Self.data) SELECT count(*) FROM mcp.find_api_key(NULL)")
            #expect(count == "0")
        }
    }

    @Test func givesNoSecret() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql("\(Self.data) SELECT k::text FROM mcp.find_api_key('personal') AS k")
            #expect(answer.contains(Self.active))
            let renamed = try await database.psql(
                """
                UPDATE mcp.api_keys SET key_hash = 'swordfish' WHERE name = 'personal';
                SELECT k::text LIKE '%swordfish%' FROM mcp.find_api_key('swordfish') AS k;
                """)
            #expect(renamed == "f")
        }
    }

    @Test func isFoundByAnIndex() async throws {
        try await Schema.with(.v18) { database in
            let scans = try await database.psql(
                """
                INSERT INTO mcp.api_keys (tenant_id, key_hash)
                SELECT '\(Self.mine)', 'hash ' || n FROM generate_series(1, 3000) AS n;
                ANALYZE mcp.api_keys;
                SELECT FROM pg_stat_force_next_flush();
                SELECT FROM pg_stat_reset_single_table_counters('mcp.api_keys'::regclass);
                SELECT count(*) FROM mcp.find_api_key('hash 2000');
                SELECT FROM pg_stat_force_next_flush();
                SELECT seq_scan, idx_scan > 0 FROM pg_stat_user_tables WHERE relid = 'mcp.api_keys'::regclass;
                """)
            #expect(scans.split(separator: "\n") == ["1", "0|t"])
        }
    }

    @Test(arguments: [
        ("mcp_application", "SELECT key_hash FROM mcp.api_keys"),
        ("mcp_application", "SELECT * FROM mcp.api_keys"),
        ("mcp_application", "SELECT FROM mcp.api_keys WHERE key_hash = 'plain'"),
        ("mcp_application", "UPDATE mcp.api_keys SET key_hash = 'x'"),
        ("mcp_application", "UPDATE mcp.api_keys SET key_type = 'admin'"),
        ("mcp_application", "INSERT INTO mcp.api_keys (tenant_id, key_hash) VALUES ('\(mine)', '') RETURNING key_hash"),
        ("mcp_readonly", "SELECT key_hash FROM mcp.api_keys"),
        ("mcp_readonly", "SELECT FROM mcp.find_api_key('plain')"),
        ("mcp_readonly", "SELECT credentials FROM mcp.integrations"),
        ("mcp_readonly", "SELECT webhook_secret FROM mcp.webhook_configs"),
        ("mcp_readonly", "SELECT service_tokens FROM mcp.tenant_config"),
        ("mcp_readonly", "SELECT to_jsonb(w) FROM mcp.webhook_configs AS w"),
    ])
    func keepsItsHashFrom(role: String, statement: String) async throws {
        try await Schema.with(.v18) { database in
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    "\(Self.data) SET ROLE \(role); SET app.current_tenant = '\(Self.mine)'; \(statement)")
            }
            #expect("\(failure)".contains("42501"))
        }
    }

    @Test func isOfOneOfFiveTypes() async throws {
        try await Schema.with(.v18) { database in
            for (type, isAccepted) in [
                ("user", true), ("admin", true), ("agent", true), ("service", true), ("gateway", true),
                ("standard", false), ("User", false), ("", false),
            ] {
                let answer = try? await database.psql(
                    """
                    INSERT INTO mcp.api_keys (tenant_id, key_hash, key_type)
                    VALUES ('\(Self.mine)', 'hash \(type)', '\(type)')
                    """)
                #expect((answer != nil) == isAccepted, "\(type)")
            }
        }
    }

    /// The policies do not look at what a foreign key refers to; the keys themselves do.
    @Test func refersToNothingOfAnotherTenant() async throws {
        try await Schema.with(.v18) { database in
            for column in ["user_id", "parent_key_id"] {
                let other = column == "user_id" ? Self.active : "(SELECT id FROM mcp.api_keys WHERE name = 'plain')"
                let value = column == "user_id" ? "'\(other)'" : other
                let failure = try await #require(throws: TestFailure.self) {
                    try await database.psql(
                        """
                        BEGIN; \(Self.data)
                        INSERT INTO mcp.api_keys (tenant_id, key_hash, \(column))
                        VALUES ('\(Self.theirs)', 'n', \(value));
                        """)
                }
                #expect("\(failure)".contains("23503"))
            }
        }
    }
}
