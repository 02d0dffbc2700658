import ArgumentParser
import Glibc
import Maintenance
import Reporting
import Settings

/// The flags that say which databases a command may change.
///
/// What the configuration has for the runs of the service is not meant for a change of the schema: such a command takes one
/// database, and one that only the configuration names is confirmed by its own name.
struct ChangedDatabases: ParsableArguments {
    /// A paragraph of a command's help.
    static let help = """
        It changes one database: the one that --database names, or the one of the configuration, which has to be confirmed \
        by its own name, typed at the terminal or given with --confirm. All of several are changed with --all-databases \
        --yes only.
        """

    @OptionGroup var selection: DatabaseSelection

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Confirm without being asked: the database's own name.",
            discussion: "Asked for where --database does not name it.", valueName: "name"))
    var confirm: String?

    @Flag(name: .long, help: "Change every database of the configuration; needs --yes.")
    var allDatabases = false

    @Flag(name: .long, help: "Confirm --all-databases.")
    var yes = false

    func validate() throws {
        if allDatabases, !selection.database.isEmpty || confirm != nil {
            throw ValidationError("--all-databases goes with neither --database nor --confirm")
        }
        if yes, !allDatabases {
            throw ValidationError(
                "--yes confirms --all-databases; one database is confirmed with --confirm and its name")
        }
    }

    /// Loads the configuration as ``DatabaseSelection/loadOrExit()`` does. Exits with ``ExitStatus/usage`` where it leaves
    /// open which database is to be changed.
    ///
    /// - Parameters:
    ///   - command: such as `apply`.
    ///   - changing: if false, nothing will be changed, and all of them are taken.
    func loadOrExit(for command: String, changing: Bool) -> LoadedConfiguration {
        let loaded = selection.loadOrExit()
        let names = loaded.configuration.databases.map(\.name.visible).joined(separator: ", ")
        if changing, allDatabases ? !yes : loaded.configuration.databases.count != 1 {
            StandardError.write(
                allDatabases
                    ? "\(command) would change every database of the configuration: \(names); nothing was changed\n"
                        + "  what to do: repeat the command with --yes"
                    : "\(command) works on one database at a time, and "
                        + "\(loaded.configuration.databases.count) are configured: \(names); nothing was changed\n"
                        + "  what to do: name it with --database, or change all of them with --all-databases --yes")
            Glibc.exit(ExitStatus.usage.rawValue)
        }
        return loaded
    }

    /// What has to be confirmed before one database is changed; nil if nothing has to be.
    var confirmation: Confirmation? {
        guard !allDatabases, selection.database.isEmpty || confirm != nil else { return nil }
        return Confirmation(given: confirm)
    }
}
