import Maintenance

/// Carries out runs in one database, one after the other, and may keep a connection from one to the next.
package protocol RunWorker: Sendable {
    /// One run. It begins no further step once `stopReason` returns a reason, and ends early when its task is cancelled.
    func run(
        _ order: Supervisor.RunOrder, sink: any EventSink, stopReason: @escaping @Sendable () -> String?
    ) async -> RunSummary

    /// No run follows: closes the connection that was kept.
    func finish() async
}
