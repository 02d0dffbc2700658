import Settings
import Supervision
import Synchronization

/// The configuration in force, and what a reload makes of it.
final class ConfigurationRereading: Sendable {
    private let options: DatabaseOptions
    private let inForce: Mutex<LoadedConfiguration>

    init(options: DatabaseOptions, inForce: LoadedConfiguration) {
        self.options = options
        self.inForce = Mutex(inForce)
    }

    @Sendable func reload() -> ServiceEnvironment.Reload {
        switch options.read() {
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
