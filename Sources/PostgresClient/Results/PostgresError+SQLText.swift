import SQLText

extension PostgresError {
    /// A text that cannot be written in SQL is a caller's mistake.
    package init(_ error: SQLTextError) {
        self.init(.misuse, error.message)
    }
}

/// SQL that is put together beside the connection that it is sent on: what cannot be written fails as the statement
/// would.
package func spelled<Text>(_ text: @autoclosure () throws(SQLTextError) -> Text) throws(PostgresError) -> Text {
    do throws(SQLTextError) {
        return try text()
    } catch {
        throw PostgresError(error)
    }
}
