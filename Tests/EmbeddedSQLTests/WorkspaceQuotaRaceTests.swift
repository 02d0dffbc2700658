import TestSupport
import Testing

@Suite("Quotas of a workspace under concurrency")
struct WorkspaceQuotaRaceTests {
    private static let tenant = Schema.tenant(1)
    private static let workspaces = (11...13).map(Schema.tenant)

    private static let limited = """
        INSERT INTO mcp.workspaces (id, tenant_id, name, max_members, max_documents, max_storage_bytes)
        VALUES ('\(workspaces[0])', '\(tenant)', 'limited', 1, 1, 100);
        """

    private static func member(_ name: String) -> String {
        "INSERT INTO mcp.workspace_members (tenant_id, workspace_id, agent_id) "
            + "VALUES ('\(tenant)', '\(workspaces[0])', '\(name)')"
    }

    private static func document(bytes: Int) -> String {
        "INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title, content) "
            + "VALUES ('\(tenant)', '\(workspaces[0])', 'x', repeat('x', \(bytes)))"
    }

    /// Each alone has room, both together have not.
    private static let rivals = [
        (member("one"), member("two"), "workspaces_max_members"),
        (document(bytes: 1), document(bytes: 2), "workspaces_max_documents"),
        (
            "UPDATE mcp.workspaces SET max_documents = 9; \(document(bytes: 60))", document(bytes: 50),
            "workspaces_max_storage_bytes"
        ),
    ]

