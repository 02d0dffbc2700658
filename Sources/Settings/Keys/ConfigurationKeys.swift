import Maintenance

/// All keys of the configuration file. Each is declared once, in one of the files of this folder; decoding, overrides,
/// validation, `config show`, the changes of a reload and the reference are derived from the declaration.
enum ConfigurationKeys {
    static let file = Section<Configuration>(
        ServiceKeys.all + [
            .list(
                "databases", \.databases, defaults: defaultDatabase, identifiedBy: ConnectionKeys.identity,
                atLeastOne: true, database,
                "The databases to tend. `--database` selects some of them by name.")
        ])

    static let defaultDatabase = DatabaseDefinition(name: "", conninfo: "")

    /// The keys of an element of `databases`. Their overrides apply to every selected database.
    static let database = Section<DatabaseDefinition>(
        ConnectionKeys.all + LockKeys.all + RunKeys.all + [
            PartitionKeys.section, ViewKeys.section, StatisticsKeys.section, LedgerKeys.section,
        ])
}
