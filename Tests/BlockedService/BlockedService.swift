import Dispatch
import Glibc
import Maintenance
import PostgresClient
import Supervision
import SystemdIO

/// The service with a sink that blocks, as soon as a reload is refused: then the loop's own queue hangs, and every other
/// thread goes on.
@main
enum BlockedService {
    /// Swift ties what `main` itself does to the main thread's queue, closures included.
    static func main() throws { try serve() }

    private static func serve() throws {
        var reload = sigset_t()
        sigemptyset(&reload)
        sigaddset(&reload, SIGHUP)
        pthread_sigmask(SIG_BLOCK, &reload, nil)

        let environment = ServiceEnvironment(
            sink: BlockingSink(), watchdogInterval: try Watchdog.interval, reload: { .refused(problems: []) },
            worker: { fatalError("there is no database") })
        let service = Service(
            ServiceSettings(databases: []), start: Service.Start(version: "blocked", configuration: nil),
            environment: environment)
        let executor = QueueExecutor(label: "test.service")
        Task(executorPreference: executor) { await service.run() }

        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "test.signals"))
        source.setEventHandler { Task(executorPreference: executor) { await service.reload() } }
        source.activate()
        let pulse = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "test.pulse"))
        pulse.schedule(deadline: .now(), repeating: .milliseconds(100))
        pulse.setEventHandler { BlockingSink.write("another thread goes on") }
        pulse.activate()
        withExtendedLifetime((source, pulse)) {
            while true { pause() }
        }
    }
}

private struct BlockingSink: EventSink {
    func record(_ event: MaintenanceEvent) {
        guard case .service(.reloadRefused) = event else { return }
        Self.write("the loop is blocked")
        while true { sleep(1000) }
    }

    /// Standard error is the journal's.
    static func write(_ line: String) {
        let text = line + "\n"
        guard Glibc.write(STDERR_FILENO, text, text.utf8.count) == text.utf8.count else { exit(74) }
    }
}
