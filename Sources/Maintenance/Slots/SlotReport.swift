import CivilTime

/// What became of the slot that a run was to complete.
package struct SlotReport: Hashable, Sendable {
    package var slot: Slot
    /// Counted from 1 over all services that share the ledger.
    package var attempt: Int
    package var state: State
    /// Runs of this kind of task whose process had died, and which this run has marked as abandoned.
    package var abandoned: [RunOwner]
    /// Earlier slots that this run has recorded in the ledger as skipped or missed.
    package var passed: [PassedSlot]
    /// Why the run is not recorded in the ledger; nil if it is.
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
        /// Not completed: it has to be tried again.
        case open
        /// Completed by this run, in time or late.
        case ran(late: Bool)
        /// Another run had completed it before this one began.
        case completedElsewhere(RunOwner)
    }
}

/// A run, with the process that carries it out.
package struct RunOwner: Hashable, Sendable {
    package var runID: String
    package var host: String
    /// The process ID on that host.
    package var pid: Int32
    package var startedAt: Instant
    /// When its slot was due; nil for a manual run, and where it is not known.
    package var due: Instant?

    package init(runID: String, host: String, pid: Int32, startedAt: Instant, due: Instant? = nil) {
        self.runID = runID
        self.host = host
        self.pid = pid
        self.startedAt = startedAt
        self.due = due
    }
}
