import PostgresClient

extension Connection {
    /// Runs `body` in one REPEATABLE READ transaction that writes nothing.
    ///
    /// The server locks a table to print an expression: behind whoever rewrites it, the reading waits 5 seconds at most.
    package func readingOneSnapshot<Value>(
        _ body: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await script(unsafe: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '5s'")
        do throws(PostgresError) {
            let value = try await body()
            try await execute("COMMIT")
            return value
        } catch {
            if !isBroken { try await execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body` in a transaction that is committed, or rolled back when it throws.
    ///
    /// - Parameter settings: statements that begin it: `SET LOCAL` and its like.
    package func inTransaction<Value>(
        unsafe settings: String, _ body: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await script(unsafe: "BEGIN; \(settings)")
        do throws(PostgresError) {
            let value = try await body()
            try await commit()
            return value
        } catch {
            if !isBroken { try await execute("ROLLBACK", evenIfCancelled: true) }
            throw error
        }
    }

    /// A COMMIT that is on its way is not called back: whether it arrived could not be told afterwards. Nor is it by the
    /// server's own limit, which would end the wait for a synchronous standby and call the work done.
    package func commit(within limit: Duration? = nil) async throws(PostgresError) {
        try await script(unsafe: "SET LOCAL statement_timeout = 0; COMMIT", timeout: limit, evenIfCancelled: true)
    }
}
