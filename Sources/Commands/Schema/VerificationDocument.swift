import Maintenance
import SchemaDesign

/// The JSON document of `pgtend schema verify`. Keys and words are permanent; new ones may be added.
struct VerificationDocument {
    private let databases: [VerifiedDatabase]
    private let failures: [(database: String, ServerFailure)]

    /// - Parameter failures: the databases that could not be compared, and why.
    init(_ databases: [VerifiedDatabase], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures
    }

    var rendered: String { AnswersDocument(databases.map(Database.init), failures).rendered }

    private struct Database: Encodable {
        let database: String
        let postgresqlMajor: Int
        let isClosed: Bool
        /// Migrations that the database has not had.
        let pending: [String]
        let missing, unknown, absentOptional: [Object]
        let different, notCompared: [Difference]
        let advice: [Advice]

        init(_ verified: VerifiedDatabase) {
            let gap = verified.verification.gap
            database = verified.name
            postgresqlMajor = verified.verification.major
            isClosed = gap.isClosed
            pending = verified.verification.pending
            missing = gap.missing.map(Object.init)
            different = gap.different.map(Difference.init)
            unknown = gap.unknown.map(Object.init)
            absentOptional = gap.absent.map(Object.init)
            notCompared = gap.notCompared.map(Difference.init)
            advice = verified.verification.advice.map(Advice.init)
        }

        enum CodingKeys: String, CodingKey {
            case database, pending, missing, different, unknown, advice
            case postgresqlMajor = "postgresql_major"
            case isClosed = "is_closed"
            case absentOptional = "absent_optional"
            case notCompared = "not_compared"
        }
    }

    private struct Object: Encodable {
        let kind, name: String
        /// null for an object that is not part of a relation.
        let relation: String?

        init(_ object: CatalogObject) {
            kind = object.kind.rawValue
            name = object.name
            relation = object.isPart ? object.relation : nil
        }
    }

    private struct Advice: Encodable {
        let object: Object
        let reason: String
        let statements: [String]

        init(_ advice: SchemaAdvice) {
            object = Object(advice.object)
            reason = advice.reason
            statements = advice.statements
        }
    }

    private struct Difference: Encodable {
        let object: Object
        let property: String
        /// null if the property has its default, or the object has no such property.
        let expected, found: String?

        init(_ difference: SchemaGap.Difference) {
            object = Object(difference.object)
            property = difference.property.rawValue
            expected = difference.expected
            found = difference.found
        }
    }
}
