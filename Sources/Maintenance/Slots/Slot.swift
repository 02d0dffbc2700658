import CivilTime

/// One moment at which one kind of task is due in one database. It follows from the schedule alone: all services with
/// the same schedule have the same slots, whether or not they are running.
package struct Slot: Hashable, Sendable {
    package var task: TaskKind
    /// By the schedule, without jitter.
    package var due: Instant

    package init(task: TaskKind, due: Instant) {
        self.task = task
        self.due = due
    }
}

/// A slot that will not be started any more, and why.
package struct PassedSlot: Hashable, Sendable {
    package var slot: Slot
    package var state: State
    /// A clause that begins in lower case and has no full stop.
    package var reason: String

    package init(_ slot: Slot, _ state: State, reason: String) {
        self.slot = slot
        self.state = state
        self.reason = reason
    }

    package enum State: String, CaseIterable, Hashable, Sendable {
        /// Left out on purpose: the run of an earlier slot was still going.
        case skipped
        /// No service could start it in time.
        case missed
    }
}

/// The order to a run to complete a slot.
package struct SlotOrder: Hashable, Sendable {
    package var slot: Slot
    /// Counted from 1 by the service that gives the order. The ledger counts over all services, and its number
    /// prevails.
    package var attempt: Int
    /// A slot that starts at least this long after it was due counts as late.
    package var lateAfter: Duration
    /// Earlier slots that have passed and are not recorded in the ledger yet, oldest first.
    package var passed: [PassedSlot]

    package init(slot: Slot, attempt: Int = 1, lateAfter: Duration = .seconds(60), passed: [PassedSlot] = []) {
        self.slot = slot
        self.attempt = attempt
        self.lateAfter = lateAfter
        self.passed = passed
    }
}