    private static let contents = """
        SELECT (SELECT count(*) FROM mcp.workspace_members) + (SELECT count(*) FROM mcp.shared_documents)
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector, rivals)
    func letOneOfTwoSessionsThrough(version: PostgresVersion, rivals: (String, String, String)) async throws {
        try await Schema.with(version) { database in
            try await database.psql(Self.limited)
            let answer = await database.race(rivals.0, rivals.1)
            #expect(answer.contains("23514") && answer.contains(rivals.2))
            #expect(try await database.psql(Self.contents) == "1")
            #expect(try await database.psql(WorkspaceCounters.differences) == "")
        }
    }

    /// A snapshot from before the first session's commit shows too little: counting by it would let both through.
    @Test(arguments: ["REPEATABLE READ", "SERIALIZABLE"], rivals)
    func failRatherThanCountInAnOldSnapshot(isolation: String, rivals: (String, String, String)) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.limited)
            let answer = await database.race(rivals.0, rivals.1, isolation: isolation)
            #expect(answer.contains("40001"))
            #expect(try await database.psql(Self.contents) == "1")
            #expect(try await database.psql(WorkspaceCounters.differences) == "")
        }
    }

    @Test(arguments: rivals)
    func giveTheRoomBackThatIsRolledBack(rivals: (String, String, String)) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.limited)
            #expect(await database.race(rivals.0, rivals.1, ending: "ROLLBACK") == "")
            #expect(try await database.psql(Self.contents) == "1")
            #expect(try await database.psql(WorkspaceCounters.differences) == "")
        }
    }

    /// The first session has the first workspace and then wants the second. The other, whatever order its rows are in,
    /// must wait for the first workspace with empty hands: holding the second would be a deadlock.
    @Test(arguments: [
        "INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title) "
            + "VALUES ('\(tenant)', '\(workspaces[1])', 'b'), ('\(tenant)', '\(workspaces[0])', 'a')",
        "UPDATE mcp.shared_documents SET workspace_id = '\(workspaces[0])' WHERE title = 'here'",
        "UPDATE mcp.shared_documents SET workspace_id = '\(workspaces[1])' WHERE title = 'there'",
        "DELETE FROM mcp.shared_documents WHERE title IN ('here', 'there')",
    ])
    func lockInOneOrder(statement: String) async throws {
        try await Schema.with(.v18) { database in
            let insert = "INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title)"
            try await database.psql(
                """
                INSERT INTO mcp.workspaces (id, tenant_id, name)
                VALUES ('\(Self.workspaces[1])', '\(Self.tenant)', 'b'), ('\(Self.workspaces[0])', '\(Self.tenant)', 'a');
                \(insert) VALUES ('\(Self.tenant)', '\(Self.workspaces[1])', 'here'),
                    ('\(Self.tenant)', '\(Self.workspaces[0])', 'there');
                """)
            let answer = await database.race(
                "\(insert) VALUES ('\(Self.tenant)', '\(Self.workspaces[0])', 'mine')", statement,
                ending: "\(insert) VALUES ('\(Self.tenant)', '\(Self.workspaces[1])', 'mine'); COMMIT")
            #expect(answer == "")
            #expect(try await database.psql(WorkspaceCounters.differences) == "")
        }
    }

    /// One statement of each session at random. The documents and members of a session are its own, the workspaces are
    /// everybody's: whatever sessions wait for, it is a workspace.
    private static func statement(of session: Int, _ random: inout Seeded) -> String {
        let title = "\(session).\(Int.random(in: 1...6, using: &random))"
        let from = workspaces[Int.random(in: workspaces.indices, using: &random)]
        let to = workspaces[Int.random(in: workspaces.indices, using: &random)]
        let own = "title LIKE '\(session).%'"
        switch Int.random(in: 0..<9, using: &random) {
        case 0...2:
            return """
                INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title, content)
                SELECT '\(tenant)', w, '\(title)', repeat('x', \(Int.random(in: 0...20, using: &random)))
                FROM unnest(ARRAY['\(from)', '\(to)']::uuid[]) AS w
                """
        case 3: return "DELETE FROM mcp.shared_documents WHERE title = '\(title)'"
        case 4: return "UPDATE mcp.shared_documents SET workspace_id = '\(to)' WHERE title = '\(title)'"
        case 5:
            // Every document goes one further, or one back: a statement that touches all workspaces in any order.
            let ring = (Bool.random(using: &random) ? workspaces : workspaces.reversed()).map { "'\($0)'" }
            let list = "ARRAY[\((ring + [ring[0]]).joined(separator: ", "))]::uuid[]"
            return """
                UPDATE mcp.shared_documents
                SET workspace_id = (\(list))[array_position(\(list), workspace_id) + 1] WHERE \(own)
                """
        case 6: return "UPDATE mcp.shared_documents SET content = content || 'yy' WHERE title = '\(title)'"
        case 7:
            return """
                UPDATE mcp.shared_documents SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END
                WHERE \(own)
                """
        default:
            return """
                INSERT INTO mcp.workspace_members (tenant_id, workspace_id, agent_id)
                VALUES ('\(tenant)', '\(from)', '\(title)'), ('\(tenant)', '\(to)', '\(title) too')
                ON CONFLICT DO NOTHING;
                UPDATE mcp.workspace_members SET workspace_id = '\(to)'
                WHERE agent_id = '\(title)' AND workspace_id = '\(from)' AND NOT EXISTS (SELECT FROM
                    mcp.workspace_members WHERE agent_id = '\(title)' AND workspace_id = '\(to)');
                DELETE FROM mcp.workspace_members WHERE agent_id = '\(title) too' AND workspace_id = '\(from)'
                """
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func stayExactWhileSessionsInsertMoveAndDelete(version: PostgresVersion) async throws {
        var random = Seeded()
        let seed = random.seed
        let scripts = (1...4).map { session in
            (1...120).map { _ in
                // Only a quota may refuse: a deadlock, or anything else, fails the session and the test.
                """
                DO $do$ BEGIN
                    \(Self.statement(of: session, &random));
                    INSERT INTO public.outcome VALUES ('done');
                EXCEPTION WHEN check_violation THEN
                    INSERT INTO public.outcome VALUES ('refused');
                END $do$;
                """
            }.joined(separator: "\n")
        }
        try await Schema.with(version) { database in
            try await database.psql(
                """
                CREATE TABLE public.outcome (answer text); GRANT INSERT ON public.outcome TO mcp_application;
                INSERT INTO mcp.workspaces (id, tenant_id, name, max_members, max_documents, max_storage_bytes)
                VALUES ('\(Self.workspaces[0])', '\(Self.tenant)', 'a', 8, 20, 150),
                    ('\(Self.workspaces[1])', '\(Self.tenant)', 'b', 9, 15, 200),
                    ('\(Self.workspaces[2])', '\(Self.tenant)', 'c', NULL, NULL, NULL);
                """)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for script in scripts {
                    group.addTask {
                        try await database.psql(
                            "SET ROLE mcp_application; SET app.current_tenant = '\(Self.tenant)';\n\(script)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.psql(WorkspaceCounters.differences) == "", "seed \(seed)")
            #expect(try await database.psql(WorkspaceCounters.excesses) == "", "seed \(seed)")
            let outcomes = try await database.psql(
                "SELECT answer, count(*) > 40 FROM public.outcome GROUP BY answer ORDER BY answer")
            #expect(outcomes == "done|t\nrefused|t", "seed \(seed): the limits must bind, and leave room")
        }
    }

    /// The comparisons themselves must be able to fail.
    @Test func noticeACounterThatIsWrong() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql("\(Self.limited) \(Self.document(bytes: 5))")
            for damage in [
                "UPDATE mcp.workspaces SET current_documents = 2",
                "UPDATE mcp.workspaces SET current_storage_bytes = 4",
            ] {
                #expect(
                    try await database.psql("BEGIN; \(damage); \(WorkspaceCounters.differences) ROLLBACK;") != "",
                    "\(damage)")
            }
            #expect(
                try await database.psql(
                    "\(Self.member("x")); UPDATE mcp.workspaces SET max_members = 0; \(WorkspaceCounters.excesses)")
                    == "limited")
        }
    }
}
