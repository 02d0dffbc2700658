import Maintenance
import SQLText

/// In JSON: a database that could not be asked, and why.
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
        cure = failure.cure ?? failure.hint
    }

    enum CodingKeys: String, CodingKey {
        case database, message, cure
        case failureClass = "failure_class"
        case sqlState = "sqlstate"
    }
}
