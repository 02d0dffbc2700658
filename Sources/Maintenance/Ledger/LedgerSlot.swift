import CivilTime

/// A slot, as recorded in the ledger.
package struct LedgerSlot: Hashable, Sendable {
    package var slot: Slot
    package var state: State
    /// Why it was skipped or missed.
    package var reason: String?
    /// When its first run began, by the server's clock; nil if it has had none.
    package var startedAt: Instant?
    /// When it was completed, or recorded as skipped or missed; nil while it is open.
    package var endedAt: Instant?
    /// The run that completed it.
    package var completedBy: String?
    /// How many runs it has had, including abandoned ones.
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
        /// A run is working on it, or another one has to try it again.
        case open
        case ran
        /// Completed, but its first run began late (`SlotOrder.lateAfter`).
        case late
        case skipped
        case missed
    }
}
