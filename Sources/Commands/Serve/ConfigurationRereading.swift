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
            inForce.withLock { $0 = loaded }
            return .changed(ServiceSettings(loaded.configuration), changes: [])
        }
    }
}
