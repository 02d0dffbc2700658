import FoundationEssentials
import Maintenance
import Reporting
import SQLText

/// The JSON document of a command on several databases: their answers, and the failures of those without one.
struct AnswersDocument<Database: Encodable>: Encodable {
    private let databases: [Database]
    private let failures: [FailureDocument]

    init(_ databases: [Database], _ failures: [(database: String, ServerFailure)]) {
        self.databases = databases
        self.failures = failures.map(FailureDocument.init)
    }

    /// Indented, with sorted keys.
    var rendered: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self).visibleJSON
        } catch {
            // Cannot happen: strings, integers, booleans and finite numbers always have a JSON form.
            preconditionFailure("an answer cannot be written as JSON: \(error)")
        }
    }
}

/// In JSON: a database that gave no answer, and why.
struct FailureDocument: Encodable {
    private let database: String
    private let message: String
    private let failureClass: String
    private let sqlState: String?
    private let cure: String?

    init(_ database: String, _ failure: ServerFailure) {
        self.database = database
        message = failure.message
        failureClass = failure.failureClass.rawValue
        sqlState = failure.sqlState?.rawValue
        cure = failure.cure?.description ?? failure.hint
    }

    enum CodingKeys: String, CodingKey {
        case database, message, cure
        case failureClass = "failure_class"
        case sqlState = "sqlstate"
    }
}

/// In JSON: a relation, with both names unquoted as in the catalog.
struct RelationDocument: Encodable {
    let schema: String
    let name: String

    init(_ relation: RelationName) {
        schema = relation.schema
        name = relation.name
    }
}
