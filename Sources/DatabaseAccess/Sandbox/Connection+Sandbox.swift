import PostgresClient
import SQLText

extension Connection {
    /// Runs a sandbox in the transaction that is open, in two round trips, and proves that the session is as it was: its
    /// role, every setting, its advisory locks. The transaction is to be rolled back on any error.
    ///
    /// - Parameters:
    ///   - limits: the `SET LOCAL` statements of the transaction.
    ///   - tighter: what limits the sandbox beyond that, while it holds locks that others wait for.
    ///   - isLast: whether the transaction runs no other sandbox; without one that is the last, it must not be committed.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    package func run(
        _ sandbox: Sandbox, limits: String, tighter: String? = nil, isLast: Bool = true, timeout: Duration? = nil
    ) async throws(PostgresError) {
        let tighter = tighter ?? limits
        let before = try await rows(
            ofEach: [limits, SandboxText.witness, tighter] + sandbox.preparation, timeout: timeout)
        let after = try await rows(
            ofEach: try spelled(sandbox.work()) + sandbox.cleanup(settings: settingsScript, limits: tighter, isLast)
                + [limits, SandboxText.witness], timeout: timeout)
        try SandboxWitness(before: before.first, after: after.last).requireUnchanged()
    }

    /// Runs the query of a sandbox in a transaction of its own that can write nothing and is rolled back, and proves that
    /// the session is as it was. No transaction may be open.
    ///
    /// - Parameters:
    ///   - limits: the `SET LOCAL` statements of that transaction.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    /// - Returns: the value of the query; an empty text for NULL.
    package func read(
        _ sandbox: Sandbox, limits: String, timeout: Duration? = nil
    ) async throws(PostgresError) -> String {
        do throws(PostgresError) {
            let before = try await rows(
                ofEach: [Self.beginReadWrite, SandboxText.witness, limits] + sandbox.preparation, timeout: timeout)
            let after = try await rows(
                ofEach: try spelled(sandbox.work(isReadOnly: true))
                    + ["ROLLBACK", Self.beginReadWrite, "DEALLOCATE ALL", SandboxText.witness, "ROLLBACK"],
                timeout: timeout)
            try SandboxWitness(before: before.first, after: after.last).requireUnchanged()
            guard let result = after.dropLast().last?.first else {
                throw PostgresError(.shape, "the sandbox returned no result")
            }
            return try result.decode("result")
        } catch {
            if isInTransaction { try await self.script(unsafe: "ROLLBACK; DEALLOCATE ALL", evenIfCancelled: true) }
            throw error
        }
    }

    private func rows(ofEach statements: [String], timeout: Duration?) async throws(PostgresError) -> [[Row]] {
        try await results(ofScript: statements.joined(separator: ";\n"), timeout: timeout)
    }
}
