import Glibc
import PostgresClient
import Reporting
import Settings

/// A configuration that is not right, each problem with its place.
struct ConfigurationRefusal: Error {
    let problems: [String]
}

extension FlagOverrides {
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
    func read() -> Result<LoadedConfiguration, ConfigurationRefusal> {
        do throws(SettingsError) {
            let loaded = try Settings.load(flags: self, environment: Self.environment)
            // The connection strings are libpq's to judge; it knows its keywords.
            let problems = loaded.configuration.databases.compactMap { database -> String? in
                do throws(PostgresError) {
                    _ = try ConnectionInfo(parsing: database.conninfo)
                    return nil
                } catch {
                    return "database \(database.name.visible): conninfo: \(error.message.visible)"
                }
            }
            return problems.isEmpty ? .success(loaded) : .failure(ConfigurationRefusal(problems: problems))
        } catch {
            return .failure(ConfigurationRefusal(problems: error.problems.map(\.description)))
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
