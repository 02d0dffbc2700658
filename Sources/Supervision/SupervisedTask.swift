import CivilTime
import Maintenance

/// The state of one task of one database: which of its slots is due, running, or settled.
///
/// ```
/// (none) ──a slot is due──▶ pending ──beginRun──▶ running ──complete──▶ settled
///                             │  ▲                   │
///                             │  └───────retry───────┤
///                             │                      └──giveUp──▶ passed
///                             └──a newer one is due, or it is too late──▶ passed
/// ```
/// While a slot runs, the next one may become pending; it does not start before the run has ended.
struct SupervisedTask {
    let task: TaskKind
    private(set) var schedule: TaskSchedule
    /// This service has nothing more to do for any slot up to this one. nil after the start: then the latest slot is
    /// tried, and the ledger knows whether it has been completed.
    private(set) var settledUpTo: Instant?
    private(set) var pending: SlotAttempt?
    private(set) var running: SlotAttempt?
    /// Slots that have passed and are not in the ledger yet, oldest first.
    private(set) var unrecorded: [PassedSlot] = []
    var failures = FailureStreak()
    /// By the monotonic clock: when its last run ended.
    var lastEnd = Duration.zero

    /// How many slots that have passed are kept for the ledger: the newest.
    static let passedLimit = 100

    struct SlotAttempt: Hashable {
        let slot: Slot
        /// Counted from 1.
        var attempt = 1
        /// When it is due, plus its jitter.
        let startAt: Instant
        /// By the monotonic clock: the end of the pause before this try.
        var notBefore = Duration.zero
        /// Why the last try did not complete the slot.
        var obstacle: String?
        /// By the monotonic clock: when this try began.
        var begunAt = Duration.zero
        /// Another service held the lock for it at the last try.
        var isElsewhere = false
        /// The slots that had passed when its run began, and that the run enters into the ledger.
        var passedAtBegin: [PassedSlot] = []
    }

    init(_ task: TaskKind, _ schedule: TaskSchedule) {
        self.task = task
        self.schedule = schedule
    }

    // MARK: As time goes on

    /// Determines which slot is due by now.
    ///
    /// - Returns: the slots that have passed, oldest first.
    mutating func advance(to now: DualTimestamp, jitter: () -> Double) -> [PassedSlot] {
        forgetSlotsAhead(of: now.wall)
        var passed: [PassedSlot] = []
        let newest = [settledUpTo, pending?.slot.due, running?.slot.due].compactMap(\.self).max()
        if let due = schedule.schedule.latest(notAfter: now.wall), newest.map({ due > $0 }) ?? true {
            // Whether another service has completed a slot is for the ledger to say.
            if pending?.isElsewhere != true {
                if let pending {
                    passed.append(PassedSlot(pending.slot, passedState, reason: reason(of: pending, at: now.wall)))
                }
                if let newest { passed += slotsBetween(newest, due) }
            }
            let delay = Int64(Double(schedule.jitter.microseconds) * jitter())
            pending = SlotAttempt(slot: Slot(task: task, due: due), startAt: due.adding(microseconds: delay))
        }
        if let late = pending, isTooLate(late, at: now.wall) {
            let what = late.attempt > 1 ? "not completed in time" : "not started in time"
            passed.append(PassedSlot(late.slot, .missed, reason: "\(what): \(reason(of: late, at: now.wall))"))
            settle(late.slot.due)
            pending = nil
        }
        addUnrecorded(passed)
        return passed
    }

    /// When the wall clock was set back, the slots that lie in the future again become due again; the ledger knows
    /// which of them have been completed. Otherwise a clock that was a year ahead, once corrected, would stop the task
    /// for a year.
    private mutating func forgetSlotsAhead(of now: Instant) {
        if let settledUpTo, settledUpTo > now { self.settledUpTo = schedule.schedule.latest(notAfter: now) }
        if let pending, pending.slot.due > now { self.pending = nil }
    }

    private func isTooLate(_ pending: SlotAttempt, at now: Instant) -> Bool {
        guard let limit = schedule.startWithin else { return false }
        return now > pending.slot.due.adding(microseconds: limit.microseconds)
    }

    private var passedState: PassedSlot.State { running == nil ? .missed : .skipped }

    private func reason(of pending: SlotAttempt, at now: Instant) -> String {
        if let running { return "the run of the slot of \(running.slot.due) was still going" }
        if let obstacle = pending.obstacle { return obstacle }
        return pending.startAt > now
            ? "its jitter put it off until the next one was due"
            : "all connections were busy with other work"
    }

    /// The slots between two others, at most the newest `passedLimit`; where there were more, the reason of the oldest
    /// that is returned says so.
    private func slotsBetween(_ earlier: Instant, _ later: Instant) -> [PassedSlot] {
        let reason =
            running.map { "the run of the slot of \($0.slot.due) was still going" }
            ?? pending?.obstacle ?? "the service was not looking: the machine slept, or the clock was set"
        var passed: [PassedSlot] = []
        var end = later
        while let due = schedule.schedule.latest(notAfter: end.adding(microseconds: -1)), due > earlier {
            guard passed.count < Self.passedLimit else {
                passed[passed.count - 1].reason += "; so were all before it, from \(earlier) on"
                break
            }
            passed.append(PassedSlot(Slot(task: task, due: due), passedState, reason: reason))
            end = due
        }
        return passed.reversed()
    }

