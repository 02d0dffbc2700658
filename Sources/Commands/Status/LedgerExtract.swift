import CivilTime
import Maintenance

/// What the ledger has on one database, as much as its status needs.
struct LedgerExtract: Hashable, Sendable {
    /// Of each kind of task, the run that ended last.
    var lastRuns: [TaskKind: LedgerRun] = [:]
    /// Those whose end is not entered: at work, or dead and not yet found so.
    var running: [LedgerRun] = []
    /// Of each kind of task, the slot that was due last.
    var latestSlots: [TaskKind: LedgerSlot] = [:]
    var streaks: [LedgerStreak] = []
    /// Skipped and missed, of the last day.
    var passed: [LedgerSlot] = []
    var refreshes: [LedgerRefresh] = []
}
