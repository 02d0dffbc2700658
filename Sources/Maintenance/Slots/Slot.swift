import CivilTime

/// One moment at which one kind of work is due in one database. It is a fact of the schedule, not of who is there to
/// do it: every service that has the same schedule has the same slots.
package struct Slot: Hashable, Sendable {
    package var task: TaskKind
    /// Without jitter.
    package var due: Instant

    package init(task: TaskKind, due: Instant) {
        self.task = task
        self.due = due
    }
}

/// A slot that nobody will start any more, and why.
package struct PassedSlot: Hashable, Sendable {
    package var slot: Slot
    package var state: State
    /// One sentence without a capital and a full stop.
    package var reason: String

    package init(_ slot: Slot, _ state: State, reason: String) {
        self.slot = slot
        self.state = state
        self.reason = reason
    }

    package enum State: String, CaseIterable, Hashable, Sendable {
        /// Left out on purpose: the run of an earlier slot was still at it.
        case skipped
        /// Nobody could start it in time.
        case missed
    }
}

/// A slot that a run is to complete.
package struct SlotOrder: Hashable, Sendable {
    package var slot: Slot
    /// Counted by whoever gives the order, from 1. The ledger counts over all services, and has the last word.
    package var attempt: Int
    /// A slot that starts this long after it was due, or later, counts as late.
    package var lateAfter: Duration
    /// Slots before it that have passed since the last order, oldest first.
    package var passed: [PassedSlot]

    package init(slot: Slot, attempt: Int = 1, lateAfter: Duration = .seconds(60), passed: [PassedSlot] = []) {
        self.slot = slot
        self.attempt = attempt
        self.lateAfter = lateAfter
        self.passed = passed
    }
}
