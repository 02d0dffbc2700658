import PostgresClient

extension Connection {
    /// Ends what code of others may have left in the session when its transaction was rolled back: statements that it has
    /// prepared, locks that it has taken. No transaction may be open. Works in a cancelled task, too, whose end is still to
    /// be recorded.
    package func recover() async throws(PostgresError) {
        let statements =
            ["DEALLOCATE ALL", "RESET ALL", settingsScript, Self.beginReadWrite] + Sandbox.discard + ["COMMIT"]
        do throws(PostgresError) {
            try await script(unsafe: statements.joined(separator: ";\n"), evenIfCancelled: true)
        } catch {
            if isInTransaction { try await script(unsafe: "ROLLBACK", evenIfCancelled: true) }
            throw error
        }
        record.plans?.forget()
        record.isSoiled = false
    }
}
