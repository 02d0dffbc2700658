import SQLText

/// The error of this module: what happened, and everything that the server reported about it.
///
/// The texts are meant for an operator. They never contain parameter values or passwords; a message or DETAIL of the
/// server may quote data, as in the server's own log.
package struct PostgresError: Error, Sendable {
    package enum Kind: Sendable, Hashable {
        /// The server cannot be reached, refused the session, or closed it. The connection is broken.
        case connection
        /// The server refused the role or the password, or `pg_hba.conf` does not allow it (SQLSTATE class 28).
        case authentication
        /// There is a connection pooler in front of the server that the options do not accept.
        case pooler
        /// The server reported an error for a statement; `sqlState` says which. The connection can still be used.
        case server
        /// The statement's time limit of this client passed, and it was cancelled. If the server did not react to that,
        /// the connection is broken as well (`Connection.isBroken`).
        case timedOut
        /// The Swift task was cancelled, or `Connection.cancel()` was called.
        case cancelled
        /// The result has another shape than was asked for: no row or two where one was expected, a missing column.
        case shape
        /// A value cannot be decoded as the type that was asked for.
        case decoding
        /// The caller asked for something that cannot work: a NUL character in a name, COPY, a closed connection.
        case misuse
    }

    package var kind: Kind
    package var message: String
    package var sqlState: SQLState?
    package var detail: String?
    package var hint: String?
    /// The CONTEXT field: where it happened, such as the line of a function.
    package var context: String?
    /// The statement of a function that could not be understood, if the error is one of that.
    package var internalQuery: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var constraint: String?
    /// The function in the server's source code that reported it. Unlike the message, it is never translated.
    package var serverFunction: String?
    /// Where in `statement` the error is, in characters, counted from 1.
    package var position: Int?
    /// The text of the statement, with `$n` in place of its parameters.
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
    /// The message and its SQLSTATE, then one line for each further field.
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
