import SQLText

/// Everything that can go wrong in this module: what happened, and all that the server said about it.
///
/// The texts are for an operator. Parameter values are never part of it, nor are passwords; a message or DETAIL of the
/// server may quote data, as in its own log.
package struct PostgresError: Error, Sendable {
    package enum Kind: Sendable, Hashable {
        /// The server cannot be reached, refused the session, or went away. The connection is of no more use.
        case connection
        /// The server was reached, and the role, the password or `pg_hba.conf` is not right (SQLSTATE class 28).
        case authentication
        /// A connection pooler stands before the server, and was not accepted.
        case pooler
        /// The server reported an error for a statement; `sqlState` says which. The connection is still good.
        case server
        /// Our own time limit passed. The statement was cancelled; where the server did not react to that, the
        /// connection is broken as well (`Connection.isBroken`).
        case timedOut
        /// We asked for it: the Swift task was cancelled, or `Connection.cancel()` was called.
        case cancelled
        /// A result of another shape than asked for: no row or two where one was expected, a missing column.
        case shape
        /// A value that does not decode as the type that was asked for.
        case decoding
        /// The caller asked for something that can never work: a NUL in a name, COPY, a closed connection.
        case misuse
    }

    package var kind: Kind
    package var message: String
    package var sqlState: SQLState?
    package var detail: String?
    package var hint: String?
    /// Where in the server it happened: the CONTEXT field, such as the line of a function.
    package var context: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var constraint: String?
    /// The function in the server's source that raised it: never translated, unlike the message.
    package var serverFunction: String?
    /// Of the error in `statement`, in characters from 1.
    package var position: Int?
    /// The text of the statement, with `$n` where it had parameters.
    package var statement: String?

    package init(
        _ kind: Kind, _ message: String, sqlState: SQLState? = nil, hint: String? = nil, statement: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.hint = hint
        self.statement = statement
    }
}

extension PostgresError: CustomStringConvertible {
    /// The message and its SQLSTATE, then one line for each further thing that the server said.
    package var description: String {
        var lines = [sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message]
        func add(_ label: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append("\(label): \(value)") }
        }
        add("detail", detail)
        add("hint", hint)
        add("context", context)
        add("statement", statement)
        add("position", position.map(String.init))
        return lines.joined(separator: "\n")
    }
}
