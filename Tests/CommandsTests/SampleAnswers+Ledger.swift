import CivilTime
import Maintenance

@testable import Commands

/// Entries of a ledger for the renderers, all before `now`.
extension SampleAnswers {
    /// 2026-11-23 03:20:14.5 UTC
    static let now = instant("2026-11-23").adding(microseconds: (3 * 3_600 + 20 * 60 + 14) * 1_000_000 + 500_000)

    static func ago(_ seconds: Int64) -> Instant { now.adding(microseconds: -seconds * 1_000_000) }

    static func run(
        _ task: TaskKind, _ ago: Int64, _ state: LedgerRun.State = .completed, took: Int64? = 2,
        change: (inout LedgerRun) -> Void = { _ in }
    ) -> LedgerRun {
        let start = SampleAnswers.ago(ago)
        var run = LedgerRun(
            owner: LedgerOwner(
                run: RunOwner(
                    runID: String(repeating: "a", count: 32), host: "db1", pid: 4711, startedAt: start),
                application: "pgtend serve", programVersion: "0.2.0", backendPID: 815),
            due: TaskSchedule(.every(.seconds(900))).schedule.latest(notAfter: start), tasks: [task], state: state,
            endedAt: took.map { start.adding(microseconds: $0 * 1_000_000) })
        change(&run)
        return run
    }

    static func slot(
        _ task: TaskKind, due: Instant, _ state: LedgerSlot.State = .ran, reason: String? = nil
    ) -> LedgerSlot {
        LedgerSlot(slot: Slot(task: task, due: due), state: state, reason: reason)
    }

    /// Half a minute after the slots of 03:15 and 03:00: nothing is amiss.
    static var ledger: LedgerExtract {
        var ledger = LedgerExtract()
        ledger.lastRuns = [
            .partitions: run(.partitions, 1_213), .views: run(.views, 313) { $0.figures.done = 2 },
            .statistics: run(.statistics, 312) { ($0.figures.done, $0.figures.failed) = (3, 1) },
        ]
        for (task, interval) in [(TaskKind.partitions, Int64(3_600)), (.views, 900), (.statistics, 900)] {
            let due = Schedule.every(.seconds(interval)).latest(notAfter: now)
            ledger.latestSlots[task] = due.map { slot(task, due: $0) }
        }
        ledger.refreshes = [
            LedgerRefresh(view: name("weekly"), startedAt: ago(313), duration: .milliseconds(1_234), runID: "a"),
            LedgerRefresh(view: name("dropped"), startedAt: ago(86_400), duration: .seconds(1), runID: "b"),
        ]
        return ledger
    }

    static var definition: DatabaseDefinition {
        var definition = DatabaseDefinition(name: "shop", conninfo: "dbname=shop", schemas: ["shop"])
        definition.partitions.schedule = TaskSchedule(.every(.seconds(3_600)))
        definition.views.schedule = TaskSchedule(.every(.seconds(900)))
        definition.statistics.schedule = TaskSchedule(.every(.seconds(900)))
        return definition
    }

    /// Two tables, two views.
    static var tendedPlan: Plan {
        var plan = SampleAnswers.plan
        plan.takenAt = now
        plan.work.steps = [refresh("weekly"), refresh("daily")]
        plan.work.runways = [
            Runway(table: name("log"), until: instant("2027-03-01"), isZoned: false, remaining: .seconds(98 * 86_400)),
            Runway(
                table: name("orders"), until: instant("2026-12-01"), isZoned: true,
                remaining: .seconds(7 * 86_400 + 3_600)),
            Runway(table: name("rest"), until: nil, isZoned: true, isUnbounded: true),
        ]
        return plan
    }

    static func status(
        plan: Plan? = tendedPlan, ledger: LedgerExtract? = ledger, absence: String? = nil, now: Instant = now
    ) -> DatabaseStatus {
        DatabaseStatus(definition: definition, now: now, plan: plan, ledger: ledger, ledgerAbsence: absence)
    }
}
