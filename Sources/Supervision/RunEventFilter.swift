import Maintenance
import SQLText
import Synchronization

/// Passes on the events of a service's runs, without those that would repeat themselves every few minutes.
///
/// A refusal, and what is said of the role, is reported once, and again when it changes. That a run could not begin, or that another service does it,
/// is left out: the supervisor reports it, since only the supervisor knows for how long that has been so.
final class RunEventFilter: EventSink {
    private let sink: any EventSink
    private let reportedRefusals = Mutex<[Subject: Refusal]>([:])
    /// What was said of the role of each database, with its name.
    private let reportedRoles = Mutex<[String: [String]]>([:])

    private struct Subject: Hashable {
        let database: String
        let task: TaskKind
        let object: RelationName
    }

    init(before sink: any EventSink) {
        self.sink = sink
    }

    func record(_ event: MaintenanceEvent) {
        if isNews(event) { sink.record(event) }
    }

    private func isNews(_ event: MaintenanceEvent) -> Bool {
        switch event {
        case .runLockHeld: return false
        case .service(.roleExceeds(let database, let role, let excess)):
            return reportedRoles.withLock { $0.updateValue([role, excess], forKey: database) != [role, excess] }
        case .refused(_, let database, let refusal):
            return reportedRefusals.withLock { reported in
                let subject = Subject(database: database, task: refusal.task, object: refusal.object)
                return reported.updateValue(refusal, forKey: subject) != refusal
            }
        case .runFinished(let summary):
            forgetResolved(summary)
            return reachedItsPlan(summary)
        default: return true
        }
    }

    /// Once an object is no longer refused, a later refusal of it has to be reported again.
    private func forgetResolved(_ summary: RunSummary) {
        // Only a run that came as far as planning knows what is refused.
        if case .completedElsewhere = summary.slot?.state { return }
        guard summary.failure == nil, summary.interruption == nil, summary.heldLocks.isEmpty else { return }
        let refused = Set(
            summary.refusals.map { Subject(database: summary.database, task: $0.task, object: $0.object) })
        reportedRefusals.withLock { reported in
            reported = reported.filter { subject, _ in
                subject.database != summary.database || !summary.tasks.contains(subject.task)
                    || refused.contains(subject)
            }
        }
    }

    /// Whether the run came as far as its plan.
    private func reachedItsPlan(_ summary: RunSummary) -> Bool {
        if case .completedElsewhere = summary.slot?.state { return false }
        if let failure = summary.failure, failure.isOfDatabase, summary.reports.isEmpty { return false }
        return summary.heldLocks.isEmpty || !summary.reports.isEmpty
    }
}
