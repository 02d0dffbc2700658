import Maintenance
import Reporting

/// The JSON document of `pgtend status`. Keys and words are permanent; new ones may be added. Instants are ISO 8601 in
/// UTC, durations are seconds.
struct StatusDocument {
    private let databases: [DatabaseStatus]
    private let failures: [(database: String, ServerFailure)]

    /// - Parameter failures: the databases that could not be asked, and why.
    init(_ databases: [DatabaseStatus], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures
    }

    var rendered: String { AnswersDocument(databases.map(Database.init), failures).rendered }

    private struct Database: Encodable {
        let database: String
        let at: String
        let isWell: Bool
        /// Sentences: what needs attention, and what is only worth knowing.
        let troubles, notes: [String]
        let isStandby: Bool
        let hasLedger: Bool
        /// 0 if a table has no partition for the current time; null if all partitions are unbounded.
        let shortestRunwaySeconds: Int64?
        let tasks: [Task]
        let runways: [RunwayDocument]
        let views: [View]

        init(_ status: DatabaseStatus) {
            database = status.database
            at = status.now.iso8601
            troubles = status.troubles
            isWell = troubles.isEmpty
            notes = status.notes
            isStandby = status.plan == nil
            hasLedger = status.ledgerAbsence == nil
            shortestRunwaySeconds = status.shortestRunway.map { ($0.remaining ?? .zero).components.seconds }
            tasks = status.tasks.map(Task.init)
            runways = status.runwayStates.map { RunwayDocument($0.runway, $0.level) }
            views = status.views.map(View.init)
        }

        enum CodingKeys: String, CodingKey {
            case database, at, troubles, notes, tasks, runways, views
            case isWell = "is_well"
            case isStandby = "is_standby"
            case hasLedger = "has_ledger"
            case shortestRunwaySeconds = "shortest_runway_seconds"
        }
    }

    private struct Task: Encodable {
        let task: String
        let schedule: String
        let nextDue: String?
        /// When the slot was due that should have begun by now.
        let overdue: String?
        let lastRun: RunDocument?
        let running: RunDocument?
        let failures: Int
        let failingSince: String?
        let failureReason: String?
        /// Numbers of slots of the last day.
        let missed, skipped: Int

        init(_ status: TaskStatus) {
            task = status.task.rawValue
            schedule = "\(status.schedule.schedule)"
            nextDue = status.next?.iso8601
            overdue = status.overdue?.iso8601
            lastRun = status.lastRun.map(RunDocument.init)
            running = status.running.map(RunDocument.init)
            failures = status.streak?.failures ?? 0
            failingSince = status.streak?.since.iso8601
            failureReason = status.streak?.reason
            missed = status.passed.count { $0.state == .missed }
            skipped = status.passed.count { $0.state == .skipped }
        }

        enum CodingKeys: String, CodingKey {
            case task, schedule, overdue, running, failures, missed, skipped
            case nextDue = "next_due"
            case lastRun = "last_run"
            case failingSince = "failing_since"
            case failureReason = "failure_reason"
        }
    }

    private struct View: Encodable {
        let view: RelationDocument
        let refreshedAt: String?
        let durationSeconds: Double?
        let runID: String?

        init(_ status: DatabaseStatus.ViewStatus) {
            view = RelationDocument(status.view)
            refreshedAt = status.refresh?.startedAt.iso8601
            durationSeconds = status.refresh?.duration.inSeconds
            runID = status.refresh?.runID
        }

        enum CodingKeys: String, CodingKey {
            case view
            case refreshedAt = "refreshed_at"
            case durationSeconds = "duration_seconds"
            case runID = "run_id"
        }
    }
}
