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

    /// The configuration with every override applied; nil when it is not right, which has been said then.
    ///
    /// Problems go to standard error, one a line; so do warnings.
    func load() -> LoadedConfiguration? {
        let flags = FlagOverrides(configFile: config, databases: database, schemas: schema, logFormat: logFormat)
        do throws(SettingsError) {
            let loaded = try Settings.load(flags: flags, environment: Self.environment)
            for warning in loaded.warnings { StandardOutput.complain("warning: \(warning)") }
            var isRight = true
            // The connection strings are libpq's to judge; it knows its keywords.
            for database in loaded.configuration.databases {
                do throws(PostgresError) {
                    _ = try ConnectionInfo(parsing: database.conninfo)
                } catch {
                    isRight = false
                    StandardOutput.complain("database \(database.name.visible): conninfo: \(error.message.visible)")
                }
            }
            return isRight ? loaded : nil
        } catch {
            ReportStream.standardError.write("\(error)\n")
            return nil
        }
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
