import PostgresClient

extension Connection {
    /// Begins a transaction that may write, whatever the session's defaults are.
    package static let beginReadWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

    /// Runs `body` in one `REPEATABLE READ READ ONLY` transaction, so that all its queries see the same snapshot.
    ///
    /// Deparsing an expression takes an `ACCESS SHARE` lock on its table. `lock_timeout` is 5 seconds, so that a
    /// session that rewrites the table delays the read by no more than that. Nor may the texts of a catalog, whose length
    /// nothing limits, keep the server busy for more than a minute.
    ///
    /// - Throws: whatever `body` throws, after a `ROLLBACK` unless the connection is broken.
    package func inReadOnlySnapshot<Value>(
        _ body: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await script(
            unsafe: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                + " SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '1min'")
        do throws(PostgresError) {
            let value = try await body()
            try await execute("COMMIT")
            return value
        } catch {
            if !isBroken { try await execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body` in a transaction that is committed when `body` returns and rolled back when it throws.
    ///
    /// - Parameter settings: statements to run right after `BEGIN`, such as `SET LOCAL`. Sent as they are.
    @discardableResult
    package func inTransaction<Value>(
        unsafe settings: String, _ body: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await script(unsafe: "\(Self.beginReadWrite); \(settings)")
        do throws(PostgresError) {
            let value = try await body()
            try await commit()
            return value
        } catch {
            if !isBroken { try await execute("ROLLBACK", evenIfCancelled: true) }
            throw error
        }
    }

    /// Commits, even if the task has been cancelled: once a COMMIT has been sent, cancelling it would leave the outcome
    /// unknown. `statement_timeout` is switched off for the same reason: when it ends the wait for a synchronous
    /// standby, the server reports the transaction as committed.
    ///
    /// - Parameter limit: how long the client waits for the server's answer; nil waits without limit.
    package func commit(within limit: Duration? = nil) async throws(PostgresError) {
        try await script(unsafe: "SET LOCAL statement_timeout = 0; COMMIT", timeout: limit, evenIfCancelled: true)
    }
}
