import Dispatch
import Glibc
import PostgresClient
import Synchronization

/// Runs the asynchronous part of a command to its end, and the process with it.
///
/// SIGINT and SIGTERM cancel the task: what is running on the server is cancelled there and rolled back. The second
/// one does not wait for that.
enum Foreground {
    /// The signal that asked the command to stop.
    private static let stopSignal = Atomic<Int32>(0)

    /// `SIGINT` or `SIGTERM`, once one has come.
    @Sendable static func stopReason() -> String? {
        switch stopSignal.load(ordering: .acquiring) {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        default: nil
        }
    }

    static func run(_ work: @escaping @Sendable () async -> ExitStatus) -> Never {
        // Blocked, not ignored, and before there is a second thread: a source is registered on its own time, and a
        // signal that comes before that waits for it instead of being lost.
        var stopSignals = sigset_t()
        sigemptyset(&stopSignals)
        for number in [SIGINT, SIGTERM] { sigaddset(&stopSignals, number) }
        pthread_sigmask(SIG_BLOCK, &stopSignals, nil)
        // A reader of the reports that goes away (`pgtend run 2>&1 | head`) does not end the run.
        signal(SIGPIPE, SIG_IGN)

        let executor = QueueExecutor(label: "pgtend.command")
        let task = Task(executorPreference: executor) {
            let status = await work()
            let signal = stopSignal.load(ordering: .acquiring)
            Glibc.exit(signal == 0 ? status.rawValue : ExitStatus.interrupted(by: signal))
        }
        let sources = [SIGINT, SIGTERM].map { number in
            // A queue of their own: a command that hangs can still be ended.
            let source = DispatchSource.makeSignalSource(signal: number, queue: DispatchQueue(label: "pgtend.signals"))
            source.setEventHandler {
                let isFirst = stopSignal.compareExchange(
                    expected: 0, desired: number, ordering: .acquiringAndReleasing
                ).exchanged
                guard isFirst else { _exit(ExitStatus.interrupted(by: number)) }
                task.cancel()
            }
            source.resume()
            return source
        }
        // Not dispatchMain(): it waits in sigsuspend with every signal unblocked, and the first one would end the
        // process right there. Nothing here needs the main queue.
        while true { withExtendedLifetime(sources) { _ = pause() } }
    }
}
