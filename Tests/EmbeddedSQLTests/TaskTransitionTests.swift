import TestSupport
import Testing

@Suite("Moves of a task")
struct TaskTransitionTests {
    private static let statuses = [
        "pending", "assigned", "in_progress", "completed", "failed", "cancelled", "delegated",
    ]

    /// As the design of the schema lists them.
    private static let moves: [String: Set<String>] = [
        "pending": ["assigned", "cancelled"],
        "assigned": ["pending", "in_progress", "delegated", "failed", "cancelled"],
        "in_progress": ["completed", "failed", "delegated", "cancelled"],
        "delegated": ["assigned", "in_progress", "completed", "failed", "cancelled"],
        "failed": ["pending"],
    ]

    private static let tenant = Schema.tenant(1)

    /// A statement that makes a task.
    private static func task(_ status: String, columns: String = "", values: String = "") -> String {
        "INSERT INTO mcp.tasks (tenant_id, title, status\(columns)) "
            + "VALUES ('\(tenant)', 'a task', '\(status)'\(values));"
    }

    /// From every status to every status, each in a subtransaction: what happened, a line a pair.
    private static let everyPair = """
        CREATE TABLE public.outcome (was text, wanted text, answer text);
        DO $$
        DECLARE
            was mcp.task_status;
            wanted mcp.task_status;
            task uuid;
        BEGIN
            FOREACH was IN ARRAY enum_range(NULL::mcp.task_status) LOOP
                FOREACH wanted IN ARRAY enum_range(NULL::mcp.task_status) LOOP
                    INSERT INTO mcp.tasks (tenant_id, title, status) VALUES ('\(tenant)', 'a task', was)
                    RETURNING id INTO task;
                    BEGIN
                        UPDATE mcp.tasks SET status = wanted WHERE id = task;
                        INSERT INTO public.outcome SELECT was, wanted, status FROM mcp.tasks WHERE id = task;
                    EXCEPTION WHEN OTHERS THEN
                        INSERT INTO public.outcome SELECT was, wanted, SQLSTATE;
                    END;
                END LOOP;
            END LOOP;
        END $$;
        SELECT was, wanted, answer FROM public.outcome;
        """

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areThoseOfTheTableAndNoOthers(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let outcomes = try await database.psql(Self.everyPair).split(separator: "\n").map(String.init)
            let expected = Self.statuses.flatMap { was in
                Self.statuses.map { wanted in
                    let allowed = was == wanted || Self.moves[was, default: []].contains(wanted)
                    return "\(was)|\(wanted)|\(allowed ? wanted : "23514")"
                }
            }
            #expect(outcomes.count == 49)
            #expect(outcomes.sorted() == expected.sorted())

            // What is no move is not recorded, and every move is.
            let recorded = try await database.psql("SELECT from_status, to_status FROM mcp.task_state_transitions")
            let moves = Self.moves.flatMap { was, next in next.map { "\(was)|\($0)" } }
            #expect(recorded.split(separator: "\n").map(String.init).sorted() == moves.sorted())
        }
    }

    @Test func refuseAMoveWithTheTaskAndWhatItMayDo() async throws {
        try await Schema.with(.v18) { database in
            let task = try await database.psql(Self.task("assigned") + "SELECT id FROM mcp.tasks")
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql("UPDATE mcp.tasks SET status = 'completed'")
            }
            let message = "\(failure)"
            #expect(message.contains("23514: task \(task) cannot move from assigned to completed"))
            #expect(message.contains("it may move to pending, in_progress, delegated, failed, cancelled."))
            #expect(message.contains("CONSTRAINT NAME:  tasks_transition"))

            let last = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    "UPDATE mcp.tasks SET status = 'cancelled'; UPDATE mcp.tasks SET status = 'pending'")
            }
            #expect("\(last)".contains("cancelled is final."))
        }
    }

    /// Each: what the statement sets beside the status, retries before and allowed, retries after or the refusal.
    @Test(arguments: [
        ("", 0, 1, "0"), ("", 2, 3, "2"), ("", 1, 1, "23514"), ("", 4, 3, "23514"), ("", 0, 0, "23514"),
        (", retry_count = retry_count + 1", 0, 2, "1"), (", retry_count = 0", 1, 2, "0"),
        (", retry_count = 5", 1, 2, "5"), (", retry_count = 0", 2, 2, "23514"), (", max_retries = 9", 2, 2, "23514"),
    ])
    func judgeARetryAndDoNotCountIt(setting: String, before: Int, allowed: Int, answer: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                Self.task("failed", columns: ", retry_count, max_retries", values: ", \(before), \(allowed)"))
            let retry = "UPDATE mcp.tasks SET status = 'pending'\(setting); SELECT retry_count FROM mcp.tasks"
            if answer == "23514" {
                let failure = try await #require(throws: TestFailure.self) { try await database.psql(retry) }
                #expect("\(failure)".contains("23514") && "\(failure)".contains("CONSTRAINT NAME:  tasks_retries"))
                #expect(try await database.psql("SELECT status, retry_count FROM mcp.tasks") == "failed|\(before)")
            } else {
                #expect(try await database.psql(retry) == answer)
            }
        }
    }

    @Test func areRecordedInOrderWithWhoMadeThem() async throws {
        try await Schema.with(.v18) { database in
            let trail = try await database.psql(
                """
                \(Self.task("pending"))
                SET ROLE mcp_application; SET app.current_tenant = '\(Self.tenant)';
                BEGIN;
                UPDATE mcp.tasks SET status = 'assigned';
                SET LOCAL app."current_user" = 'agent 7';
                UPDATE mcp.tasks SET status = 'in_progress', title = 'renamed';
                UPDATE mcp.tasks SET title = 'no move';
                UPDATE mcp.tasks SET status = 'in_progress';
                UPDATE mcp.tasks SET status = 'completed';
                COMMIT;
                SELECT r.from_status, r.to_status, r.changed_by
                FROM mcp.task_state_transitions AS r
                JOIN mcp.tasks AS t ON (t.id, t.created_at, t.tenant_id) = (r.task_id, r.task_created_at, r.tenant_id)
                ORDER BY r.created_at;
                """)
            #expect(
                trail.split(separator: "\n") == [
                    "pending|assigned|postgres", "assigned|in_progress|agent 7", "in_progress|completed|agent 7",
                ])
        }
    }

    /// A row that moves to another partition is deleted and inserted: no AFTER UPDATE trigger would see it.
    @Test func areRecordedWhenTheRowChangesItsPartition() async throws {
        try await Schema.with(.v18) { database in
            let trail = try await database.psql(
                """
                \(Self.task("pending"))
                UPDATE mcp.tasks SET status = 'assigned', created_at = created_at + interval '1 month';
                SELECT from_status, to_status, t.created_at = r.task_created_at
                FROM mcp.task_state_transitions AS r, mcp.tasks AS t;
                """)
            #expect(trail == "pending|assigned|t")
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    "UPDATE mcp.tasks SET status = 'completed', created_at = created_at - interval '1 month'")
            }
            #expect("\(failure)".contains("23514"))
        }
    }

    @Test func fillInTheTimesThatTheWriterLeavesOut() async throws {
        try await Schema.with(.v18) { database in
            let times = """
                SELECT assigned_at = updated_at, started_at = updated_at, completed_at = updated_at FROM mcp.tasks;
                """
            let stamps = try await database.psql(
                """
                \(Self.task("pending"))
                UPDATE mcp.tasks SET status = 'assigned'; \(times)
                UPDATE mcp.tasks SET status = 'in_progress'; \(times)
                UPDATE mcp.tasks SET status = 'completed'; \(times)
                """)
            #expect(stamps.split(separator: "\n") == ["t||", "f|t|", "f|f|t"])
            let given = try await database.psql(
                """
                DELETE FROM mcp.tasks; \(Self.task("pending"))
                UPDATE mcp.tasks SET status = 'assigned', assigned_at = '2001-02-03 00:00:00+00';
                SELECT assigned_at = '2001-02-03 00:00:00+00' FROM mcp.tasks;
                UPDATE mcp.tasks SET status = 'pending';
                SELECT assigned_at = '2001-02-03 00:00:00+00' FROM mcp.tasks;
                UPDATE mcp.tasks SET status = 'assigned';
                SELECT assigned_at = updated_at FROM mcp.tasks;
                UPDATE mcp.tasks SET status = 'pending';
                UPDATE mcp.tasks SET status = 'assigned', assigned_at = NULL;
                SELECT assigned_at IS NULL FROM mcp.tasks;
                """)
            #expect(given == "t\nt\nt\nt", "each assignment has its time, unless the statement sets another")
        }
    }

    /// The history is the trigger's alone: who moves a task can neither write nor change it.
    @Test(arguments: [
        "INSERT INTO mcp.task_state_transitions SELECT * FROM mcp.task_state_transitions",
        "UPDATE mcp.task_state_transitions SET changed_by = 'x'", "DELETE FROM mcp.task_state_transitions",
        "UPDATE mcp.task_delegation_history SET changed_by = 'x'", "DELETE FROM mcp.task_delegation_history",
        "DELETE FROM mcp.tasks",
    ])
    func leaveATrailThatApplicationsCannotWrite(statement: String) async throws {
        try await Schema.with(.v18) { database in
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(
                    "SET ROLE mcp_application; SET app.current_tenant = '\(Self.tenant)'; \(statement)")
            }
            #expect("\(failure)".contains("42501"))
        }
    }
}
