import Glibc
import PostgresClient
import Synchronization

/// Runs the asynchronous part of a command, and exits when it ends.
///
/// SIGINT and SIGTERM cancel its task: what is running on the server is cancelled there and rolled back. A second
/// signal exits without waiting for that.
enum Foreground {
    /// The first signal that was received; 0 if there was none.
    private static let stopSignal = Atomic<Int32>(0)

    /// The name of the signal that cancelled the command; nil if there was none.
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
