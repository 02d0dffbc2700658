import CivilTime
import SQLText

/// The last refresh of a view that the ledger knows of.
package struct LedgerRefresh: Hashable, Sendable {
    package var view: RelationName
    /// When it began: what was committed before is in the view.
    package var startedAt: Instant
    package var duration: Duration
    package var runID: String

    package init(view: RelationName, startedAt: Instant, duration: Duration, runID: String) {
        self.view = view
        self.startedAt = startedAt
        self.duration = duration
        self.runID = runID
    }
}
