import CivilTime
import Maintenance
import Reporting

/// The JSON document of `pgtend plan`. Keys and words are permanent; new ones may be added.
struct PlanDocument {
    private let databases: [PlannedDatabase]
    private let failures: [(database: String, ServerFailure)]

    /// - Parameter failures: the databases for which there is no plan, and why.
    init(_ databases: [PlannedDatabase], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures
    }

    var rendered: String { AnswersDocument(databases.map(Database.init), failures).rendered }

    private struct Database: Encodable {
        let database: String
        let takenAt: String
        let serverVersion: Int
        let steps: [Step]
        let refusals: [RefusalDocument]
        let findings: [Note]
        let inferences: [Note]
        let runways: [RunwayDocument]
        let missingSchemas: [String]

        init(_ planned: PlannedDatabase) {
            let plan = planned.plan
            database = plan.database
            takenAt = plan.takenAt.iso8601
            serverVersion = planned.serverVersion
            steps = plan.steps.enumerated().map { Step($1, sql: planned.sql?[$0]) }
            refusals = plan.refusals.map(RefusalDocument.init)
            findings = plan.findings.map(Note.init)
            inferences = plan.inferences.map(Note.init)
            runways = plan.runways.map { RunwayDocument($0, $0.level()) }
            missingSchemas = plan.missingSchemas
        }

        enum CodingKeys: String, CodingKey {
            case database, steps, refusals, findings, inferences, runways
            case takenAt = "taken_at"
            case serverVersion = "server_version"
            case missingSchemas = "missing_schemas"
        }
    }

    private struct Lock: Encodable {
        let mode: String
        let relation: RelationDocument
    }

    private struct Step: Encodable {
        let task: String
        let action: String
        let object: RelationDocument
        let reason: String
        let locks: [Lock]
        let lockTimeoutMilliseconds: Int64
        let tries: Int
        var partition: RelationDocument?
        var lower: String?
        var upper: String?
        var mode: String?
        var tenant: String?
        var sql: [String]?

        init(_ step: PlanStep, sql: [String]?) {
            task = step.task.rawValue
            action = step.kind.rawValue
            object = RelationDocument(step.object)
            reason = step.reason
            locks = step.locks.map { Lock(mode: $0.mode.rawValue, relation: RelationDocument($0.relation)) }
            lockTimeoutMilliseconds = step.limits.lockDeadline.milliseconds
            tries = step.limits.tries
            self.sql = sql
            for attribute in step.attributes {
                switch attribute {
                case .partition(let name): partition = RelationDocument(name)
                case .bounds(let from, let to): (lower, upper) = (from, to)
                case .mode(let word): mode = word
                case .tenant(let key): tenant = key
                }
            }
        }

        enum CodingKeys: String, CodingKey {
            case task, action, object, reason, locks, tries, partition, lower, upper, mode, tenant, sql
            case lockTimeoutMilliseconds = "lock_timeout_ms"
        }
    }

    private struct Note: Encodable {
        let task: String
        let object: RelationDocument
        let message: String

        init(_ finding: Finding) {
            task = finding.task.rawValue
            object = RelationDocument(finding.object)
            message = finding.message
        }
    }
}
