import CivilTime
import Maintenance

/// One kind of work in one database: which of its slots is due, being run, or over.
///
/// ```
/// (none) ──a slot is due──▶ pending ──begin──▶ running ──completed──▶ settled
///                             │  ▲                │
///                             │  └──to be tried again
///                             └──a newer one is due, or it is too late──▶ passed
/// ```
/// While a slot runs, the next may become pending; it never starts before the run has ended.
struct SupervisedTask {
    let task: TaskKind
    private(set) var schedule: TaskSchedule
    /// No slot up to this one needs anything more of us. nil at the start: what is due is for the ledger to say.
    private(set) var settledUpTo: Instant?
    private(set) var pending: SlotAttempt?
    private(set) var running: SlotAttempt?
    /// Slots that have passed since the ledger was told the last time, oldest first.
    private(set) var unrecorded: [PassedSlot] = []
    var failures = FailureStreak()

    /// What is kept of slots that have passed: the newest.
    static let passedLimit = 100

    struct SlotAttempt: Hashable {
        let slot: Slot
        /// From 1.
        var attempt = 1
        /// When it is due, and its jitter.
        let startAt: Instant
        /// By the monotonic clock: the pause before another try.
        var notBefore = Duration.zero
        /// Why the last try did not complete it.
        var obstacle: String?
        /// Another service was at it when we tried.
        var isElsewhere = false
        /// The slots that had passed when its run began, which the ledger is told of.
        var passedAtBegin: [PassedSlot] = []
    }

    init(_ task: TaskKind, _ schedule: TaskSchedule) {
        self.task = task
        self.schedule = schedule
    }

    // MARK: Time goes on

    /// Looks which slot is due by now.
    ///
    /// - Returns: the slots that have passed, oldest first.
    mutating func advance(to now: DualTimestamp, jitter: () -> Double) -> [PassedSlot] {
        forgetSlotsAhead(of: now.wall)
        var passed: [PassedSlot] = []
        let newest = [settledUpTo, pending?.slot.due, running?.slot.due].compactMap(\.self).max()
        if let due = schedule.schedule.latest(notAfter: now.wall), newest.map({ due > $0 }) ?? true {
            // What another service is at is for the ledger to tell.
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

    /// The wall clock was set back: what lies ahead again becomes due again, and the ledger knows what of it is done.
    /// Without this a clock that was wrong by a year would stop the work for a year.
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
            : "the database, or all connections, were busy with other work"
    }

    /// The slots between two others, at most `passedLimit` of them; the first one then speaks for those before it.
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

    // MARK: A run

    /// Whether the pending slot may start as far as time is concerned.
    func isReady(at now: DualTimestamp) -> Bool {
        guard let pending, running == nil else { return false }
        return pending.startAt <= now.wall && pending.notBefore <= now.monotonic
    }

    /// Begins the pending slot, and hands over what the ledger does not know yet.
    mutating func beginRun() -> SlotOrder? {
        guard let pending, running == nil else { return nil }
        running = pending
        running?.passedAtBegin = unrecorded
        self.pending = nil
        return SlotOrder(
            slot: pending.slot, attempt: pending.attempt, lateAfter: schedule.jitter + .seconds(60),
            passed: unrecorded)
    }

    /// The run has ended, and its slot needs nothing more of us.
    ///
    /// - Parameter recorded: whether the ledger has taken over the slots that had passed.
    mutating func complete(recorded: [PassedSlot]) {
        guard let running else { return }
        unrecorded.removeAll { recorded.contains($0) }
        settle(running.slot.due)
        self.running = nil
    }

    /// The run has ended, and its slot is to be tried again, unless a newer one is due already.
    ///
    /// - Returns: the slot, as missed, where a newer one takes its place.
    ///
    /// - Parameter isElsewhere: whether another service is at it, or has completed it by now.
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

    /// The run has ended without completing its slot, and trying again would end the same way.
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
        // One microsecond behind the limit, at which it is not yet too late.
        if let limit = schedule.startWithin {
            wake.noLaterThan(wall: pending.slot.due.adding(microseconds: limit.microseconds + 1))
        }
    }

    /// The moment of the slot that comes next: one that waits already, else the schedule's.
    func nextSlot(after now: Instant) -> Instant? {
        pending.map { max($0.startAt, now) } ?? schedule.schedule.next(after: now)
    }

    /// What a reload says. Slots of another schedule count from now on; what has not been tried yet still is.
    ///
    /// - Returns: the slot of the old schedule that was still to be run, as missed.
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
