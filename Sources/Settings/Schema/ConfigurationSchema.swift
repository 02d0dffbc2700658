import CivilTime
import Maintenance
import SQLText

/// The keys of the configuration file, in one place: the reader, the environment, `config show`, the
/// did-you-mean and the reference all follow this table.
enum ConfigurationSchema {
    static let root = Section<Configuration>([
        .value(
            "log_format", \.logFormat, ValueFormat<LogFormat>.word.optional, variable: "PGTEND_LOG_FORMAT",
            "How to write to standard error where no journal listens. Without it: text."),
        .value(
            "connections", \.connections, .integer(1...100, because: "each is a connection and a running task"),
            variable: "PGTEND_CONNECTIONS",
            "At how many databases the service works at once; what is due in others waits for its turn."),
        .value(
            "stop_grace", \.stopGrace,
            .duration(.seconds(1) ... .seconds(600), because: "whoever stops a service waits for it"),
            variable: "PGTEND_STOP_GRACE",
            "How long a running step may go on after SIGTERM before it is cancelled on the server."),
        .list(
            "databases", \.databases, blank: blankDatabase, atLeastOne: true, database,
            "The databases to tend. `--database` selects some of them by name."),
    ])

    static let blankDatabase = DatabaseDefinition(name: "", conninfo: "")

    /// One element of `databases`. Its environment variables hold for every selected database.
    static let database = Section<DatabaseDefinition>([
        .value(
            "name", \.name, .databaseName, isRequired: true,
            "What the database is called in commands, reports and metrics. Unique in the file."),
        .value(
            "conninfo", \.conninfo, .conninfo, isRequired: true,
            """
            The connection string, keywords or URI, several hosts and TLS as libpq has them. Empty: libpq's own \
            variables and defaults. Keep a password out of it: use a password file.
            """),
        .value(
            "pooler", \.pooler, .word, variable: "PGTEND_POOLER",
            """
            What to do where a connection pooler such as pgbouncer stands before the server. session: accept it if a \
            check under load finds that each session has a backend of its own.
            """),
        .names(
            "schemas", \.schemas, of: "schema", variable: "PGTEND_SCHEMAS",
            "Where tables, views and corpora are discovered. Exact names, without SQL quotes."),
        .value(
            "lock_timeout", \.locks.perStep,
            .duration(.milliseconds(1) ... .seconds(60), because: "whoever needs the table queues behind the wait"),
            variable: "PGTEND_LOCK_TIMEOUT", "One deadline for all the locks that a step takes."),
        .value(
            "lock_tries", \.locks.tries, .integer(1...100, because: "each try makes others wait"),
            variable: "PGTEND_LOCK_TRIES", "How often a step that met a lock is tried, the first time included."),
        .value(
            "lock_budget_per_hour", \.locks.perTableAndHour,
            .duration(.milliseconds(1) ... .seconds(3600), because: "it is spent within an hour"),
            variable: "PGTEND_LOCK_BUDGET_PER_HOUR",
            """
            The sum of the waits for one table within an hour, counted over all runs in the ledger, without one over \
            the steps of one run; when it is spent, steps are postponed. At least lock_timeout.
            """),
        .section("partitions", partitions, "Time-range partitions."),
        .section("views", views, "Materialized views."),
        .section("statistics", statistics, "Corpus statistics for full-text ranking."),
        .section("ledger", ledger, "What the service remembers of its runs, in the database itself."),
    ])

    // MARK: Partitions

    private static let premake = ValueFormat<Int>.integer(
        0...400, because: "each is a table that every plan of a query has to weigh")

    private static let partitions = Section<DatabaseDefinition>([
        .value(
            "discover", \.partitions.discover, .truth, variable: "PGTEND_PARTITIONS_DISCOVER",
            "Whether partition sets are looked for in the schemas. Sets that are listed are tended anyway."),
        .value(
            "premake", \.partitions.premake, premake, variable: "PGTEND_PREMAKE",
            "How many periods after the current one must have a partition."),
        .value(
            "fill_gaps", \.partitions.fillGaps, .truth, variable: "PGTEND_FILL_GAPS",
            "Whether missing periods before the current one are created too."),
        .schedule(
            \.partitions.schedule, variable: "PGTEND_PARTITIONS_EVERY", "When the service looks after partitions."),
        .list(
            "sets", \.partitionSets, blank: PartitionSetDefinition(table: nameless), partitionSet,
            "Partitioned tables that are named; each key that is missing is as discovered, or as said above."),
    ])

    private static let partitionSet = Section<PartitionSetDefinition>([
        .value(
            "table", \.table, .relation("table"), isRequired: true,
            "The partitioned table. Unique among the sets."),
        .value(
            "interval", \.interval, ValueFormat<CalendarInterval>.word.optional,
            "The period of one partition; weeks are ISO weeks, from Monday."),
        .value(
            "zone", \.zone, ValueFormat.zone.optional,
            "The zone in which the bounds of a timestamptz key are midnights. Without it: as discovered, else UTC."),
        .value("premake", \.premake, premake.optional, "As above, for this table alone."),
        .value(
            "naming", \.naming, ValueFormat.naming.optional,
            """
            How partitions are called, by the first day of their period: YYYY and YY the year, MM the month, DD \
            the day, Q the quarter, IYYY and IW the ISO year and week, DDD the day of the year. It must tell the \
            periods of the interval apart.
            """),
        .value("fill_gaps", \.fillGaps, ValueFormat.truth.optional, "As above, for this table alone."),
        .value("enabled", \.enabled, .truth, "False leaves the table alone, also when it is discovered."),
    ])

