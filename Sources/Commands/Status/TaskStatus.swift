import CivilTime
import Maintenance

/// How it stands with one kind of task in one database.
struct TaskStatus {
    let task: TaskKind
    let schedule: TaskSchedule
    /// Without jitter; nil where the schedule has no further slot.
    let next: Instant?
    let lastRun: LedgerRun?
    let running: LedgerRun?
    /// Its end is not entered, and nobody is at it.
    let dead: LedgerRun?
    let streak: LedgerFailureStreak?
    /// Of the last day, oldest first.
    let passed: [LedgerSlot]
    /// When a slot was due that should have begun by now, and no service has.
    let overdue: Instant?

    init(_ task: TaskKind, _ schedule: TaskSchedule, _ ledger: LedgerExtract?, now: Instant) {
        self.task = task
        self.schedule = schedule
        next = schedule.schedule.next(after: now)
        lastRun = ledger?.lastRuns[task]
        running = ledger?.running.first { $0.tasks.contains(task) }
        dead = ledger?.dead.first { $0.tasks.contains(task) }
        streak = ledger?.streaks.first { $0.task == task }
        passed = ledger?.passed.filter { $0.slot.task == task }.sorted { $0.slot.due < $1.slot.due } ?? []
        overdue = ledger.flatMap { Self.overdue(task, schedule, $0, now: now) }
    }

    /// A database that no service has worked on yet has no slot, and nothing is overdue there. While a run is at work
    /// the others wait for their turn.
    private static func overdue(
        _ task: TaskKind, _ schedule: TaskSchedule, _ ledger: LedgerExtract, now: Instant
    ) -> Instant? {
        guard let latest = ledger.latestSlots[task]?.slot.due, ledger.running.isEmpty else { return nil }
        let tolerance = schedule.jitter.microseconds + 120_000_000
        guard let due = schedule.schedule.latest(notAfter: now.adding(microseconds: -tolerance)), latest < due
        else { return nil }
        return due
    }
}
