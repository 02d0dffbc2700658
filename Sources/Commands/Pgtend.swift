import ArgumentParser
import Settings

/// The root command. Not an `AsyncParsableCommand`, which would use Swift's own thread pool: once that has been used,
/// libdispatch wakes up every second.
package struct Pgtend: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pgtend",
        abstract: "Tends a PostgreSQL schema: partitions ahead of time, fresh views, exact search statistics.",
        discussion: """
            EXAMPLES
              What would be done, and with which locks; changes nothing:
                pgtend plan --database 'host=/run/postgresql dbname=shop' --schema sales
              Do it:
                pgtend run --database 'host=/run/postgresql dbname=shop' --schema sales
              Every database of the configuration file, partitions only:
                pgtend run partitions --config /etc/pgtend/pgtend.yaml
              Do it whenever it is due, as a service:
                pgtend serve --config /etc/pgtend/pgtend.yaml
              How it stands, and what was done; also while the service is down:
                pgtend status
                pgtend history --since 1d
              Is the configuration right, and does the role have what it needs?
                pgtend config check --connect

            \(ExitStatus.help)
            """,
        version: "pgtend \(Version.text)",
        subcommands: [
            ServeCommand.self, RunCommand.self, PlanCommand.self, StatusCommand.self, HistoryCommand.self,
            ConfigCommand.self, SchemaCommand.self,
        ])

    package init() {}

    package static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let correction = correction(of: arguments) { exit(withError: ValidationError(correction)) }
        main(arguments)
    }

    /// Which command was meant, where there is none of that name; ArgumentParser suggests options only.
    static func correction(of arguments: [String]) -> String? {
        var (command, path): (any ParsableCommand.Type, [String]) = (Pgtend.self, [])
        for word in arguments {
            let known = command.configuration.subcommands
            if known.isEmpty || word.hasPrefix("-") { return nil }
            if let next = known.first(where: { $0._commandName == word }) {
                (command, path) = (next, path + [word])
                continue
            }
            let names = known.map { $0._commandName } + ["help"]
            if names.contains(word) { return nil }
            let below = known.first { $0.configuration.subcommands.contains { $0._commandName == word } }
            let meant = Spelling.nearest(to: word, among: names) ?? below.map { "\($0._commandName) \(word)" }
            return meant.map {
                "Unexpected argument '\(word)'. Did you mean '\((path + [$0]).joined(separator: " "))'?"
            }
        }
        return nil
    }
}

/// The version of the program; CHANGELOG.md has an entry for it.
enum Version {
    static let text = "0.1.0"
}
