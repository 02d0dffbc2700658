import CivilTime
import Maintenance

/// What the ledger has on one database, as much as its status needs.
struct LedgerExtract: Hashable, Sendable {
    /// Of each kind of task, the run that ended last.
    var lastRuns: [TaskKind: LedgerRun] = [:]
    var running: [LedgerRun] = []
    /// Those whose end is not entered and never will be by themselves: the next run marks them as abandoned.
    var dead: [LedgerRun] = []
    /// Of each kind of task, the slot that was due last.
    var latestSlots: [TaskKind: LedgerSlot] = [:]
    var streaks: [LedgerFailureStreak] = []
    /// Skipped and missed, of the last day.
    var passed: [LedgerSlot] = []
    var refreshes: [LedgerRefresh] = []

    /// Tells the runs that are at work from those that are dead: a living one holds the lock of each of its tasks.
    mutating func markAbandoned(exceptAtWork tasks: Set<TaskKind>) {
        dead += running.filter { !tasks.isSuperset(of: $0.tasks) }
        running.removeAll { !tasks.isSuperset(of: $0.tasks) }
    }
}