    // MARK: Views

    /// PostgreSQL counts the milliseconds of a time limit in 32 bits: 24 days, and a little more.
    private static let statementTimeout = ValueFormat<Duration>.duration(
        .milliseconds(1) ... .seconds(24 * 86_400), because: "PostgreSQL counts no further")

    private static let views = Section<DatabaseDefinition>([
        .value(
            "discover", \.views.discover, .truth, variable: "PGTEND_VIEWS_DISCOVER",
            "Whether materialized views are looked for in the schemas. Views that are listed are tended anyway."),
        .value(
            "blocking", \.views.blocking, .word, variable: "PGTEND_VIEWS_BLOCKING",
            "What to do with a populated view that cannot be refreshed concurrently: its readers would wait."),
        .value(
            "statement_timeout", \.views.statementTimeout, statementTimeout,
            variable: "PGTEND_VIEWS_STATEMENT_TIMEOUT",
            "The time limit of one refresh; it is cancelled on the server."),
        .schedule(\.views.schedule, variable: "PGTEND_VIEWS_EVERY", "When the service refreshes views."),
        .list(
            "list", \.viewDefinitions, blank: ViewDefinition(view: nameless), view,
            "Views that are named; each key that is missing is as said above."),
    ])

    private static let view = Section<ViewDefinition>([
        .value(
            "view", \.view, .relation("materialized view"), isRequired: true,
            "The materialized view. Unique in the list."),
        .value(
            "blocking", \.blocking, ValueFormat<BlockingRefresh>.word.optional, "As above, for this view alone."),
        .value(
            "statement_timeout", \.statementTimeout, statementTimeout.optional, "As above, for this view alone."),
        .value("enabled", \.enabled, .truth, "False leaves the view alone, also when it is discovered."),
    ])

    // MARK: Statistics

    private static let statistics = Section<DatabaseDefinition>([
        .value(
            "discover", \.statistics.discover, .truth, variable: "PGTEND_STATISTICS_DISCOVER",
            """
            Whether the tables and the function of the usual names are looked for in the schemas, when `corpora` \
            is missing.
            """),
        .value(
            "statement_timeout", \.statistics.statementTimeout, statementTimeout,
            variable: "PGTEND_STATISTICS_STATEMENT_TIMEOUT",
            "The time limit of one tenant's update; it is cancelled on the server."),
        .schedule(
            \.statistics.schedule, variable: "PGTEND_STATISTICS_EVERY", "When the service updates statistics."),
        .optionalList(
            "corpora", \.corpora,
            blank: CorpusDefinition(source: nameless, target: nameless), corpus,
            "The corpora. An empty list means none at all."),
    ])

    private static let corpus = Section<CorpusDefinition>([
        .section("source", isRequired: true, source, "Where the documents are."),
        .section("target", isRequired: true, target, "Where the figures are kept, one row a tenant."),
        .optionalSection(
            "terms", \.terms, blank: CorpusDefinition.TermTable(table: nameless), terms,
            "A table of (tenant, term, documents). Without it every term goes into the target's column."),
        .value(
            "function", \.function, ValueFormat.relation("function").optional,
            "A function of one argument, the tenant, that updates its figures. Without it pgtend's own statement."),
    ])

    private static let source = Section<CorpusDefinition>([
        .value("table", \.source, .relation("table"), isRequired: true, "The table of documents."),
        .value("tenant", \.sourceColumns.tenant, .name(of: "column"), "The column with the tenant."),
        .value("tsvector", \.sourceColumns.tsvector, .name(of: "column"), "The column with the document's tsvector."),
    ])

    private static let target = Section<CorpusDefinition>([
        .value(
            "table", \.target, .relation("table"), isRequired: true,
            "The table of figures, unique on its tenant column. No two corpora share one."),
        .value("tenant", \.targetColumns.tenant, .name(of: "column"), "The column with the tenant."),
        .value("documents", \.targetColumns.documents, .name(of: "column"), "The number of documents."),
        .value("average", \.targetColumns.average, .name(of: "column"), "Their average length."),
        .value(
            "frequencies", \.targetColumns.frequencies, .name(of: "column"), "The document frequencies, as jsonb."),
        .value("updated", \.targetColumns.updated, .name(of: "column"), "When the figures were counted."),
    ])

    private static let terms = Section<CorpusDefinition.TermTable>([
        .value("table", \.table, .relation("table"), isRequired: true, "The table of terms."),
        .value("tenant", \.tenant, .name(of: "column"), "The column with the tenant."),
        .value("term", \.term, .name(of: "column"), "The column with the lexeme."),
        .value("documents", \.documents, .name(of: "column"), "The number of the tenant's documents with the term."),
    ])

    // MARK: Ledger

    private static let ledger = Section<DatabaseDefinition>([
        .value(
            "enabled", \.ledger.enabled, .truth, variable: "PGTEND_LEDGER_ENABLED",
            """
            False keeps the record of runs in the journal alone; several services then do the same work several times, \
            and a restart does not know what was done.
            """),
        .value(
            "keep", \.ledger.keep,
            .duration(.seconds(86_400) ... .seconds(3650 * 86_400), because: "a restart asks it what was done"),
            "Runs and slots that are older are deleted."),
        .value(
            "keep_runs", \.ledger.keepRuns,
            .integer(100...1_000_000, because: "a run is a row, and one for each of its steps"),
            "At most that many runs are kept, whatever their age."),
    ])

    /// Stands for a required name until it is read; a definition that keeps it is never handed out.
    private static let nameless = RelationName(schema: "", name: "")
}
