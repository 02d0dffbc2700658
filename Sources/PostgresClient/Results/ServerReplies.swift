import CLibPQ
import SQLText

/// What the server has sent so far in reply to one statement or script.
struct ServerReplies {
    private(set) var tables: [ResultTable] = []
    /// The first error; the server skips the rest of the script after it.
    private(set) var error: PostgresError?
    /// The server has finished; no further result will come.
    private(set) var isComplete = false
    /// The statement was COPY, which this client cannot finish.
    private(set) var isStuckInCopy = false
    /// Why the connection is lost; nil while it is not.
    private(set) var loss: PostgresError?
    private let statement: String
    /// Far more than the statements of the longest script.
    private static let mostResults = 10_000

    init(to statement: String) {
        self.statement = statement
    }

    /// Sends and reads as much as is possible without blocking. Returns which socket events to wait for.
    mutating func read(from connection: borrowing LibPQConnection) -> SocketWait.Interest {
        if isComplete { return [] }
        // Even if flushing fails, there may be a last message of the server to read.
        let isUnsent = PQflush(connection.pointer) == 1
        connection.readAvailable()
        // On a lost connection PQgetResult does not block, and its last result is an error that says what happened.
        while connection.isLost || PQisBusy(connection.pointer) == 0 {
            guard let result = PQgetResult(connection.pointer) else {
                isComplete = true
                if connection.isLost { loss = lostConnection(connection.lastError) }
                return []
            }
            take(ResultTable(owning: result))
            // A server that does not keep to the protocol could go on for ever.
            if tables.count > Self.mostResults {
                loss = PostgresError(
                    .connection, "the server sent more than \(Self.mostResults) results; the connection was closed",
                    statement: statement)
                return []
            }
            if isStuckInCopy { return [] }
        }
        return isUnsent ? [.read, .write] : .read
    }

    private mutating func take(_ table: ResultTable) {
        switch table.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: tables.append(table)
        // libpq would return this result again and again.
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: isStuckInCopy = true
        default: error = error ?? table.error(statement: statement)
        }
    }

    /// The server's error, if it said why it ended the session; otherwise libpq's own message.
    private func lostConnection(_ message: String) -> PostgresError {
        var loss = error ?? PostgresError(.connection, message, statement: statement)
        loss.kind = .connection
        return loss
    }

    /// What the caller gets. An interruption that came too late is no error: if the statement was completed, its result
    /// is returned.
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
