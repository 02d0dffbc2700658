import Maintenance
import Reporting
import SQLText

/// The JSON document of `pgtend history`. Keys and words are permanent; new ones may be added. Instants are ISO 8601 in
/// UTC, durations are seconds.
struct HistoryDocument {
    private let databases: [DatabaseHistory]
    private let failures: [(database: String, ServerFailure)]

    init(_ databases: [DatabaseHistory], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures
    }

    var rendered: String { AnswersDocument(databases.map(Database.init), failures).rendered }

    private struct Database: Encodable {
        let database: String
        let at: String
        /// Why there are no runs to show: no ledger, or no such run; else null.
        let reason: String?
        /// The latest first.
        let runs: [Run]

        init(_ history: DatabaseHistory) {
            database = history.database
            at = history.now.iso8601
            switch history.content {
            case .runs(let runs): (self.runs, reason) = (runs.map { Run($0) }, nil)
            case .run(let detail): (runs, reason) = ([Run(detail.run, detail)], nil)
            case .nothing(let reason): (runs, self.reason) = ([], reason)
            }
        }
    }

    /// A run; with its steps if it was asked for by its id.
    private struct Run: Encodable {
        let run: RunDocument
        let steps: [Step]?
        let refusals: [RefusalDocument]?
        let heldBy: [Holder]?

        init(_ run: LedgerRun, _ detail: LedgerRunDetail? = nil) {
            self.run = RunDocument(run)
            steps = detail?.steps.map(Step.init)
            refusals = detail?.refusals.map(RefusalDocument.init)
            heldBy = detail?.heldLocks.map(Holder.init)
        }

        /// The keys of the run and those of its details, in one object.
        func encode(to encoder: any Encoder) throws {
            try run.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(steps, forKey: .steps)
            try container.encodeIfPresent(refusals, forKey: .refusals)
            try container.encodeIfPresent(heldBy, forKey: .heldBy)
        }

        enum CodingKeys: String, CodingKey {
            case steps, refusals
            case heldBy = "held_by"
        }
    }

    private struct Step: Encodable {
        let number: Int
        let task: String
        let object: RelationDocument
        let action: String
        let outcome: String
        let startedAt: String?
        let durationSeconds: Double
        let lockWaitSeconds: Double
        let attempts: Int
        let failureClass: String?
        let sqlState: String?
        let message: String?
        let result: [String: Int64]?

        init(_ step: LedgerStep) {
            number = step.number
            task = step.task.rawValue
            object = RelationDocument(step.object)
            action = step.action
            outcome = step.outcome.rawValue
            startedAt = step.startedAt?.iso8601
            durationSeconds = step.duration.inSeconds
            lockWaitSeconds = step.lockWait.inSeconds
            attempts = step.attempts
            failureClass = step.failureClass?.rawValue
            sqlState = step.sqlState?.rawValue
            message = step.message
            let figures = step.figures.map { ($0.key.rawValue, $0.value) }
            result = figures.isEmpty ? nil : Dictionary(uniqueKeysWithValues: figures)
        }

        enum CodingKeys: String, CodingKey {
            case number, task, object, action, outcome, attempts, message, result
            case startedAt = "started_at"
            case durationSeconds = "duration_seconds"
            case lockWaitSeconds = "lock_wait_seconds"
            case failureClass = "failure_class"
            case sqlState = "sqlstate"
        }
    }

    private struct Holder: Encodable {
        let task: String
        let pid: Int32
        let application: String
        let user: String
        let client: String
        let since: String

        init(_ held: HeldRunLock) {
            task = held.task.rawValue
            pid = held.pid
            application = held.application
            user = held.user
            client = held.client
            since = held.since.iso8601
        }
    }
}
