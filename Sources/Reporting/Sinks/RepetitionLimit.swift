import Maintenance
import SQLText
import Synchronization

/// Marks failures as repetitions once a run has had many of the same kind, so that a missing privilege for a thousand
/// tenants does not become a thousand log entries. The summary of the run counts them all.
package final class RepetitionLimit: EventSink {
    /// How many failures of one kind of task with the same SQLSTATE are reported individually.
    package static let limit = 20

    /// Two failures are of the same kind if these are equal.
    struct Failure: Hashable {
        let task: TaskKind
        let sqlState: SQLState?

        init?(_ report: StepReport) {
            guard case .failed(let failure) = report.outcome else { return nil }
            task = report.step.task
            sqlState = failure.sqlState
        }
    }

    private let sink: any EventSink
    /// Counts by run id: a service has several runs at a time.
    private let seen = Mutex<[String: [Failure: Int]]>([:])

    package init(before sink: any EventSink) {
        self.sink = sink
    }

    package func record(_ event: MaintenanceEvent) {
        switch event {
        case .runFinished(let summary):
            seen.withLock { $0[summary.runID] = nil }
            sink.record(event)
        case .stepFinished(let runID, let database, var report):
            if let failure = Failure(report) {
                report.isRepetition = seen.withLock { seen in
                    seen[runID, default: [:]][failure, default: 0] += 1
                    return seen[runID, default: [:]][failure, default: 0] > Self.limit
                }
            }
            sink.record(.stepFinished(runID: runID, database: database, report))
        default: sink.record(event)
        }
    }
}
