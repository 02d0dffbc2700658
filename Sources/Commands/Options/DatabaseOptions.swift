import ArgumentParser
import Glibc
import Maintenance
import PostgresClient
import Reporting
import Settings

/// The flags of every command that takes a database.
struct DatabaseOptions: ParsableArguments {
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
            "A schema to watch, instead of the configured ones.", discussion: "Repeatable.", valueName: "name"))
    var schema: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration file.",
            discussion: "Without it \(ConfigurationFile.defaultPath), and where there is none, the defaults.",
            valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("How to report: text or json.", valueName: "format"))
    var logFormat: LogFormat?

    /// The configuration with every override applied. One that is not right ends the command.
    ///
    /// Problems go to standard error, one a line; so do warnings.
    func load() -> LoadedConfiguration {
        switch read() {
        case .success(let loaded):
            for warning in loaded.warnings { StandardOutput.complain("warning: \(warning)") }
            return loaded
        case .failure(let refusal):
            ReportStream.standardError.write(refusal.problems.map { "\($0)\n" }.joined())
            Glibc.exit(ExitStatus.configuration.rawValue)
        }
    }

    /// The same, for whoever says the problems himself.
    func read() -> Result<LoadedConfiguration, Refusal> {
        let flags = FlagOverrides(configFile: config, databases: database, schemas: schema, logFormat: logFormat)
        do throws(SettingsError) {
            let loaded = try Settings.load(flags: flags, environment: Self.environment)
            // The connection strings are libpq's to judge; it knows its keywords.
            let problems = loaded.configuration.databases.compactMap { database -> String? in
                do throws(PostgresError) {
                    _ = try ConnectionInfo(parsing: database.conninfo)
                    return nil
                } catch {
                    return "database \(database.name.visible): conninfo: \(error.message.visible)"
                }
            }
            return problems.isEmpty ? .success(loaded) : .failure(Refusal(problems: problems))
        } catch {
            return .failure(Refusal(problems: error.problems.map(\.description)))
        }
    }

    /// A configuration that is not right, each problem with its place.
    struct Refusal: Error {
        let problems: [String]
    }

    private static var environment: [String: String] {
        var found: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let parts = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return found
    }
}

extension LogFormat: ExpressibleByArgument {}
extension TaskKind: ExpressibleByArgument {}
