import ArgumentParser
import Settings

/// Which databases a command is about. All that there is to say where the schemas to watch and the form of reports have no
/// effect.
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

    /// The configuration with every override applied. One that is not right ends the command.
    func load() -> LoadedConfiguration { FlagOverrides(configFile: config, databases: database).load() }
}
