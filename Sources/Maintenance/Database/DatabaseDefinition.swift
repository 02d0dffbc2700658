/// What pgtend maintains in one database, and how. Everything but the name and the connection has a default.
package struct DatabaseDefinition: Hashable, Sendable {
    /// The name of the database in the configuration and in reports; not that of the database on the server.
    package var name: String
    /// A libpq connection string. It may contain a password, so it must not be printed.
    package var conninfo: String
    package var pooler: PoolerPolicy
    /// The schemas in which tables, views and corpora are discovered.
    package var schemas: [String]
    package var partitions: PartitionDefaults
    /// Sets that the configuration names. Where a set is also discovered, these settings override the defaults.
    package var partitionSets: [PartitionSetDefinition]
    package var views: ViewDefaults
    /// Views that the configuration names.
    package var viewDefinitions: [ViewDefinition]
    /// Corpora that the configuration names; nil looks for the conventional names in every watched schema.
    package var corpora: [CorpusDefinition]?
    package var statistics: StatisticsDefaults
    package var locks: LockBudget
    /// How long a run goes on with work that takes several steps, each planned from what the former has left; counted from
    /// its first step. The next run goes on.
    package var slice: Duration
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
        slice: Duration = .seconds(900),
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
        self.slice = slice
        self.ledger = ledger
    }

    /// When the service runs that kind of task.
    package func schedule(of task: TaskKind) -> TaskSchedule { task.traits.schedule(self) }

    /// Whether objects for that kind of task are discovered in the watched schemas.
    package func discovers(_ task: TaskKind) -> Bool { task.traits.discovers(self) }

    /// Whether that kind of task can have any work: its objects are discovered, or the configuration names some.
    package func mayHaveWork(for task: TaskKind) -> Bool { discovers(task) || task.traits.names(self) }

    /// The schema that is watched unless the configuration says otherwise.
    package static let defaultSchema = "mcp"
}

/// What to do where a connection pooler sits between pgtend and the server.
package enum PoolerPolicy: String, CaseIterable, Hashable, Sendable {
    case refuse
    /// Accept a pooler in session mode: a check under load has to confirm that each session has a backend of its own.
    case session
}

/// How long the application may be made to wait for pgtend's locks.
package struct LockBudget: Hashable, Sendable {
    /// One deadline for all the locks of a step together, counted from the first request.
    package var perStep: Duration
    /// How many times a step is tried when it runs into a lock, including the first.
    package var tries: Int
    /// How long the locks on one table may be waited for in total: by all steps of this run, and of the runs within the
    /// hour before it. Once it is used up, further steps on that table are postponed. Without a ledger, the waits of
    /// other runs are not known.
    package var perTableAndHour: Duration

    package init(
        perStep: Duration = .milliseconds(200), tries: Int = 5, perTableAndHour: Duration = .seconds(5)
    ) {
        self.perStep = perStep
        self.tries = tries
        self.perTableAndHour = perTableAndHour
    }
}

/// Whether and for how long runs and slots are recorded in the database itself.
package struct LedgerDefinition: Hashable, Sendable {
    /// False records nothing in the database. Several services on one database then repeat each other's work.
    package var enabled: Bool
    /// How long runs and slots are kept; older ones are deleted.
    package var keep: Duration
    /// The most runs that are kept, whatever their age.
    package var keepRuns: Int
    /// The role that owns the ledger; nil: pgtend's own, or a superuser. Whoever owns it has code run as pgtend's role.
    package var owner: String?

    package init(
        enabled: Bool = true, keep: Duration = .seconds(30 * 86_400), keepRuns: Int = 10_000, owner: String? = nil
    ) {
        self.owner = owner
        self.enabled = enabled
        self.keep = keep
        self.keepRuns = keepRuns
    }

    /// The most steps that are kept, whatever the age of their run.
    package var keepSteps: Int { keepRuns.multipliedReportingOverflow(by: 10).overflow ? .max : keepRuns * 10 }
}
