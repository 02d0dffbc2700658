import CivilTime
import DatabaseAccess
import Maintenance
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Reading the ledger")
struct LedgerReaderTests {
    private func read<Value: Sendable>(
        _ database: TestDatabase, user: String = "postgres",
        _ body: (LedgerReader) async throws(ServerFailure) -> Value
    ) async throws -> Value? {
        try await LedgerReader.read(database.definition(user: user), applicationName: "test", body)
    }

    @Test("a database without a ledger has none to read")
    func saysThatThereIsNone() async throws {
        try await TestDatabase.with { database in
            let slots = try await read(database) { reader async throws(ServerFailure) in try await reader.slots() }
            #expect(slots == nil)
        }
    }

    @Test("a run is read as it was, with its steps and what it left alone", arguments: PostgresVersion.underTest)
    func readsARun(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            try await database.psql("CREATE MATERIALIZED VIEW s.bare AS SELECT 1 AS n")
            let (order, runID) = (TestSlot.order(.views), TestSlot.runID())
            let blocker = try await database.connect(as: "the \"other\" one")
            try await blocker.script(unsafe: "BEGIN; COMMENT ON MATERIALIZED VIEW s.words IS 'held'")
            let summary = await database.serve(order, runID: runID) {
                $0.locks.tries = 2
                $0.locks.perStep = .milliseconds(20)
            }
            await blocker.close()
            #expect(summary.refusals.count == 1)

            let detail = try #require(
                await read(database) { reader async throws(ServerFailure) in try await reader.run(runID) } ?? nil)
            // What a cure was is no cure any more.
            let refusals = summary.refusals.map { refusal in
                var past = refusal
                past.cure = .advice(refusal.cure.description)
                return past
            }
            #expect(detail.database == database.name && detail.refusals == refusals)
            let run = detail.run
            #expect(run.runID == runID && run.due == order.slot.due && run.tasks == [.views] && run.attempt == 1)
            #expect(run.state == .incomplete && run.failure == nil && run.interruption == nil)
            #expect(run.owner.application == "pgtend test" && run.owner.programVersion == "1.2.3")
            var figures = LedgerFigures(summary)
            // The server counts in microseconds.
            figures.lockWait = .microseconds(figures.lockWait.microseconds)
            #expect(run.figures == figures)
            #expect(run.figures.lockWait > .zero)
            let ended = try #require(run.endedAt)
            #expect(run.startedAt < ended && ended <= HostClock.now())

            #expect(detail.steps.map(\.outcome) == [.done, .postponed])
            #expect(detail.steps.map(\.number) == [1, 2])
            #expect(detail.steps.map(\.object.name) == ["numbers", "words"])
            #expect(detail.steps.map(\.action) == summary.reports.map(\.step.description))
            #expect(detail.steps[0].figures == summary.reports[0].result.figures)
            #expect((detail.steps[0].figures[.bytes] ?? 0) > 0 && detail.steps[1].figures.isEmpty)
            #expect(detail.steps[1].attempts == 2 && detail.steps[1].lockWait > .zero)
            #expect(detail.steps[1].message?.contains("the \"other\" one") == true)
            #expect(detail.steps.allSatisfy { $0.startedAt.map { $0 >= run.startedAt } ?? false })

