import CivilTime

/// The kinds of work, in the order in which a run does them: a view may read a partition that the run makes.
/// Each has an advisory lock of its own, so that two runs can share a database by kind.
package enum TaskKind: String, CaseIterable, Hashable, Sendable {
    case partitions
    case views
    case statistics
}

/// When the service does one kind of work in one database.
package struct TaskSchedule: Hashable, Sendable {
    package var schedule: Schedule
    /// A slot starts up to that much later than it is due, by chance, so that many databases do not start as one.
    package var jitter: Duration
    /// How late a slot may start, counted from when it was due; after that it is missed. nil leaves it due until the
    /// next one is.
    package var startWithin: Duration?

    package init(_ schedule: Schedule, jitter: Duration = .zero, startWithin: Duration? = nil) {
        self.schedule = schedule
        self.jitter = jitter
        self.startWithin = startWithin
    }
}
