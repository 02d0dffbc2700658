import Glibc
import PostgresClient
import Reporting
import Supervision

/// Runs the service, and exits when it ends. SIGHUP reloads the configuration, SIGINT and SIGTERM stop the service.
enum ServiceProcess {
    /// What waits for the readers of the reports, in bytes. More is dropped.
    private static let unwritten = 1 << 20
    /// How long the end of the service waits for those readers.
    private static let patience = Duration.seconds(2)

    static func run(_ service: Service) -> Never {
        let signals = [SIGINT, SIGTERM, SIGHUP]
        ProcessSignals.block(signals)
        // The thread was proved to be there, among others.
        _ = OutputQueue.ofThisProcess.open(limit: unwritten)
        let executor = QueueExecutor(label: "pgtend.process")
        Task(executorPreference: executor) {
            await service.run()
            OutputQueue.ofThisProcess.drain(within: patience)
            Glibc.exit(ExitStatus.done.rawValue)
        }
        var stopSignals = 0
        ProcessSignals.receive(signals) { number in
            if number == SIGHUP {
                Task(executorPreference: executor) { await service.reload() }
                return
            }
            // The third signal exits at once, in case the service hangs.
            stopSignals += 1
            guard stopSignals < 3 else { _exit(ExitStatus.interrupted(by: number)) }
            let reason = ProcessSignals.name(of: number) ?? "signal \(number)"
            Task(executorPreference: executor) { await service.stop(reason: reason) }
        }
    }
}
