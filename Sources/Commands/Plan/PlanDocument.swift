import CivilTime
import FoundationEssentials
import Maintenance
import Reporting

/// A plan for programs. Keys and words stay as they are; new ones may come.
struct PlanDocument {
    private let databases: [PlannedDatabase]
    private let failures: [(database: String, ServerFailure)]

    /// - Parameter failures: the databases for which there is no plan, and why.
    init(_ databases: [PlannedDatabase], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures
    }

    var rendered: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(
                decoding: try encoder.encode(
                    Document(databases: databases.map(Database.init), failures: failures.map(Failure.init))),
                as: UTF8.self)
        } catch {
            // Strings, integers and booleans: there is no value in it that JSON could not hold.
            preconditionFailure("the plan cannot be written as JSON: \(error)")
        }
    }

    private struct Document: Encodable {
        let databases: [Database]
        let failures: [Failure]
    }

    private struct Failure: Encodable {
        let database: String
        let message: String
        let failureClass: String
        let sqlState: String?
        let cure: String?

        init(_ database: String, _ failure: ServerFailure) {
            self.database = database
            message = failure.message
            failureClass = failure.failureClass.rawValue
            sqlState = failure.sqlState
            cure = failure.cure ?? failure.hint
        }

        enum CodingKeys: String, CodingKey {
            case database, message, cure
            case failureClass = "failure_class"
            case sqlState = "sqlstate"
        }
    }

    private struct Database: Encodable {
        let database: String
        let takenAt: String
        let serverVersion: Int
        let steps: [Step]
        let refusals: [Refused]
        let findings: [Note]
        let inferences: [Note]
        let runways: [RunwayEntry]
        let missingSchemas: [String]

        init(_ planned: PlannedDatabase) {
            let plan = planned.plan
            database = plan.database
            takenAt = plan.takenAt.iso8601
            serverVersion = planned.serverVersion
            steps = plan.steps.enumerated().map { Step($1, sql: planned.sql?[$0]) }
            refusals = plan.refusals.map(Refused.init)
            findings = plan.findings.map(Note.init)
            inferences = plan.inferences.map(Note.init)
            runways = plan.runways.map(RunwayEntry.init)
            missingSchemas = plan.missingSchemas
        }

        enum CodingKeys: String, CodingKey {
            case database, steps, refusals, findings, inferences, runways
            case takenAt = "taken_at"
            case serverVersion = "server_version"
            case missingSchemas = "missing_schemas"
        }
    }

    private struct Relation: Encodable {
        let schema: String
        let name: String

        init(_ relation: RelationName) {
            schema = relation.schema
            name = relation.name
        }
    }

    private struct Lock: Encodable {
        let mode: String
        let relation: Relation
    }

    private struct Step: Encodable {
        let task: String
        let action: String
        let object: Relation
        let reason: String
        let locks: [Lock]
        let lockTimeoutMilliseconds: Int64
        let tries: Int
        var partition: Relation?
        var lower: String?
        var upper: String?
        var mode: String?
        var tenant: String?
        var sql: [String]?

        init(_ step: PlanStep, sql: [String]?) {
            task = step.kind.rawValue
            object = Relation(step.object)
            reason = step.reason
            locks = step.locks.map { Lock(mode: $0.mode.rawValue, relation: Relation($0.relation)) }
            lockTimeoutMilliseconds = step.limits.lockDeadline.milliseconds
            tries = step.limits.tries
            self.sql = sql
            switch step {
            case .createPartition(let step):
                action = "create_partition"
                partition = Relation(step.partition)
                (lower, upper) = (step.lower, step.upper)
            case .refreshView(let step):
                action = "refresh_view"
                mode = step.mode.rawValue
            case .updateStatistics(let step):
                action = "update_statistics"
                tenant = step.tenant
            }
        }

        enum CodingKeys: String, CodingKey {
            case task, action, object, reason, locks, tries, partition, lower, upper, mode, tenant, sql
            case lockTimeoutMilliseconds = "lock_timeout_ms"
        }
    }

    private struct Refused: Encodable {
        let task: String
        let object: Relation
        let reason: String
        let explanation: String
        let cure: String

        init(_ refusal: Refusal) {
            task = refusal.task.rawValue
            object = Relation(refusal.object)
            reason = refusal.reason.rawValue
            explanation = refusal.explanation
            cure = refusal.cure
        }
    }

    private struct Note: Encodable {
        let task: String
        let object: Relation
        let message: String

        init(_ finding: Finding) {
            task = finding.task.rawValue
            object = Relation(finding.object)
            message = finding.message
        }
    }

    private struct RunwayEntry: Encodable {
        let table: Relation
        /// ISO 8601 with Z for a `timestamptz` key; a clock without a zone for `timestamp` and `date`.
        let until: String?
        let isUnbounded: Bool
        /// Where rows for now go when they have no partition of their own.
        let defaultPartition: Relation?

        init(_ runway: Runway) {
            table = Relation(runway.table)
            until = runway.until.map { runway.isZoned ? $0.iso8601 : $0.clock }
            isUnbounded = runway.isUnbounded
            defaultPartition = runway.defaultPartition.map(Relation.init)
        }

        enum CodingKeys: String, CodingKey {
            case table, until
            case isUnbounded = "is_unbounded"
            case defaultPartition = "default_partition"
        }
    }
}
