import Glibc
import PostgresClient
import Supervision
import Synchronization

/// Runs the service, and exits when it ends. SIGHUP reloads the configuration, SIGINT and SIGTERM stop the service.
enum ServiceProcess {
    private static let stopSignals = Atomic<Int>(0)

    static func run(_ service: Service) -> Never {
        let signals = [SIGINT, SIGTERM, SIGHUP]
        ProcessSignals.block(signals)
        let executor = QueueExecutor(label: "pgtend.process")
        Task(executorPreference: executor) {
            await service.run()
            Glibc.exit(ExitStatus.done.rawValue)
        }
        let sources = ProcessSignals.receive(signals) { number in
            if number == SIGHUP {
                Task(executorPreference: executor) { await service.reload() }
                return
            }
            // The third signal exits at once, in case the service hangs.
            let count = stopSignals.add(1, ordering: .acquiringAndReleasing).newValue
            guard count < 3 else { _exit(ExitStatus.interrupted(by: number)) }
            let reason = ProcessSignals.name(of: number) ?? "signal \(number)"
            Task(executorPreference: executor) { await service.stop(reason: reason) }
        }
        ProcessSignals.waitForever(keeping: sources)
    }
}
