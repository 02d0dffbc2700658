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
        ProcessSignals.name(of: stopSignal.load(ordering: .acquiring))
    }

    static func run(_ work: @escaping @Sendable () async -> ExitStatus) -> Never {
        ProcessSignals.block([SIGINT, SIGTERM])
        let executor = QueueExecutor(label: "pgtend.command")
        let task = Task(executorPreference: executor) {
            let status = await work()
            let signal = stopSignal.load(ordering: .acquiring)
            Glibc.exit(signal == 0 ? status.rawValue : ExitStatus.interrupted(by: signal))
        }
        let sources = ProcessSignals.receive([SIGINT, SIGTERM]) { number in
            let isFirst = stopSignal.compareExchange(
                expected: 0, desired: number, ordering: .acquiringAndReleasing
            ).exchanged
            guard isFirst else { _exit(ExitStatus.interrupted(by: number)) }
            task.cancel()
        }
        ProcessSignals.waitForever(keeping: sources)
    }
}
