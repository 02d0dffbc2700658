import CLibPQ
import SQLText
import Synchronization

/// One result of the server. Its rows share it, and it is freed with the last of them.
///
/// `@unchecked Sendable`: libpq documents that a `PGresult` is read-only after its creation, so that any thread may
/// read it; the pointer never leaves this class.
final class ResultTable: @unchecked Sendable {
    private let result: OpaquePointer
    /// The index of each column, by name; a name that several columns have maps to `ambiguous`.
    private let columns: [String: Int32]
    static let ambiguous: Int32 = -1
    let rowCount: Int32

    /// Takes ownership of `result`.
    init(owning result: OpaquePointer) {
        self.result = result
        rowCount = PQntuples(result)
        var columns: [String: Int32] = [:]
        // The columns of a COPY have no names.
        let count = PQresultStatus(result) == PGRES_TUPLES_OK ? PQnfields(result) : 0
        for index in 0..<count {
            let name = String(cString: PQfname(result, index))
            columns[name] = columns[name] == nil ? index : Self.ambiguous
        }
        self.columns = columns
    }

    deinit {
        PQclear(result)
    }

    private let allUTF8 = Mutex<Bool?>(nil)

    var status: ExecStatusType { PQresultStatus(result) }

    /// The command tag, such as `UPDATE 3`.
    var commandTag: String { String(cString: PQcmdStatus(result)) }

    var columnNames: [String] {
        (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    }

    func index(ofColumn name: String) -> Int32? { columns[name] }

    func type(ofColumn index: Int32) -> UInt32 { PQftype(result, index) }

    /// Nil for NULL.
    func text(row: Int32, column: Int32) -> String? {
        if PQgetisnull(result, row, column) == 1 { return nil }
        return String(cString: PQgetvalue(result, row, column))
    }

    /// Whether every value is UTF-8: looked at once, not for each row that asks.
    var isAllUTF8: Bool {
        allUTF8.withLock { known in
            if let known { return known }
            let found = (0..<rowCount).allSatisfy { row in
                (0..<PQnfields(result)).allSatisfy { isUTF8(row: row, column: $0) }
            }
            known = found
            return found
        }
    }

    /// Whether it is UTF-8, as which `text` reads it; NULL is.
    func isUTF8(row: Int32, column: Int32) -> Bool {
        PQgetisnull(result, row, column) == 1 || String(validatingCString: PQgetvalue(result, row, column)) != nil
    }

    /// With a `\xNN` for each byte beyond ASCII.
    func escapedText(row: Int32, column: Int32) -> String {
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return bytes.map { $0 < 128 ? String(Unicode.Scalar($0)) : "\\x" + String($0, radix: 16) }.joined()
    }

    var rows: [Row] { (0..<rowCount).map { Row(table: self, index: $0) } }

    /// The error that the server reported; to be called only for a result that is one.
    func error(statement: String?) -> PostgresError {
        let fields = DiagnosticFields(result)
        let state = fields[.sqlState].map(SQLState.init(rawValue:))
        // An error without a SQLSTATE is libpq's own, and libpq reports one only when the connection is lost.
        var error = PostgresError(
            state == nil ? .connection : .server,
            fields[.message] ?? String(cString: PQresultErrorMessage(result)).trimmedMessage(),
            sqlState: state, hint: fields[.hint])
        error.detail = fields[.detail]
        error.context = fields[.context]
        error.schema = fields[.schema]
        error.table = fields[.table]
        error.column = fields[.column]
        error.constraint = fields[.constraint]
        error.internalQuery = fields[.internalQuery]
        error.serverFunction = fields[.serverFunction]
        error.position = fields[.position].flatMap { Int($0) }
        error.statement = statement
        return error
    }
}