            let unknown = try await read(database) { reader async throws(ServerFailure) in
                try await reader.run(String(repeating: "f", count: 32))
            }
            #expect(unknown == .some(nil))
        }
    }

    @Test("runs and slots are read newest first, by task, time and number")
    func readsRunsAndSlots() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            for back in [3, 1, 0] { await database.serve(TestSlot.order(.views, back)) }
            await database.serve(TestSlot.order(.partitions))
            let byHand = await database.tend([.views, .partitions])
            let (runs, views, few, slots) = try #require(
                await read(database) { reader async throws(ServerFailure) in
                    (
                        try await reader.runs(), try await reader.runs(tasks: [.views], since: byHand.startedAt),
                        try await reader.runs(limit: 2), try await reader.slots(latest: 2)
                    )
                })
            #expect(runs.map(\.tasks) == [[.partitions, .views], [.partitions], [.views], [.views], [.views]])
            #expect(runs.map(\.state) == Array(repeating: .completed, count: 5))
            #expect(runs.map { $0.due == nil } == [true, false, false, false, false])
            #expect(views.map(\.runID) == [byHand.runID])
            #expect(few == Array(runs.prefix(2)))
            #expect(slots.map(\.slot.task) == [.partitions, .views, .views])
            #expect(slots.map(\.state) == [.ran, .ran, .ran])
            #expect(slots.map(\.attempts) == [1, 1, 1])
            #expect(slots.map(\.completedBy) == [runs[1], runs[2], runs[3]].map(\.runID))
        }
    }

    @Test("runs that failed one after the other are counted from the last that went well")
    func countsFailures() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            await database.serve(TestSlot.order(.views, 4))
            await database.serve(TestSlot.order(.partitions, 4))
            try await database.psql("ALTER TABLE s.source RENAME n TO m; ALTER TABLE s.source DROP m CASCADE")
            try await database.psql(
                """
                CREATE FUNCTION s.fails() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE 'no way'; END $$;
                CREATE MATERIALIZED VIEW s.broken AS SELECT s.fails() AS n WITH NO DATA;
                """)
            let first = await database.serve(TestSlot.order(.views, 2))
            // One that was told to stop, or whose process was killed, is no failure, and no success either.
            try await database.ledger(
                """
                INSERT INTO run (id, database_name, tasks, attempt, state, host, pid, application, pgtend_version,
                    backend_pid, started_at, ended_at)
                SELECT repeat(s.digit, 32), database_name, tasks, 1, s.state, '', 1, '', '', 1, now(), now()
                FROM run, (VALUES ('a', 'interrupted'), ('b', 'abandoned')) AS s (digit, state)
                WHERE id = '\(first.runID)'
                """)
            await database.serve(TestSlot.order(.views, 1))
            #expect(first.count(.failed) == 1, "\(first)")
            let (streaks, runs) = try #require(
                await read(database) { reader async throws(ServerFailure) in
                    (try await reader.streaks(), try await reader.runs(tasks: [.views], limit: 4))
                })
            #expect(streaks.map(\.task) == [.views] && streaks.map(\.failures) == [2])
            #expect(streaks.first?.since == runs.last?.startedAt)
            #expect(
                streaks.first?.reason?.hasPrefix("refresh materialized view s.broken: no way") == true, "\(streaks)")
            try await database.psql("DROP MATERIALIZED VIEW s.broken")
            await database.serve(TestSlot.order(.views))
            let after = try await read(database) { reader async throws(ServerFailure) in try await reader.streaks() }
            #expect(after == [])
        }
    }

    @Test("what was put off by locks names the lock and its holder; a run of all tasks blames only its own")
    func namesTheHolder() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            await database.serve(TestSlot.order(.views, 1))
            let blocker = try await database.connect(as: "backup")
            try await blocker.script(unsafe: "BEGIN; COMMENT ON MATERIALIZED VIEW s.words IS 'held'")
            await database.tend(TaskKind.allCases) {
                $0.locks.tries = 1
                $0.locks.perStep = .milliseconds(20)
            }
            await blocker.close()
            let streaks = try await read(database) { reader async throws(ServerFailure) in try await reader.streaks() }
            #expect(streaks?.map(\.task) == [.views], "\(String(describing: streaks))")
            let reason = streaks?.first?.reason ?? ""
            #expect(reason.contains("s.words was put off: pid ") && reason.contains("backup"), "\(reason)")
            #expect(reason.contains(" on s.words"), "\(reason)")
        }
    }

    @Test("the slots of every kind of task are read")
    func readsSlotsOfEveryTask() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            for task in TaskKind.allCases { await database.serve(TestSlot.order(task)) }
            let slots = try await read(database) { reader async throws(ServerFailure) in try await reader.slots() }
            #expect(Set(slots?.map(\.slot.task) ?? []) == Set(TaskKind.allCases))
        }
    }

    @Test("the last refresh of each view is known, also to a role that may only read")
    func knowsRefreshes() async throws {
        try await TestDatabase.with(template: LedgerWorld.template) { database in
            let role = "reader_\(database.name)"
            await database.serve(TestSlot.order(.views, 1))
            let last = await database.serve(TestSlot.order(.views))
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA pgtend_ledger TO \(role);
                GRANT SELECT ON ALL TABLES IN SCHEMA pgtend_ledger TO \(role);
                """)
            let refreshes = try await read(database, user: role) { reader async throws(ServerFailure) in
                try await reader.refreshes()
            }
            #expect(refreshes?.map(\.view.name) == ["numbers", "words"])
            #expect(refreshes?.map(\.runID) == [last.runID, last.runID])
            try await database.psql("REVOKE SELECT ON pgtend_ledger.step FROM \(role)")
            await #expect(throws: ServerFailure.self) {
                try await read(database, user: role) { reader async throws(ServerFailure) in
                    try await reader.refreshes()
                }
            }
            try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }
}
