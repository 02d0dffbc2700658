import ArgumentParser

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
}

/// The version of the program; CHANGELOG.md has an entry for it.
enum Version {
    static let text = "0.1.0"
}
