/// What pgtend is asked to tend in one database. Every part but the connection has a default.
package struct DatabaseDefinition: Hashable, Sendable {
    /// How the configuration and the reports call it.
    package var name: String
    /// A libpq connection string; it may hold a password, so it is never printed as it is.
    package var conninfo: String
    package var pooler: PoolerPolicy
    /// The schemas in which tables, views and corpora are discovered.
    package var schemas: [String]
    package var partitions: PartitionDefaults
    /// Sets that the configuration names; a set that is discovered too is tended by what is said here.
    package var partitionSets: [PartitionSetDefinition]
    package var views: ViewDefaults
    /// Views that the configuration names.
    package var viewDefinitions: [ViewDefinition]
    /// Corpora that the configuration names; `nil` looks in every watched schema for the default names.
    package var corpora: [CorpusDefinition]?
    package var statistics: StatisticsDefaults
    package var locks: LockBudget
    package var ledger: LedgerDefinition

    package init(
        name: String,
        conninfo: String,
        pooler: PoolerPolicy = .refuse,
        schemas: [String] = [defaultSchema],
        partitions: PartitionDefaults = PartitionDefaults(),
        partitionSets: [PartitionSetDefinition] = [],
        views: ViewDefaults = ViewDefaults(),
        viewDefinitions: [ViewDefinition] = [],
        corpora: [CorpusDefinition]? = nil,
        statistics: StatisticsDefaults = StatisticsDefaults(),
        locks: LockBudget = LockBudget(),
        ledger: LedgerDefinition = LedgerDefinition()
    ) {
        self.name = name
        self.conninfo = conninfo
        self.pooler = pooler
        self.schemas = schemas
        self.partitions = partitions
        self.partitionSets = partitionSets
        self.views = views
        self.viewDefinitions = viewDefinitions
        self.corpora = corpora
        self.statistics = statistics
        self.locks = locks
        self.ledger = ledger
    }

    /// When the service does that kind of work.
    package func schedule(of task: TaskKind) -> TaskSchedule {
        switch task {
        case .partitions: partitions.schedule
        case .views: views.schedule
        case .statistics: statistics.schedule
        }
    }

    /// Whether anything of that kind is looked for in the watched schemas.
    package func discovers(_ task: TaskKind) -> Bool {
        switch task {
        case .partitions: partitions.discover
        case .views: views.discover
        case .statistics: corpora == nil && statistics.discover
        }
    }

    /// Whether there can be anything of that kind to do: it is looked for, or named.
    package func mayHaveWork(for task: TaskKind) -> Bool {
        switch task {
        case .partitions: discovers(task) || !partitionSets.isEmpty
        case .views: discovers(task) || !viewDefinitions.isEmpty
        case .statistics: discovers(task) || !(corpora ?? []).isEmpty
        }
    }

    /// The schema that is watched when nothing else is said.
    package static let defaultSchema = "mcp"
}

/// What to do with a connection pooler that stands before the server.
package enum PoolerPolicy: String, CaseIterable, Hashable, Sendable {
    case refuse
    /// Accepted where a check under load agrees that each session has a backend of its own.
    case session
}

/// How long the application may be made to wait.
package struct LockBudget: Hashable, Sendable {
    /// The one deadline for all the locks that a step takes, from the first request on.
    package var perStep: Duration
    /// How often a step that met a lock is tried, the first time included.
    package var tries: Int
    /// The sum of the waits for one table, over all steps of a run and of those within the hour before it; when it is
    /// spent its steps are postponed. Without a ledger runs do not know of each other's waits.
    package var perTableAndHour: Duration

    package init(
        perStep: Duration = .milliseconds(200), tries: Int = 5, perTableAndHour: Duration = .seconds(5)
    ) {
        self.perStep = perStep
        self.tries = tries
        self.perTableAndHour = perTableAndHour
    }
}

/// What the service remembers in the database itself: its runs and slots.
package struct LedgerDefinition: Hashable, Sendable {
    /// False reports to the journal alone. Then several services on one database do the same work several times.
    package var enabled: Bool
    /// Runs and slots that are older are deleted.
    package var keep: Duration
    /// At most that many runs are kept, whatever their age.
    package var keepRuns: Int

    package init(enabled: Bool = true, keep: Duration = .seconds(30 * 86_400), keepRuns: Int = 10_000) {
        self.enabled = enabled
        self.keep = keep
        self.keepRuns = keepRuns
    }

    /// At most that many steps are kept, whatever the age of their run.
    package var keepSteps: Int { keepRuns.multipliedReportingOverflow(by: 10).overflow ? .max : keepRuns * 10 }
}
