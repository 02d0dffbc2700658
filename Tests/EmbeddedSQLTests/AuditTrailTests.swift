import TestSupport
import Testing

@Suite("Audit trail")
struct AuditTrailTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))
    private static let key = "00000000-0000-4000-8000-0000000000aa"

    /// The trail as the owner reads it, in the order in which it was written: one statement a transaction.
    private static func trail(_ columns: String) -> String {
        "RESET ROLE; SELECT \(columns) FROM mcp.audit_log ORDER BY changed_at;"
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func keepsEachChangeWithItsFields(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let answer = try await database.psql(
                """
                INSERT INTO mcp.workflows (id, tenant_id, name, created_at, updated_at)
                VALUES ('\(Self.key)', '\(Self.mine)', 'one', '2026-01-01', '2026-01-01');
                SET TimeZone = 'Asia/Kathmandu';
                UPDATE mcp.workflows SET status = 'active', name = 'two';
                DELETE FROM mcp.workflows;
                \(Self.trail("""
                    tenant_id, table_name, record_id, action, changed_fields, old_data ->> 'name', new_data ->> 'name',
                    old_data ->> 'created_at', new_data ->> 'status', changed_by, ip_address, user_agent
                    """))
                """)
            let row = "\(Self.mine)|workflows|\(Self.key)"
            #expect(
                answer == """
                    \(row)|INSERT|||one||draft|postgres||
                    \(row)|UPDATE|{name,status}|one|two|2026-01-01T00:00:00+00:00|active|postgres||
                    \(row)|DELETE||two||2026-01-01T00:00:00+00:00||postgres||
                    """)
        }
    }

    /// Old and new are the whole row, whatever its columns are.
    @Test func keepsTheWholeRow() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                INSERT INTO mcp.workflows (tenant_id, name, steps) VALUES ('\(Self.mine)', 'one', '[{"a": 1.50}]');
                SELECT (SELECT new_data FROM mcp.audit_log) - 'created_at' - 'updated_at'
                    = to_jsonb(w) - 'created_at' - 'updated_at' FROM mcp.workflows AS w;
                """)
            #expect(answer == "t")
        }
    }

    /// What an update sets, and whether it is a change.
    @Test(arguments: [
        ("name = name", false), ("updated_at = '2020-01-01'", false), ("name = 'k', is_active = true", false),
        ("last_used_at = now()", false), ("last_used_at = now(), role = 'r'", true),
        ("expires_at = now()", true), ("scopes = '{a}'", true), ("key_hash = 'other'", true),
    ])
    func keepsNoUpdateThatChangesNothing(assignment: String, isChange: Bool) async throws {
        try await Schema.with(.v18) { database in
            let count = try await database.psql(
                """
                INSERT INTO mcp.api_keys (tenant_id, key_hash, name) VALUES ('\(Self.mine)', 'hash', 'k');
                UPDATE mcp.api_keys SET \(assignment);
                SELECT count(*) FROM mcp.audit_log WHERE action = 'UPDATE';
                """)
            #expect(count == (isChange ? "1" : "0"))
        }
    }

    /// What the trigger leaves out is no change by itself, whatever statement writes it, and is in the row all the same.
    @Test func leavesOutTheColumnsThatTheTriggerNames() async throws {
        try await Schema.with(.v18) { database in
            let trail = try await database.psql(
                """
                CREATE TABLE mcp.counts (id uuid DEFAULT gen_random_uuid(), tenant_id uuid, n integer, name text);
                CREATE TRIGGER counts_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.counts
                    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('-n');
                INSERT INTO mcp.counts (tenant_id, n, name) VALUES ('\(Self.mine)', 1, 'one');
                UPDATE mcp.counts SET n = 2;
                UPDATE mcp.counts SET n = 3, name = 'one';
                UPDATE mcp.counts SET n = 4, name = 'two';
                UPDATE mcp.counts SET name = 'three';
                \(Self.trail("action, changed_fields, old_data ->> 'n', new_data ->> 'n'"))
                """)
            #expect(trail == "INSERT|||1\nUPDATE|{name}|3|4\nUPDATE|{name}|4|4")
        }
    }

    /// That a row was read, and no change: neither one that was not made, nor one of another time.
    @Test(arguments: [
        ("(tenant_id, table_name, record_id, action) VALUES ('\(mine)', 'tasks', '\(key)', 'SELECT')", ""),
        ("(tenant_id, table_name, action, changed_by) VALUES ('\(mine)', 'tasks', 'SELECT', 'ada')", ""),
        ("(tenant_id, table_name, action) VALUES ('\(mine)', 'tasks', 'UPDATE')", "42501"),
        ("(tenant_id, table_name, action) VALUES ('\(mine)', 'tasks', 'DELETE')", "42501"),
        ("(tenant_id, table_name, action) VALUES ('\(theirs)', 'tasks', 'SELECT')", "42501"),
        ("(tenant_id, table_name, action, new_data) VALUES ('\(mine)', 'tasks', 'SELECT', '{}')", "42501"),
        ("(tenant_id, table_name, action, changed_at) VALUES ('\(mine)', 'tasks', 'SELECT', now())", "42501"),
        ("(tenant_id, table_name, action, id) VALUES ('\(mine)', 'tasks', 'SELECT', '\(key)')", "42501"),
    ])
    func takesFromProgramsThatARowWasRead(row: String, state: String) async throws {
        try await Schema.with(.v18) { database in
            let insert = "SET ROLE mcp_application; SET app.current_tenant = '\(Self.mine)'; INSERT INTO mcp.audit_log "
            guard !state.isEmpty else {
                try await database.psql(insert + row)
                #expect(try await database.psql("SELECT action FROM mcp.audit_log") == "SELECT")
                return
            }
            let failure = try await #require(throws: TestFailure.self) { try await database.psql(insert + row) }
            #expect("\(failure)".contains(state))
        }
    }

    @Test func keepsAChangeThatTheSessionWouldNotShow() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                CREATE TABLE mcp.measures (id uuid DEFAULT gen_random_uuid(), tenant_id uuid, value float8);
                CREATE TRIGGER measures_audit AFTER UPDATE ON mcp.measures
                    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();
                INSERT INTO mcp.measures (tenant_id, value) VALUES ('\(Self.mine)', 0.1);
                SET extra_float_digits = -12;
                UPDATE mcp.measures SET value = 0.1000000001;
                SELECT changed_fields, new_data ->> 'value' FROM mcp.audit_log;
                """)
            #expect(answer == "{value}|0.1000000001")
        }
    }

    @Test func hidesSecretsAndStillSaysThatTheyChanged() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                CREATE TABLE mcp.vaults (id uuid DEFAULT gen_random_uuid(), tenant_id uuid, secret text, token jsonb);
                CREATE TRIGGER vaults_audit AFTER INSERT OR UPDATE OR DELETE ON mcp.vaults
                    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change('secret', 'token');
                INSERT INTO mcp.vaults (tenant_id, secret, token) VALUES ('\(Self.mine)', 'swordfish', NULL);
                UPDATE mcp.vaults SET secret = 'swordtail';
                UPDATE mcp.vaults SET secret = NULL, token = '{"t": "swordtail"}';
                DELETE FROM mcp.vaults;
                INSERT INTO mcp.api_keys (tenant_id, key_hash) VALUES ('\(Self.mine)', 'swordfish');
                UPDATE mcp.api_keys SET key_hash = 'swordtail';
                \(Self.trail("""
                    action, changed_fields, old_data ->> 'secret', new_data ->> 'secret', old_data ->> 'token',
                    new_data ->> 'token', old_data ->> 'key_hash', new_data ->> 'key_hash'
                    """))
                SELECT count(*) FROM mcp.audit_log AS a WHERE a::text LIKE '%sword%';
                """)
            #expect(
                answer == """
                    INSERT|||[redacted]||||
                    UPDATE|{secret}|[redacted]|[redacted]||||
                    UPDATE|{secret,token}|[redacted]|||[redacted]||
                    DELETE||||[redacted]|||
                    INSERT|||||||[redacted]
                    UPDATE|{key_hash}|||||[redacted]|[redacted]
                    0
                    """)
        }
    }

    /// A session of the application needs no right on the trail, and the trail is the tenant's of the row.
    @Test func isWrittenWhateverTheRoleMayDo() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                REVOKE ALL ON mcp.audit_log FROM mcp_application;
                INSERT INTO mcp.workflows (tenant_id, name) VALUES ('\(Self.theirs)', 'theirs');
                SET ROLE mcp_application; SET app.current_tenant = '\(Self.mine)';
                INSERT INTO mcp.workflows (tenant_id, name) VALUES ('\(Self.mine)', 'mine');
                UPDATE mcp.workflows SET description = 'x';
                DELETE FROM mcp.workflows;
                \(Self.trail("tenant_id, action, coalesce(new_data, old_data) ->> 'name'"))
                """)
            #expect(
                answer == """
                    \(Self.theirs)|INSERT|theirs
                    \(Self.mine)|INSERT|mine
                    \(Self.mine)|UPDATE|mine
                    \(Self.mine)|DELETE|mine
                    """)
        }
    }

    /// Neither of two tenants reads what the row was at the other.
    @Test func partsTheTenantsOfARowThatMoves() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                INSERT INTO mcp.workflows (tenant_id, name) VALUES ('\(Self.mine)', 'before');
                UPDATE mcp.workflows SET tenant_id = '\(Self.theirs)', name = 'after';
                SELECT tenant_id, action, old_data ->> 'name', new_data ->> 'name', changed_fields
                FROM mcp.audit_log ORDER BY changed_at, tenant_id;
                """)
            #expect(
                answer == """
                    \(Self.mine)|INSERT||before|
                    \(Self.mine)|DELETE|before||
                    \(Self.theirs)|INSERT||after|
                    """)
        }
    }

    /// A row of a partition is its table's, under whatever name the partition has.
    @Test func namesTheTableOfAPartition() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                CREATE TRIGGER usage_audit AFTER INSERT ON mcp.api_key_usage
                    FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();
                INSERT INTO mcp.api_key_usage (tenant_id, api_key_id) VALUES ('\(Self.mine)', '\(Self.key)');
                SELECT table_name FROM mcp.audit_log;
                """)
            #expect(answer == "api_key_usage")
        }
    }
}
