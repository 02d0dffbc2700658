import ArgumentParser
import Maintenance
import Reporting
import Settings

/// The flags of the commands that work on the objects of databases.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var selection: DatabaseSelection

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A schema to watch, instead of the configured ones.", discussion: "Repeatable.", valueName: "name"))
    var schema: [String] = []

    @Option(name: .long, help: ArgumentHelp("How to report: text or json.", valueName: "format"))
    var logFormat: LogFormat?

    /// As ``FlagOverrides/loadOrExit()``.
    func loadOrExit() -> LoadedConfiguration { flags.loadOrExit() }

    /// As ``FlagOverrides/load()``.
    func load() -> Result<LoadedConfiguration, InvalidConfiguration> { flags.load() }

    private var flags: FlagOverrides {
        FlagOverrides(
            configFile: selection.config, databases: selection.database, schemas: schema, logFormat: logFormat)
    }
}

extension LogFormat: ExpressibleByArgument {}
extension TaskKind: ExpressibleByArgument {}

extension ReportFormat {
    /// The format that the configuration requests; nil if it leaves the choice to the environment.
    init?(_ format: LogFormat?) {
        switch format {
        case .text?: self = .text
        case .json?: self = .json
        case nil: return nil
        }
    }
}
