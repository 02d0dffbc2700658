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
            let found = Set(loaded.configuration.databases.indices.compactMap { invalidConnection(loaded, $0) })
            let problems = found.sorted { ($0.source, $0.message) < ($1.source, $1.message) }.map(\.description.visible)
            return problems.isEmpty ? .success(loaded) : .failure(InvalidConfiguration(problems: problems))
        } catch {
            return .failure(InvalidConfiguration(problems: error.problems.map(\.description)))
        }
    }

    /// Why the database of that index can never be connected to, where its connection string or the environment says so.
    private func invalidConnection(_ loaded: LoadedConfiguration, _ index: Int) -> Problem? {
        let path = "databases[\(index)].conninfo"
        let source = loaded.sources[path] ?? .builtIn
        func problem(_ message: String) -> Problem {
            let isInFile = if case .file = source { true } else { false }
            return Problem(source: source, path: isInFile ? path : "", message: message)
        }
        do throws(PostgresError) {
            let info = try ConnectionInfo(parsing: loaded.configuration.databases[index].conninfo)
            do throws(InvalidSetting) {
                try info.validate()
                return nil
            } catch {
                guard let variable = error.variable else { return problem(error.message) }
                return Problem(source: .environment(variable: variable), message: error.message)
            }
        } catch {
            return problem(error.message)
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
