import ArgumentParser
import Maintenance
import Settings

/// The flags of every command that works on the objects of a database.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var selection: DatabaseSelection

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A schema to watch, instead of the configured ones.", discussion: "Repeatable.", valueName: "name"))
    var schema: [String] = []

    @Option(name: .long, help: ArgumentHelp("How to report: text or json.", valueName: "format"))
    var logFormat: LogFormat?

    /// The configuration with every override applied. One that is not right ends the command.
    func load() -> LoadedConfiguration { flags.load() }

    /// The same, for whoever says the problems himself.
    func read() -> Result<LoadedConfiguration, ConfigurationRefusal> { flags.read() }

    private var flags: FlagOverrides {
        FlagOverrides(
            configFile: selection.config, databases: selection.database, schemas: schema, logFormat: logFormat)
    }
}

extension LogFormat: ExpressibleByArgument {}
extension TaskKind: ExpressibleByArgument {}
