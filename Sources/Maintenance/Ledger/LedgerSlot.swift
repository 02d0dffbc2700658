import CivilTime

/// A slot as the ledger has it.
package struct LedgerSlot: Hashable, Sendable {
    package var slot: Slot
    package var state: State
    /// Why it was skipped or missed.
    package var reason: String?
    /// When its first run began, by the server's clock; nil where it has had none.
    package var startedAt: Instant?
    /// When it was completed, or entered as passed; nil while it is open.
    package var endedAt: Instant?
    /// The run that completed it.
    package var completedBy: String?
    /// How many runs it has had, abandoned ones included.
    package var attempts: Int

    package init(
        slot: Slot, state: State, reason: String? = nil, startedAt: Instant? = nil, endedAt: Instant? = nil,
        completedBy: String? = nil, attempts: Int = 0
    ) {
        self.slot = slot
        self.state = state
        self.reason = reason
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.completedBy = completedBy
        self.attempts = attempts
    }

    package enum State: String, CaseIterable, Hashable, Sendable {
        /// A run is at it, or is to try it again.
        case open
        case ran
        /// Completed, but begun later than is called in time.
        case late
        case skipped
        case missed
    }
}
