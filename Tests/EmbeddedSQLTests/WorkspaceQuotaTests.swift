import TestSupport
import Testing

@Suite("Quotas of a workspace")
struct WorkspaceQuotaTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))
    private static let (first, second, foreign) = (Schema.tenant(11), Schema.tenant(12), Schema.tenant(13))

    /// Two workspaces of ours, the first with limits, and a full one of another tenant.
    private static let workspaces = """
        INSERT INTO mcp.workspaces (id, tenant_id, name, max_members, max_documents, max_storage_bytes)
        VALUES ('\(first)', '\(mine)', 'first', 2, 3, 100), ('\(second)', '\(mine)', 'second', NULL, NULL, NULL),
            ('\(foreign)', '\(theirs)', 'foreign', 0, 0, 0);
        """
    private static let asApplication = "SET ROLE mcp_application; SET app.current_tenant = '\(mine)';"

    private static func members(_ count: Int, of workspace: String = first, from: Int = 1) -> String {
        """
        INSERT INTO mcp.workspace_members (tenant_id, workspace_id, agent_id)
        SELECT '\(mine)', '\(workspace)', n FROM generate_series(\(from), \(from + count - 1)) AS n
        """
    }

    private static func document(_ title: String, bytes: Int = 0, of workspace: String = first) -> String {
        """
        INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title, content)
        VALUES ('\(mine)', '\(workspace)', '\(title)', repeat('x', \(bytes)))
        """
    }

    private static let counters =
        "SELECT name, current_documents, current_storage_bytes FROM mcp.workspaces "
        + "WHERE name <> 'foreign' ORDER BY name;"

    private static let gone =
        "\(document("a", bytes: 90)); UPDATE mcp.shared_documents SET deleted_at = now()"

    /// What is there, what is asked for, and the limit that refuses it; `nil` where it is allowed.
    @Test(
        arguments: [
            (members(1), members(1, from: 2), nil),
            (members(2), members(1, from: 3), "max_members"),
            ("", members(3), "max_members"),
            (members(2), members(2) + " ON CONFLICT DO NOTHING", nil),
            (
                "\(members(2)); \(members(1, of: second, from: 3))",
                "UPDATE mcp.workspace_members SET workspace_id = '\(first)'", "max_members"
            ),
            (members(2), "UPDATE mcp.workspace_members SET role = 'admin'", nil),
            (members(2), "DELETE FROM mcp.workspace_members WHERE agent_id = '1'; \(members(1, from: 3))", nil),
            ("", members(50, of: second), nil),
            (document("a", bytes: 60), document("b", bytes: 40), nil),
            (document("a", bytes: 60), document("b", bytes: 41), "max_storage_bytes"),
            ("\(document("a")); \(document("b")); \(document("c"))", document("d"), "max_documents"),
            (
                "\(document("a")); \(document("b")); \(document("c"))",
                "UPDATE mcp.shared_documents SET title = 'new', content = repeat('x', 33)", nil
            ),
            (document("a"), "UPDATE mcp.shared_documents SET content = repeat('ä', 50)", nil),
            (document("a"), "UPDATE mcp.shared_documents SET content = repeat('ä', 51)", "max_storage_bytes"),
            (
                document("a", bytes: 101, of: second), "UPDATE mcp.shared_documents SET workspace_id = '\(first)'",
                "max_storage_bytes"
            ),
            (gone, document("b", bytes: 90), nil),
            (
                "\(gone); \(document("b", bytes: 90))", "UPDATE mcp.shared_documents SET deleted_at = NULL",
                "max_storage_bytes"
            ),
            // A limit that was lowered keeps nobody from tidying up, nor from changing what does not grow.
            (
                "\(document("a", bytes: 90)); UPDATE mcp.workspaces SET max_documents = 0, max_storage_bytes = 0",
                "UPDATE mcp.shared_documents SET content = repeat('y', 80), title = 'b'",
                nil
            ),
            (
                "\(document("a", bytes: 90)); UPDATE mcp.workspaces SET max_storage_bytes = 0",
                "UPDATE mcp.shared_documents SET content = content || 'y'", "max_storage_bytes"
            ),
        ] as [(String, String, String?)])
    func bind(before: String, statement: String, limit: String?) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql("\(Self.workspaces) \(Self.asApplication) \(before);")
            let counters = try await database.psql(Self.counters)
            if let limit {
                let failure = try await #require(throws: TestFailure.self) {
                    try await database.psql(Self.asApplication + statement)
                }
                let message = "\(failure)"
                #expect(message.contains("23514: workspace \(Self.first) would pass its limit of"))
                #expect(message.contains("CONSTRAINT NAME:  workspaces_\(limit)"))
                #expect(try await database.psql(Self.counters) == counters)
            } else {
                try await database.psql(Self.asApplication + statement)
            }
            #expect(try await database.psql(WorkspaceCounters.differences) == "")
        }
    }

    @Test func sayHowMuchIsThereAndHowMuchIsWanted() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.workspaces + Self.members(1))
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(Self.members(3, from: 2))
            }
            #expect("\(failure)".contains("its limit of 2 members: it has 1, and 3 more are wanted"))
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func countEveryWayADocumentComesAndGoes(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(
                "\(Self.workspaces) UPDATE mcp.workspaces SET max_documents = NULL, max_storage_bytes = NULL; "
                    + "\(Self.document("a", bytes: 1)); \(Self.document("b", bytes: 2, of: Self.second))")
            let key = "(tenant_id, workspace_id, title, content)"
            let source =
                "(VALUES ('a'), ('new')) AS s (title) ON d.title = s.title AND d.workspace_id = '\(Self.first)'"
            for (statement, counters) in [
                ("UPDATE mcp.shared_documents SET content = content || 'xx'", "first|1|3\nsecond|1|4"),
                ("UPDATE mcp.shared_documents SET workspace_id = '\(Self.first)'", "first|2|7\nsecond|0|0"),
                (
                    "INSERT INTO mcp.shared_documents (id, tenant_id, workspace_id, title) "
                        + "SELECT id, tenant_id, workspace_id, title FROM mcp.shared_documents "
                        + "UNION ALL SELECT gen_random_uuid(), '\(Self.mine)', '\(Self.second)', 'c' "
                        + "ON CONFLICT (id) DO UPDATE SET content = 'four'", "first|2|8\nsecond|1|0"
                ),
                (
                    "MERGE INTO mcp.shared_documents AS d USING \(source) WHEN MATCHED THEN DELETE "
                        + "WHEN NOT MATCHED THEN INSERT \(key) "
                        + "VALUES ('\(Self.mine)', '\(Self.second)', s.title, 'content')",
                    "first|1|4\nsecond|2|7"
                ),
                (
                    "WITH gone AS (DELETE FROM mcp.shared_documents WHERE title = 'new' RETURNING *) "
                        + "INSERT INTO mcp.shared_documents \(key) "
                        + "SELECT tenant_id, '\(Self.first)', title, content || '!' FROM gone", "first|2|12\nsecond|1|0"
                ),
                (
                    "COPY mcp.shared_documents \(key) FROM STDIN;\n"
                        + "\(Self.mine)\t\(Self.second)\tcopied\tabc\n\\.\n", "first|2|12\nsecond|2|3"
                ),
                ("DELETE FROM mcp.workspaces WHERE name = 'second'", "first|2|12"),
                ("TRUNCATE mcp.shared_documents CASCADE", "first|0|0"),
            ] {
                try await database.psql(statement)
                #expect(try await database.psql(Self.counters) == counters, "\(statement)")
                #expect(try await database.psql(WorkspaceCounters.differences) == "", "\(statement)")
            }
        }
    }

    /// The functions have their owner's rights; what they are called for has the application's.
    @Test(arguments: [
        // Refused by the policy, and not by the quota: how full another's workspace is stays unknown.
        (
            "INSERT INTO mcp.workspace_members (tenant_id, workspace_id, agent_id) "
                + "VALUES ('\(theirs)', '\(foreign)', 1)",
            "42501"
        ),
        (
            "INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title) VALUES ('\(theirs)', '\(foreign)', 'x')",
            "42501"
        ),
        (members(1, of: foreign), "23503"), (document("x", of: foreign), "23503"),
        ("UPDATE mcp.shared_documents SET workspace_id = '\(foreign)'", "23503"),
        (
            "INSERT INTO mcp.workspace_activities (tenant_id, workspace_id, activity_type) "
                + "VALUES ('\(mine)', '\(foreign)', 'x')", "23503"
        ),
        ("UPDATE mcp.workspaces SET current_documents = 0", "42501"),
        ("UPDATE mcp.workspaces SET current_storage_bytes = 0", "42501"),
        ("INSERT INTO mcp.workspaces (tenant_id, name, current_documents) VALUES ('\(mine)', 'x', -9)", "42501"),
        ("TRUNCATE mcp.shared_documents CASCADE", "42501"),
    ])
    func letNobodyReachAnotherTenant(statement: String, state: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql("\(Self.workspaces) \(Self.document("a", bytes: 5))")
            let before = try await database.psql("SELECT * FROM mcp.workspaces ORDER BY id")
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(Self.asApplication + statement)
            }
            #expect("\(failure)".contains("ERROR:  \(state)"))
            #expect(try await database.psql("SELECT * FROM mcp.workspaces ORDER BY id") == before)
        }
    }

    /// The trail tells of what somebody changed, and not again of what was counted.
    @Test func areAuditedInEveryColumnButTheCounters() async throws {
        try await Schema.with(.v18) { database in
            let trail = try await database.psql(
                """
                \(Self.workspaces) \(Self.asApplication) \(Self.document("a", bytes: 7)); \(Self.members(1));
                UPDATE mcp.shared_documents SET content = 'secret';
                UPDATE mcp.workspaces SET max_members = 7 WHERE name = 'first';
                RESET ROLE;
                SELECT table_name, action, changed_fields, new_data ->> 'content', new_data ->> 'size_bytes'
                FROM mcp.audit_log WHERE changed_at = changed_at AND tenant_id = '\(Self.mine)'
                    AND (table_name <> 'workspaces' OR action <> 'INSERT') ORDER BY changed_at;
                """)
            #expect(
                trail.split(separator: "\n") == [
                    "shared_documents|INSERT||[redacted]|7",
                    "shared_documents|UPDATE|{content,size_bytes}|[redacted]|6",
                    "workspaces|UPDATE|{max_members}||",
                ])
        }
    }
}
