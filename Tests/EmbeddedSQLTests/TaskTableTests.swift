import TestSupport
import Testing

@Suite("Tasks and what refers to them")
struct TaskTableTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))

    /// Tasks of two tenants in two months, enough of them for an index to be worth it.
    private static let tasks = """
        INSERT INTO mcp.tasks (tenant_id, title, assigned_to, status, created_at, deleted_at)
        SELECT (ARRAY['\(mine)', '\(theirs)'])[1 + n % 2]::uuid, 'task ' || n,
            ('00000000-0000-4000-8000-' || lpad((n % 50)::text, 12, '0'))::uuid,
            (enum_range(NULL::mcp.task_status))[1 + n % 7], now() + (n % 3 / 2) * interval '1 month',
            CASE WHEN n % 11 = 0 THEN now() END
        FROM generate_series(1, 12000) AS n;
        VACUUM ANALYZE mcp.tasks;
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func listAnAgentsTasksFromTheIndexOfOneMonth(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(Self.tasks)
            let list = """
                SELECT title, priority, created_at FROM mcp.tasks
                WHERE assigned_to = '\(Schema.tenant(2))' AND status = 'assigned'
                    AND created_at >= :'since' AND created_at < :'until'
                """
            let answer = try await database.psql(
                """
                SET TimeZone = 'UTC';
                SELECT date_trunc('month', now()) AS since, date_trunc('month', now()) + interval '1 month' AS until,
                    to_char(now(), '"tasks_"YYYY_MM') AS month \\gset
                SET ROLE mcp_application; SET app.current_tenant = '\(Self.mine)';
                SELECT :'month';
                EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) \(list);
                SELECT count(*) FROM (\(list)) AS l;
                RESET ROLE; SELECT count(*) FROM (\(list) AND tenant_id = '\(Self.mine)') AS l;
                """)
            let lines = answer.split(separator: "\n").map(String.init)
            let plan = lines.dropFirst().dropLast(2)
            let index = "Index Only Scan using \(lines[0])_tenant_id_assigned_to_status"
            #expect(plan.contains { $0.contains(index) }, "\(answer)")
            #expect(plan.contains { $0.contains("Heap Fetches: 0") }, "\(answer)")
            #expect(plan.filter { $0.contains(" Scan ") }.count == 1, "the other months are pruned: \(answer)")
            #expect(lines.suffix(2).first != "0" && lines.suffix(2).first == lines.last)
        }
    }

    @Test func takeATitleThatTheIndexHolds() async throws {
        try await Schema.with(.v18) { database in
            let insert = "INSERT INTO mcp.tasks (tenant_id, title) SELECT '\(Self.mine)', "
            // Four bytes a character, and none that compresses: the longest row that the index can be given.
            let longest =
                "string_agg(chr(131072 + (hashint4(n) & 32767)), '') FROM generate_series(1, 500) AS n"
            try await database.psql(insert + longest)
            #expect(try await database.psql("SELECT octet_length(title) FROM mcp.tasks") == "2000")
            for (title, state) in [("repeat('x', 501)", "22001"), ("NULL", "23502")] {
                let failure = try await #require(throws: TestFailure.self) { try await database.psql(insert + title) }
                #expect("\(failure)".contains(state))
            }
        }
    }

    private static let delegate = """
        INSERT INTO mcp.task_delegations (tenant_id, task_id, task_created_at, delegated_to)
        SELECT tenant_id, id, created_at, gen_random_uuid() FROM mcp.tasks
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areKeptByADelegationAndByNothingElse(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let partition = try await database.psql(
                """
                INSERT INTO mcp.tasks (tenant_id, title) VALUES ('\(Self.mine)', 'a task');
                UPDATE mcp.tasks SET status = 'assigned';
                INSERT INTO mcp.task_idempotency_keys (tenant_id, idempotency_key, operation, task_id, task_created_at)
                SELECT tenant_id, 'key', 'create', id, created_at FROM mcp.tasks;
                \(Self.delegate);
                SELECT tableoid::regclass FROM mcp.tasks;
                """)
            let detach = "ALTER TABLE mcp.tasks DETACH PARTITION \(partition)"
            for statement in [
                "DELETE FROM mcp.tasks", detach,
                // The right task of another moment is no task.
                "\(Self.delegate.replacing("id, created_at,", with: "id, created_at + interval '1 second',"))",
            ] {
                let failure = try await #require(throws: TestFailure.self) { try await database.psql(statement) }
                #expect("\(failure)".contains("23503"), "\(statement)")
            }
            let kept = try await database.psql(
                """
                DELETE FROM mcp.task_delegations; \(detach);
                SELECT (SELECT count(*) FROM mcp.tasks), (SELECT count(*) FROM mcp.task_state_transitions),
                    (SELECT count(*) FROM mcp.task_delegation_history),
                    (SELECT count(*) FROM mcp.task_idempotency_keys);
                """)
            #expect(kept == "0|1|1|1")
        }
    }

    private static func remember(_ tenant: String) -> String {
        """
        SET ROLE mcp_application; SET app.current_tenant = '\(tenant)';
        INSERT INTO mcp.task_idempotency_keys (tenant_id, idempotency_key, operation)
        VALUES ('\(tenant)', 'a key', 'create') ON CONFLICT DO NOTHING
        RETURNING response IS NULL AND expires_at > now() AND task_id IS NULL;
        """
    }

    @Test func rememberARequestOnceATenant() async throws {
        try await Schema.with(.v18) { database in
            for (tenant, answer) in [(Self.mine, "t"), (Self.theirs, "t"), (Self.mine, "")] {
                let told = try await database.psql(Self.remember(tenant))
                #expect(told == answer)
            }
        }
    }

    @Test func areDelegatedByTheirOwnTenantAlone() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql("INSERT INTO mcp.tasks (tenant_id, title) VALUES ('\(Self.theirs)', 'a task')")
            let task = try await database.psql("SELECT id FROM mcp.tasks")
            // Whatever tenant the row says: another tenant's task is told from none by nothing but its id.
            for tenant in [Self.mine, Self.theirs] {
                var answers: [String] = []
                for id in [task, "00000000-0000-4000-8000-0000000000ff"] {
                    let failure = try await #require(throws: TestFailure.self) {
                        try await database.psql(
                            """
                            SELECT created_at FROM mcp.tasks \\gset
                            SET ROLE mcp_application; SET app.current_tenant = '\(Self.mine)';
                            INSERT INTO mcp.task_delegations (tenant_id, task_id, task_created_at, delegated_to)
                            VALUES ('\(tenant)', '\(id)', :'created_at', '\(task)');
                            """)
                    }
                    answers.append("\(failure)".replacing(id, with: "ID"))
                }
                #expect(answers[0].contains("23503: tenant \(tenant) has no task"))
                #expect(answers[0].contains("CONSTRAINT NAME:  task_delegations_task_id_task_created_at_fkey"))
                #expect(answers[0].replacing(task, with: "ID") == answers[1].replacing(task, with: "ID"))
            }
            #expect(try await database.psql("SELECT updated_at = created_at FROM mcp.tasks") == "t")
        }
    }

    /// As long as its own row stands, a delegation stays with a task of its tenant.
    @Test func keepTheirDelegationsWithinTheTenant() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                """
                INSERT INTO mcp.tasks (tenant_id, title) VALUES ('\(Self.mine)', 'a task'); \(Self.delegate);
                INSERT INTO mcp.tasks (tenant_id, title) VALUES ('\(Self.theirs)', 'another')
                """)
            for change in [
                "tenant_id = '\(Self.theirs)'",
                "task_id = (SELECT id FROM mcp.tasks WHERE title = 'another'), "
                    + "task_created_at = (SELECT created_at FROM mcp.tasks WHERE title = 'another')",
            ] {
                let failure = try await #require(throws: TestFailure.self) {
                    try await database.psql("UPDATE mcp.task_delegations SET \(change)")
                }
                #expect("\(failure)".contains("23503"), "\(change)")
            }
            let moved = "tenant_id, task_id, task_created_at) = (SELECT tenant_id, id, created_at FROM mcp.tasks"
            try await database.psql("UPDATE mcp.task_delegations SET (\(moved) WHERE title = 'another')")
        }
    }

    @Test func areDelegatedNoMoreOftenThanTheyMay() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                "INSERT INTO mcp.tasks (tenant_id, title, max_delegations) VALUES ('\(Self.mine)', 'a task', 2)")
            let asApplication = "SET ROLE mcp_application; SET app.current_tenant = '\(Self.mine)';"
            let history = try await database.psql(
                """
                \(asApplication) \(Self.delegate); \(Self.delegate);
                SET app."current_user" = 'agent 7';
                UPDATE mcp.task_delegations SET status = 'rejected'
                WHERE ctid = (SELECT min(ctid) FROM mcp.task_delegations);
                UPDATE mcp.task_delegations SET status = 'rejected' WHERE status = 'rejected';
                SELECT status, changed_by FROM mcp.task_delegation_history ORDER BY created_at;
                """)
            #expect(history.split(separator: "\n") == ["pending|postgres", "pending|postgres", "rejected|agent 7"])
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(asApplication + Self.delegate)
            }
            #expect("\(failure)".contains("23514") && "\(failure)".contains("2 of 2 delegations are used"))
            let count = try await database.psql(
                """
                UPDATE mcp.tasks SET max_delegations = NULL;
                \(Self.delegate); \(Self.delegate);
                SELECT count(*) FROM mcp.task_delegations;
                """)
            #expect(count == "4")
        }
    }

    @Test func areDelegatedByTwoSessionsOneAfterTheOther() async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                "INSERT INTO mcp.tasks (tenant_id, title, max_delegations) VALUES ('\(Self.mine)', 'a task', 1)")
            let answer = await database.race(Self.delegate, Self.delegate)
            #expect(answer.contains("23514"))
            #expect(try await database.psql("SELECT count(*) FROM mcp.task_delegations") == "1")
        }
    }
}
