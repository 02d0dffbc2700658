import Maintenance
import SQLText
import Synchronization

/// Marks the failures of a run that are like many before them: a grant that is missing for a thousand tenants is not a
/// thousand entries in a log. The summary of the run counts them all.
package final class RepetitionLimit: EventSink {
    /// So many failures of one kind of task with one SQLSTATE are reported one by one.
    package static let limit = 20

    /// What makes failures alike.
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
    /// By run: a service has several at a time.
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
