import ArgumentParser
import Settings

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at the configuration.",
        discussion: """
            EXAMPLES
              Everything that is wrong with it, each with its place:
                pgtend config check --config pgtend.yaml
              What is in force, and who said so:
                PGTEND_PREMAKE=6 pgtend config show
            """,
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the configuration in force: file, environment and flags together, secrets left out.")

    @OptionGroup var databases: DatabaseOptions

    func run() throws {
        let loaded = databases.loadOrExit()
        StandardOutput.write(loaded.rendered())
    }
}
