import Maintenance

/// The keys of the configuration file, put together. Each is declared once, in the file of what it belongs to; the
/// reader, the overrides, the validation, `config show`, what a reload changes and the reference follow from there.
enum ConfigurationKeys {
    static let file = Section<Configuration>(
        ServiceKeys.all + [
            .list(
                "databases", \.databases, defaults: defaultDatabase, identifiedBy: ConnectionKeys.identity,
                atLeastOne: true, database,
                "The databases to tend. `--database` selects some of them by name.")
        ])

    static let defaultDatabase = DatabaseDefinition(name: "", conninfo: "")

    /// One element of `databases`. Its overrides hold for every selected database.
    static let database = Section<DatabaseDefinition>(
        ConnectionKeys.all + LockKeys.all + TaskKind.allCases.map(section(of:)) + [LedgerKeys.section])

    private static func section(of task: TaskKind) -> Key<DatabaseDefinition> {
        switch task {
        case .partitions: PartitionKeys.section
        case .views: ViewKeys.section
        case .statistics: StatisticsKeys.section
        }
    }
}
