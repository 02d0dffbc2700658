import Settings
import Supervision
import Synchronization

/// Reloads the configuration for the service, and compares it with the one in force.
final class ConfigurationReloader: Sendable {
    private let options: DatabaseOptions
    private let inForce: Mutex<LoadedConfiguration>

    init(options: DatabaseOptions, inForce: LoadedConfiguration) {
        self.options = options
        self.inForce = Mutex(inForce)
    }

    @Sendable func reload() -> ServiceEnvironment.Reload {
        switch options.load() {
        case .failure(let refusal): return .refused(problems: refusal.problems)
        case .success(let loaded):
            let changes = inForce.withLock { inForce in
                defer { inForce = loaded }
                return inForce.configuration.changes(to: loaded.configuration)
            }
            return .changed(
                ServiceSettings(loaded.configuration), changes: changes, warnings: loaded.warnings.map(\.description))
        }
    }
}
