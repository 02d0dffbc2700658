import Glibc
import PostgresClient
import Reporting
import Settings

/// The problems of an invalid configuration, each with its place.
struct InvalidConfiguration: Error {
    let problems: [String]
}

extension FlagOverrides {
    /// Loads the configuration with all overrides, and writes warnings to standard error. If it is invalid, writes its
    /// problems there, one per line, and exits with ``ExitStatus/configuration``. Before that it proves that the command
    /// can work at all, or else exits with ``ExitStatus/limited``.
    func loadOrExit() -> LoadedConfiguration {
        if let obstacle = ProcessLimits.obstacle() {
            StandardError.write("nothing was done: \(obstacle)")
            Glibc.exit(ExitStatus.limited.rawValue)
        }
        switch load() {
        case .success(let loaded):
            for warning in loaded.warnings { StandardError.write("warning: \(warning)") }
            return loaded
        case .failure(let refusal):
            ReportStream.standardError.write(refusal.problems.map { "\($0)\n" }.joined())
            Glibc.exit(ExitStatus.configuration.rawValue)
        }
    }

    /// Loads the configuration with all overrides; the caller reports warnings and problems.
    func load() -> Result<LoadedConfiguration, InvalidConfiguration> {
        do throws(SettingsError) {
            let loaded = try Settings.load(flags: self, environment: Self.environment)
            // libpq decides whether a connection string is valid, since it knows the keywords.
            let problems = loaded.configuration.databases.compactMap { database -> String? in
                do throws(PostgresError) {
                    _ = try ConnectionInfo(parsing: database.conninfo)
                    return nil
                } catch {
                    return "database \(database.name.visible): conninfo: \(error.message.visible)"
                }
            }
            return problems.isEmpty ? .success(loaded) : .failure(InvalidConfiguration(problems: problems))
        } catch {
            return .failure(InvalidConfiguration(problems: error.problems.map(\.description)))
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
