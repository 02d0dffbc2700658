import ArgumentParser
import Settings

/// The flags that select databases, for commands on which `--schema` and `--log-format` would have no effect.
struct DatabaseSelection: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A database: a name from the configuration, or a connection string.",
            discussion:
                "A connection string contains '=' or '://'. Repeatable. Without it, every database of the file.",
            valueName: "name|conninfo"))
    var database: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file.",
            discussion: "Without it \(ConfigurationFile.defaultPath), and where there is none, the defaults.",
            valueName: "file"))
    var config: String?

    /// As ``FlagOverrides/loadOrExit()``.
    func loadOrExit() -> LoadedConfiguration { FlagOverrides(configFile: config, databases: database).loadOrExit() }
}
