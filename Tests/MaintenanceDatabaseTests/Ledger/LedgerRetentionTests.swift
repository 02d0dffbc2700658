import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Retention of the ledger")
struct LedgerRetentionTests {
    /// A ledger with a past: a slot of each quarter of an hour of `days` days, each with a run and its two steps.
    private func past(_ database: TestDatabase, days: Int, task: String = "views") async throws {
        try await database.installLedger()
        try await database.ledger(
            """
            INSERT INTO slot (database_name, task, due, state, started_at, ended_at, completed_by)
            SELECT '\(database.name)', '\(task)', d, 'ran', d, d, md5(d::text || '\(task)')
            FROM generate_series(date_trunc('hour', now()) - interval '\(days) days', date_trunc('hour', now())
                - interval '1 hour', interval '15 minutes') AS d;
            INSERT INTO run (id, database_name, slot_id, tasks, attempt, state, host, pid, application, pgtend_version,
                backend_pid, started_at, ended_at)
            SELECT completed_by, database_name, id, ARRAY[task], 1, 'completed', 'h', 1, '', '', 1, due, due FROM slot
            WHERE task = '\(task)';
            INSERT INTO step (run_id, number, slot_id, task, schema_name, object_name, key, action, outcome, started_at,
                duration, lock_wait, attempts)
            SELECT id, n, slot_id, '\(task)', 's', 'v', 'v' || n, '', 'done', started_at, '0', '0', 1
            FROM run CROSS JOIN generate_series(1, 2) AS n WHERE '\(task)' = ANY (tasks) ORDER BY started_at;
            """)
    }

    private let counts = "SELECT (SELECT count(*) FROM slot), (SELECT count(*) FROM run), (SELECT count(*) FROM step)"

    @Test("what is older than is kept goes, at most a thousand slots at a time", arguments: PostgresVersion.underTest)
    func deletesByAge(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await past(database, days: 15)
            let before = 15 * 96 - 3
            try await database.expect(ledger: counts, is: "\(before)|\(before)|\(2 * before)")
            func serve(_ back: Int) async {
                await database.serve(TestSlot.order(.views, back)) { $0.ledger.keep = .seconds(86_400) }
            }
            await serve(2)
            let left = Int(try await database.ledger("SELECT count(*) FROM slot WHERE state = 'ran'")) ?? 0
            #expect(left == before + 1 - 1_000)
            await serve(1)
            try await database.expect(ledger: "SELECT min(due) > now() - interval '1 day 1 minute' FROM slot", is: "t")
            try await database.expect(
                ledger:
                    "SELECT min(r.started_at) > now() - interval '1 day 1 minute', count(*) FILTER (WHERE s.id IS NULL) FROM run AS r LEFT JOIN step AS s ON s.run_id = r.id",
                is: "t|2")
        }
    }

    @Test("only that many runs, slots and steps are kept, whatever their age")
    func deletesByCount() async throws {
        try await TestDatabase.with { database in
            try await past(database, days: 2)
            await database.serve(TestSlot.order(.views)) { $0.ledger.keepRuns = 50 }
            // The slots that passed since the past ended have no run; the new run has no step.
            try await database.expect(
                ledger: """
                    SELECT (SELECT count(*) FROM slot), r.runs BETWEEN 40 AND 50,
                        (SELECT count(*) FROM step) = 2 * (r.runs - 1)
                    FROM (SELECT count(*) AS runs FROM run) AS r
                    """,
                is: "50|t|t")
            try await database.expect(ledger: "SELECT count(*) FROM run WHERE slot_id IS NULL", is: "0")
            // Ten steps a run, of those that are no longer needed.
            try await database.ledger(
                """
                INSERT INTO step (run_id, number, slot_id, task, schema_name, object_name, key, action, outcome, duration,
                    lock_wait, attempts)
                SELECT r.id, 2 + n, r.slot_id, 'views', 's', 'v', 'w' || n, '', 'done', '0', '0', 1
                FROM (SELECT * FROM run ORDER BY started_at DESC OFFSET 5 LIMIT 1) AS r
                CROSS JOIN generate_series(1, 900) AS n
                """)
            await database.serve(TestSlot.order(.partitions)) { $0.ledger.keepRuns = 50 }
            try await database.expect(ledger: "SELECT count(*) <= 500 FROM step", is: "t")
        }
    }

    @Test("the latest slot of each task stays, however old, and so does what is open or running")
    func keepsTheLatest() async throws {
        try await TestDatabase.with { database in
            try await past(database, days: 2, task: "statistics")
            try await database.ledger(
                """
                UPDATE slot SET due = due - interval '1 year';
                INSERT INTO slot (database_name, task, due, state, started_at)
                VALUES ('other', 'views', now() - interval '2 years', 'open', now()),
                    ('other', 'views', now() - interval '1 year', 'open', now());
                INSERT INTO run SELECT repeat('a', 32), 'other', max(id), '{statistics}', 1, 'running', '', 1, '', '', 1,
                    now() - interval '3 years' FROM slot;
                UPDATE run SET started_at = started_at - interval '1 year', ended_at = ended_at - interval '1 year'
                WHERE state = 'completed';
                """)
            await database.serve(TestSlot.order(.views)) { $0.ledger.keepRuns = 1 }
            try await database.expect(
                ledger: "SELECT task, state, count(*) FROM slot GROUP BY 1, 2 ORDER BY 1, 2",
                is: "statistics|ran|1\nviews|open|2\nviews|ran|1")
            try await database.expect(
                ledger: "SELECT state, count(*) FROM run GROUP BY 1 ORDER BY 1", is: "completed|2\nrunning|1")
        }
    }
}
