import CivilTime
import Maintenance

/// The status of one kind of task in one database.
struct TaskStatus {
    let task: TaskKind
    let schedule: TaskSchedule
    /// When the next slot is due, without jitter; nil if the schedule has no further slot.
    let next: Instant?
    let lastRun: LedgerRun?
    let running: LedgerRun?
    /// The run whose process died before it recorded its end.
    let abandoned: LedgerRun?
    let streak: LedgerFailureStreak?
    /// The skipped and missed slots of the last day, oldest first.
    let passed: [LedgerSlot]
    /// When the slot was due that should have begun by now, but that no service has begun.
    let overdue: Instant?

    init(_ task: TaskKind, _ schedule: TaskSchedule, _ ledger: LedgerExtract?, now: Instant) {
        self.task = task
        self.schedule = schedule
        next = schedule.schedule.next(after: now)
        lastRun = ledger?.lastRuns[task]
        running = ledger?.running.first { $0.tasks.contains(task) }
        abandoned = ledger?.abandoned.first { $0.tasks.contains(task) }
        streak = ledger?.streaks.first { $0.task == task }
        passed = ledger?.passed.filter { $0.slot.task == task }.sorted { $0.slot.due < $1.slot.due } ?? []
        overdue = ledger.flatMap { Self.overdue(task, schedule, $0, now: now) }
    }

    /// Nothing is overdue in a database without slots, on which no service has worked yet, nor while a run is at work,
    /// which the others wait for.
    private static func overdue(
        _ task: TaskKind, _ schedule: TaskSchedule, _ ledger: LedgerExtract, now: Instant
    ) -> Instant? {
        guard let latest = ledger.latestSlots[task]?.slot.due, ledger.running.isEmpty else { return nil }
        guard let due = schedule.schedule.latest(notAfter: schedule.tolerated(at: now)), latest < due
        else { return nil }
        return due
    }
}

extension TaskSchedule {
    /// The moment before which what was due has begun by now, unless something is wrong: two minutes and the jitter are
    /// tolerated.
    func tolerated(at now: Instant) -> Instant { now.adding(microseconds: -jitter.microseconds - 120_000_000) }
}
