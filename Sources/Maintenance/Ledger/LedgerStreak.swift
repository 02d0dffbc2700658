import CivilTime

/// The runs of one kind of task that have failed one after the other, up to the last: those with a step that failed,
/// those that were not completed, and those whose owner died. A run that was told to stop neither counts nor ends it.
package struct LedgerStreak: Hashable, Sendable {
    package var task: TaskKind
    package var failures: Int
    /// When the first of them began.
    package var since: Instant
    /// What went wrong the last time, where it left a word.
    package var reason: String?

    package init(task: TaskKind, failures: Int, since: Instant, reason: String? = nil) {
        self.task = task
        self.failures = failures
        self.since = since
        self.reason = reason
    }
}
