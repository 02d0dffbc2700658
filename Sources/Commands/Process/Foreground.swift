import Glibc
import PostgresClient
import Reporting
import Synchronization

/// Runs the asynchronous part of a command, and exits when it ends.
///
/// SIGINT and SIGTERM cancel its task: what is running on the server is cancelled there and rolled back. A second
/// signal exits without waiting for that, as does one that comes when all is done and only a reader is waited for.
///
/// What it writes waits in memory for its reader, however long that takes, since meanwhile there may be a transaction or a
/// lock. When all that is given back, the command waits, too.
enum Foreground {
    private static let isDone = Atomic<Bool>(false)
    /// How long to wait for a reader after a signal.
    private static let patience = Duration.seconds(2)

    /// The first signal that was received; 0 if there was none.
    private static let stopSignal = Atomic<Int32>(0)

    /// The name of the signal that cancelled the command; nil if there was none.
    @Sendable static func stopReason() -> String? {
        ProcessSignals.name(of: stopSignal.load(ordering: .acquiring))
    }

    static func run(_ work: @escaping @Sendable () async -> ExitStatus) -> Never {
        ProcessSignals.block([SIGINT, SIGTERM])
        // Without its thread each line is written at once, and waits.
        _ = OutputQueue.ofThisProcess.open(limit: .max)
        let executor = QueueExecutor(label: "pgtend.command")
        let task = Task(executorPreference: executor) {
            let status = await work()
            isDone.store(true, ordering: .sequentiallyConsistent)
            let signal = stopSignal.load(ordering: .sequentiallyConsistent)
            OutputQueue.ofThisProcess.drain(within: signal == 0 ? nil : patience)
            if signal != 0 { Glibc.exit(ExitStatus.interrupted(by: signal)) }
            Glibc.exit((StandardOutput.isLost ? .outputLost : status).rawValue)
        }
        ProcessSignals.receive([SIGINT, SIGTERM]) { number in
            let isFirst = stopSignal.compareExchange(
                expected: 0, desired: number, ordering: .sequentiallyConsistent
            ).exchanged
            guard isFirst, !isDone.load(ordering: .sequentiallyConsistent) else {
                _exit(ExitStatus.interrupted(by: number))
            }
            task.cancel()
        }
    }
}
