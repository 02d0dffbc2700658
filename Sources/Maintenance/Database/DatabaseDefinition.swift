/// What pgtend is asked to tend in one database. Every part but the connection has a default.
package struct DatabaseDefinition: Hashable, Sendable {
    /// How the configuration and the reports call it.
    package var name: String
    /// A libpq connection string; it may hold a password, so it is never printed as it is.
    package var conninfo: String
    package var pooler: PoolerUse
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
        pooler: PoolerUse = .refuse,
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