    private mutating func addUnrecorded(_ passed: [PassedSlot]) {
        unrecorded = Array((unrecorded + passed).suffix(Self.passedLimit))
    }

    private mutating func settle(_ due: Instant) {
        settledUpTo = max(settledUpTo ?? due, due)
    }

    // MARK: Running

    /// Whether there is a pending slot whose time has come, and no run is under way.
    func isReady(at now: DualTimestamp) -> Bool {
        guard let pending, running == nil else { return false }
        return pending.startAt <= now.wall && pending.notBefore <= now.monotonic
    }

    /// Begins the pending slot; the order carries the slots that are not in the ledger yet.
    mutating func beginRun(at now: DualTimestamp) -> SlotOrder? {
        guard let pending, isReady(at: now) else { return nil }
        running = pending
        running?.begunAt = now.monotonic
        running?.passedAtBegin = unrecorded
        self.pending = nil
        return SlotOrder(
            slot: pending.slot, attempt: pending.attempt, lateAfter: schedule.jitter + .seconds(60),
            passed: unrecorded)
    }

    /// The run has ended, and nothing more is to be done for its slot.
    ///
    /// - Parameter recorded: the slots that have passed and are in the ledger now.
    mutating func complete(recorded: [PassedSlot]) {
        guard let running else { return }
        unrecorded.removeAll { recorded.contains($0) }
        settle(running.slot.due)
        self.running = nil
    }

    /// The run has ended, and its slot is to be tried again, unless a newer one is due already.
    ///
    /// - Parameter isElsewhere: whether another service holds the lock for it, and may complete it.
    ///
    /// - Returns: the slot, as missed, where a newer one takes its place.
    mutating func retry(
        notBefore: Duration, obstacle: String, isElsewhere: Bool, recorded: [PassedSlot]
    ) -> PassedSlot? {
        if pending != nil {
            if !isElsewhere { return giveUp(obstacle: obstacle, recorded: recorded) }
            complete(recorded: recorded)
            return nil
        }
        guard var again = running else { return nil }
        unrecorded.removeAll { recorded.contains($0) }
        running = nil
        again.attempt += 1
        again.notBefore = notBefore
        again.obstacle = obstacle
        again.isElsewhere = isElsewhere
        pending = again
        return nil
    }

    /// The run has ended without completing its slot, and another try would end in the same way.
    ///
    /// - Returns: the slot, as missed.
    mutating func giveUp(obstacle: String, recorded: [PassedSlot]) -> PassedSlot? {
        guard let given = running else { return nil }
        unrecorded.removeAll { recorded.contains($0) }
        running = nil
        settle(given.slot.due)
        let missed = PassedSlot(given.slot, .missed, reason: obstacle)
        addUnrecorded([missed])
        return missed
    }

    // MARK: Looking ahead

    func addWakeTimes(to wake: inout WakeTime, after now: DualTimestamp) {
        wake.noLaterThan(wall: schedule.schedule.next(after: now.wall))
        guard let pending, running == nil else { return }
        if pending.startAt > now.wall { wake.noLaterThan(wall: pending.startAt) }
        if pending.notBefore > now.monotonic { wake.noLaterThan(monotonic: pending.notBefore) }
        // One microsecond after the limit: at the limit itself it is not too late yet.
        if let limit = schedule.startWithin {
            wake.noLaterThan(wall: pending.slot.due.adding(microseconds: limit.microseconds + 1))
        }
    }

    /// When the next slot starts: the pending one if there is one, otherwise the next one of the schedule.
    func nextSlot(after now: Instant) -> Instant? {
        pending.map { max($0.startAt, now) } ?? schedule.schedule.next(after: now)
    }

    /// Takes over the schedule of a reload. A schedule that has changed counts from now on; for a task that has had no
    /// slot yet, the latest slot is still tried.
    ///
    /// - Returns: the pending slot of the old schedule, as missed.
    mutating func apply(_ schedule: TaskSchedule, at now: DualTimestamp) -> PassedSlot? {
        let isAnother = schedule.schedule != self.schedule.schedule
        self.schedule = schedule
        guard isAnother, let settledUpTo = [settledUpTo, pending?.slot.due, running?.slot.due].compactMap(\.self).max()
        else {
            return nil
        }
        self.settledUpTo = max(settledUpTo, schedule.schedule.latest(notAfter: now.wall) ?? settledUpTo)
        guard let dropped = pending.take() else { return nil }
        let reason = "a reload changed the schedule before it was run"
        let missed = PassedSlot(dropped.slot, .missed, reason: dropped.obstacle.map { "\(reason): \($0)" } ?? reason)
        addUnrecorded([missed])
        return missed
    }
}
