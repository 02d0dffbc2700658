import CivilTime
import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Slots in the ledger")
struct LedgerClaimTests {
    @Test("a slot is completed once, with its run and its steps", arguments: PostgresVersion.underTest)
    func isCompletedOnce(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            let order = TestSlot.order(.views)
            let runID = TestSlot.runID()
            let first = await database.serve(order, runID: runID)
            #expect(first.slot == SlotReport(slot: order.slot, attempt: 1, state: .ran(late: false)), "\(first)")
            try await database.expect(
                ledger: "SELECT database_name, task, state, reason IS NULL, completed_by FROM slot",
                is: "\(database.name)|views|ran|t|\(runID)")
            try await database.expect(
                ledger: """
                    SELECT id, tasks, attempt, state, pid > 0, host <> '', application, pgtend_version, done, failed,
                        ended_at >= started_at, refusals, held_locks FROM run
                    """, is: "\(runID)|{views}|1|completed|t|t|pgtend test|1.2.3|2|0|t|[]|[]")
            try await database.expect(
                ledger: """
                    SELECT number, schema_name, object_name, key, outcome, duration > '0', attempts,
                        step.started_at BETWEEN r.started_at AND r.ended_at
                    FROM step JOIN run AS r ON r.id = run_id ORDER BY number
                    """,
                is: """
                    1|s|numbers|refresh_view s.numbers|done|t|1|t
                    2|s|words|refresh_view s.words|done|t|1|t
                    """)
            let second = await database.serve(order)
            guard case .completedElsewhere(let owner)? = second.slot?.state else {
                Issue.record("\(second)")
                return
            }
            #expect(owner.runID == runID && owner.pid > 0 && second.reports.isEmpty)
            try await database.expect(ledger: "SELECT count(*) FROM run", is: "1")
        }
    }

    @Test("of several services on one slot one completes it", arguments: PostgresVersion.underTest)
    func isCompletedByOne(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            await database.serve(TestSlot.order(.views, 1))
            let order = TestSlot.order(.views)
            let summaries = await withTaskGroup(of: RunSummary.self) { group in
                for _ in 0..<4 {
                    group.addTask { await Self.untilCompleted(order, in: database) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(summaries.count { $0.slot?.state == .ran(late: false) } == 1)
            #expect(summaries.allSatisfy { $0.failure == nil })
            try await database.expect(
                ledger: """
                    SELECT count(*) FILTER (WHERE r.state = 'completed'), count(*)
                    FROM slot AS s JOIN run AS r ON r.slot_id = s.id
                    WHERE s.due = (SELECT max(due) FROM slot)
                    """, is: "1|1")
            try await database.expect(
                ledger: "SELECT bool_and(n = 1) FROM (SELECT count(*) AS n FROM step GROUP BY slot_id, key) AS k",
                is: "t")
        }
    }

    /// As the supervisor does: a slot whose task another run holds is tried again.
    private static func untilCompleted(_ order: SlotOrder, in database: TestDatabase) async -> RunSummary {
        var summary = await database.serve(order)
        while summary.slot?.state == .open, summary.failure == nil { summary = await database.serve(order) }
        return summary
    }

    @Test("a slot that begins long after it was due is late")
    func isLate() async throws {
        try await TestDatabase.with { database in
            var (first, second) = (TestSlot.order(.views, 5), TestSlot.order(.views, 4))
            first.lateAfter = .seconds(60)
            second.lateAfter = .seconds(60)
            #expect(await database.serve(first).slot?.state == .ran(late: false), "nobody was there before it")
            #expect(await database.serve(second).slot?.state == .ran(late: true))
            let states = try await database.ledger("SELECT string_agg(state, ' ' ORDER BY due) FROM slot")
            #expect(states == "ran late")
        }
    }

    @Test("what passed is entered: with the reason that is given, or missed while nobody was there")
    func entersWhatPassed() async throws {
        try await TestDatabase.with { database in
            await database.serve(TestSlot.order(.views, 5))
            let skipped = PassedSlot(
                Slot(task: .views, due: TestSlot.due(2)), .skipped, reason: "the run before it was still at it")
            let summary = await database.serve(TestSlot.order(.views, passed: [skipped]))
            let passed = try #require(summary.slot?.passed)
            #expect(passed.map(\.slot.due) == [4, 3, 2, 1].map { TestSlot.due($0) })
            #expect(passed.map(\.state) == [.missed, .missed, .skipped, .missed])
            #expect(passed[2].reason == "the run before it was still at it")
            #expect(passed[0].reason == "no service was there to start it")
            try await database.expect(
                ledger: "SELECT string_agg(state, ',' ORDER BY due) FROM slot",
                is: "ran,missed,missed,skipped,missed,ran")
            // Nothing is entered twice, and nothing that is done is called missed.
            let again = await database.serve(
                TestSlot.order(.partitions, passed: [skipped]))
            #expect(again.slot?.passed == [])
        }
    }

    @Test("a long absence is summed up in its oldest slot")
    func sumsUpALongAbsence() async throws {
        try await TestDatabase.with { database in
            await database.serve(TestSlot.order(.views, 200))
            let summary = await database.serve(TestSlot.order(.views))
            let passed = try #require(summary.slot?.passed)
            #expect(passed.count == SlotGap.limit)
            #expect(passed.first?.reason.contains("nor any slot before it since") == true)
            #expect(passed.dropFirst().allSatisfy { $0.reason == "no service was there to start it" })
        }
    }

    @Test("a slot of the future, from a clock that was wrong, does not hide what passed")
    func ignoresTheFuture() async throws {
        try await TestDatabase.with { database in
            await database.serve(TestSlot.order(.views, 2))
            var future = TestSlot.order(.views)
            future.slot.due = future.slot.due.adding(microseconds: 365 * Instant.microsecondsPerDay)
            await database.serve(future) { $0.ledger.keep = .seconds(86_400 * 1_000) }
            try await database.ledger("DELETE FROM slot WHERE state = 'missed'")
            let summary = await database.serve(TestSlot.order(.views))
            #expect(summary.slot?.passed.map(\.slot.due) == [TestSlot.due(1)])
            #expect(summary.slot?.state == .ran(late: false))
        }
    }

    @Test("a slot that is still open when the next one comes is missed")
    func givesUpWhatIsOpen() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            let blocker = try await database.connect()
            await database.serve(TestSlot.order(.views, 3))
            try await blocker.script(unsafe: "BEGIN; COMMENT ON MATERIALIZED VIEW s.numbers IS 'held'")
            let held = await database.serve(TestSlot.order(.views, 1)) { $0.locks.tries = 1 }
            #expect(held.slot?.state == .open && held.count(.postponed) == 1 && held.count(.done) == 1, "\(held)")
            try await database.expect(ledger: "SELECT state FROM run ORDER BY started_at", is: "completed\nincomplete")
            await blocker.close()
            let next = await database.serve(TestSlot.order(.views))
            let reason = "begun by one run, and not completed before the next slot was due"
            #expect(next.slot?.passed.last?.reason == reason && next.slot?.passed.count == 1)
            #expect(next.count(.done) == 2)
        }
    }

    @Test("another try does only what is left, and the third completes the slot whatever others hold")
    func triesAgainWhatIsLeft() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            let blocker = try await database.connect()
            try await blocker.script(unsafe: "BEGIN; COMMENT ON MATERIALIZED VIEW s.numbers IS 'held'")
            let order = TestSlot.order(.views)
            let first = await database.serve(order) { $0.locks.tries = 1 }
            #expect(first.outcomes(of: .views) == ["postponed", "done"])
            let second = await database.serve(order) { $0.locks.tries = 1 }
            #expect(second.slot?.attempt == 2 && second.slot?.state == .open)
            #expect(
                second.outcomes(of: .views) == [
                    "postponed", "superseded: done already for this slot by run \(first.runID)",
                ])
            let third = await database.serve(order) { $0.locks.tries = 1 }
            #expect(third.slot?.attempt == 3 && third.slot?.state == .ran(late: false))
            await blocker.close()
            try await database.expect(
                ledger: "SELECT string_agg(state, ',' ORDER BY attempt) FROM run", is: "incomplete,incomplete,completed"
            )
        }
    }

    @Test("two databases that differ in one mark are two, and names of any kind are kept as they are")
    func keepsHostileNames() async throws {
        let names = [
            "caf\u{e9}", "cafe\u{301}", "'; DROP SCHEMA pgtend_ledger CASCADE; --", "a\nb\\{\",\"}", "NULL", " ",
        ]
        try await TestDatabase.with { database in
            try await database.psql(
                """
                CREATE SCHEMA "s"; CREATE SCHEMA "S, ""x"" {é";
                CREATE MATERIALIZED VIEW "S, ""x"" {é"."v 'w' \\ NULL" AS SELECT 1 AS n;
                CREATE UNIQUE INDEX ON "S, ""x"" {é"."v 'w' \\ NULL" (n);
                """)
            for name in names {
                let summary = await database.serve(TestSlot.order(.views)) {
                    $0.name = name
                    $0.schemas = ["S, \"x\" {é"]
                }
                #expect(summary.slot?.state == .ran(late: false) && summary.count(.done) == 1, "\(name): \(summary)")
            }
            try await database.expect(ledger: "SELECT count(DISTINCT database_name) FROM slot", is: "\(names.count)")
            try await database.expect(
                ledger: "SELECT DISTINCT schema_name, object_name FROM step", is: "S, \"x\" {é|v 'w' \\ NULL")
        }
    }
}
