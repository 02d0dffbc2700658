import CLibPQ
import SQLText

/// What has come back for one statement or script so far.
struct ServerReplies {
    private(set) var tables: [ResultTable] = []
    /// The first error; after it the server skips what is left.
    private(set) var error: PostgresError?
    /// Nothing more will come.
    private(set) var isComplete = false
    /// An exchange that this client has no way to finish.
    private(set) var isStuckInCopy = false
    /// Why the connection cannot be used any more, if so.
    private(set) var loss: PostgresError?
    private let statement: String

    init(to statement: String) {
        self.statement = statement
    }

    /// Sends and reads what can be without blocking. Returns what to wait for.
    mutating func read(from connection: borrowing LibPQConnection) -> SocketWait.Interest {
        if isComplete { return [] }
        // After a failed flush there may still be a last word of the server to read.
        let isUnsent = PQflush(connection.pointer) == 1
        connection.readAvailable()
        // On a lost connection libpq is never busy, and ends with an error that says so.
        while connection.isLost || PQisBusy(connection.pointer) == 0 {
            guard let result = PQgetResult(connection.pointer) else {
                isComplete = true
                if connection.isLost { loss = lostConnection(connection.lastError) }
                return []
            }
            take(ResultTable(owning: result))
            if isStuckInCopy { return [] }
        }
        return isUnsent ? [.read, .write] : .read
    }

    private mutating func take(_ table: ResultTable) {
        switch table.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: tables.append(table)
        // libpq would go on to return this result for ever.
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: isStuckInCopy = true
        default: error = error ?? table.error(statement: statement)
        }
    }

    /// The server may have said why it ended the session; otherwise libpq says how it noticed.
    private func lostConnection(_ message: String) -> PostgresError {
        var loss = error ?? PostgresError(.connection, message, statement: statement)
        loss.kind = .connection
        return loss
    }

    /// What the caller gets. An interruption that came too late is no error: what the server has done counts.
    func outcome(_ interruption: ConnectionState.Interruption?) -> Result<[ResultTable], PostgresError> {
        guard var error else { return .success(tables) }
        guard error.sqlState == .queryCanceled, let interruption else { return .failure(error) }
        switch interruption {
        case .cancelled:
            error.kind = .cancelled
            error.message = "the statement was cancelled"
        case .timedOut(let limit):
            error.kind = .timedOut
            error.message = "the statement took longer than its limit of \(limit) and was cancelled"
        }
        return .failure(error)
    }
}
