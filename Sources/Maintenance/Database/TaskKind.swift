import CivilTime

/// The kinds of task, in the order in which a run does them: a view may read a partition that the run creates.
///
/// Each has an advisory lock of its own, so that two runs on one database can do different kinds at the same time.
package enum TaskKind: String, CaseIterable, Hashable, Sendable {
    case partitions
    case views
    case statistics

    /// Whether it takes the longer the more rows there are. What does not never waits for what does.
    package var isLong: Bool { self != .partitions }
}

/// When the service runs one kind of task in one database.
package struct TaskSchedule: Hashable, Sendable {
    package var schedule: Schedule
    /// The upper limit of a random delay after a slot is due, so that many databases do not start at the same moment
    /// (systemd's RandomizedDelaySec=).
    package var jitter: Duration
    /// How late a slot may start, counted from when it was due; after that it is missed. nil: until the next one is
    /// due.
    package var startWithin: Duration?

    package init(_ schedule: Schedule, jitter: Duration = .zero, startWithin: Duration? = nil) {
        self.schedule = schedule
        self.jitter = jitter
        self.startWithin = startWithin
    }
}
