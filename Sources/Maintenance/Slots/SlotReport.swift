import CivilTime

/// What became of the slot that a run was to complete.
package struct SlotReport: Hashable, Sendable {
    package var slot: Slot
    /// From 1, over all services that share the ledger.
    package var attempt: Int
    package var state: State
    /// Runs of this kind of task whose owner had died: marked as abandoned, their slot taken over.
    package var abandoned: [RunOwner]
    /// Earlier slots that this run entered into the ledger as skipped or missed.
    package var passed: [PassedSlot]
    /// Why there is no entry in the ledger; nil where there is one.
    package var unrecorded: ServerFailure?

    package init(
        slot: Slot, attempt: Int, state: State = .open, abandoned: [RunOwner] = [], passed: [PassedSlot] = [],
        unrecorded: ServerFailure? = nil
    ) {
        self.slot = slot
        self.attempt = attempt
        self.state = state
        self.abandoned = abandoned
        self.passed = passed
        self.unrecorded = unrecorded
    }

    package enum State: Hashable, Sendable {
        /// Not completed: it is to be tried again.
        case open
        /// Completed by this run, in time or late.
        case ran(late: Bool)
        /// Another run had completed it before this one began.
        case completedElsewhere(RunOwner)
    }
}

/// Whose run it is or was.
package struct RunOwner: Hashable, Sendable {
    package var runID: String
    package var host: String
    /// Of the process on that host.
    package var pid: Int32
    package var startedAt: Instant
    /// When its slot was due; nil where nobody asked, and for a run by hand.
    package var due: Instant?

    package init(runID: String, host: String, pid: Int32, startedAt: Instant, due: Instant? = nil) {
        self.runID = runID
        self.host = host
        self.pid = pid
        self.startedAt = startedAt
        self.due = due
    }
}
