import CivilTime

/// The kinds of task, in the order in which a run does them: a view may read a partition that the run creates.
///
/// Each has an advisory lock of its own, so that two runs on one database can do different kinds at the same time.
package enum TaskKind: String, CaseIterable, Hashable, Sendable {
    case partitions
    case views
    case statistics
    /// `ANALYZE` of partitioned tables.
    case analysis

    /// What is particular to it.
    package var traits: TaskTraits {
        switch self {
        case .partitions: .partitions
        case .views: .views
        case .statistics: .statistics
        case .analysis: .analysis
        }
    }

    /// "partitions, views, statistics".
    package static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// What is particular to a kind of task, for the places that treat all kinds alike. Each room has that of its own kind.
package struct TaskTraits: Sendable {
    /// The number of its advisory lock, from 1 to 49. Permanent: services of different versions share a database.
    package let lockNumber: Int64
    /// The section of the configuration of a database that has its schedule.
    package let section: String
    /// Whether it takes the longer the more rows there are. What does not never waits for what does.
    package let isLong: Bool
    let schedule: @Sendable (DatabaseDefinition) -> TaskSchedule
    /// Whether its objects are discovered in the watched schemas.
    let discovers: @Sendable (DatabaseDefinition) -> Bool
    /// Whether the configuration names objects for it.
    let names: @Sendable (DatabaseDefinition) -> Bool
    let plan: @Sendable (DatabaseDefinition, CatalogSnapshot) -> TaskPlan
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
