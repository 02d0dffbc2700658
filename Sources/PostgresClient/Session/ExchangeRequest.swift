import CLibPQ

/// What one exchange sends to the server.
enum ExchangeRequest {
    /// By the extended protocol: one statement, with its parameters.
    case statement(Statement)
    /// The same, of which nothing but the name and the parameters is sent: it has been prepared.
    case prepared(Statement, name: String)
    case preparation(Statement, name: String)
    /// By the simple protocol: any number of statements, without parameters.
    case script(String)

    var text: String {
        switch self {
        case .statement(let statement), .prepared(let statement, _), .preparation(let statement, _): statement.text
        case .script(let sql): sql
        }
    }

    /// Hands it to libpq; false where libpq could not take it.
    ///
    /// - Throws: `.misuse` for a NUL character in the text or in a parameter.
    func send(on connection: OpaquePointer) throws(PostgresError) -> Bool {
        if text.utf8.contains(0) {
            throw PostgresError(.misuse, "the statement contains a NUL character, which PostgreSQL text cannot hold")
        }
        return switch self {
        case .script(let sql): PQsendQuery(connection, sql) == 1
        case .statement(let statement): try statement.send(on: connection)
        case .prepared(let statement, let name): try statement.send(on: connection, preparedAs: name)
        case .preparation(let statement, let name): statement.sendToPrepare(as: name, on: connection)
        }
    }
}
