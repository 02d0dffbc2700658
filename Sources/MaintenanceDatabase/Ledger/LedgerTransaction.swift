import DatabaseAccess
import PostgresClient

/// A short transaction on the ledger. Normally no session holds locks on the ledger for long; if one does, the
/// transaction fails after its lock_timeout instead of holding up the run.
struct LedgerTransaction {
    let connection: Connection
    /// Whether it is carried out even if the task is cancelled, as for recording the end of a run that was told to
    /// stop.
    var evenIfCancelled = false

    /// How long the client waits for the result of a statement; longer than the server's own timeouts.
    static let clientTimeout = Duration.seconds(30)

    private static let beginning = """
        \(Connection.beginReadWrite);
        SET LOCAL lock_timeout = '2s';
        SET LOCAL statement_timeout = '20s'
        """

    /// Commits what `work` did, unless it throws.
    func run<Value: Sendable>(
        _ work: () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do throws(PostgresError) {
            try await connection.script(
                unsafe: Self.beginning, timeout: Self.clientTimeout, evenIfCancelled: evenIfCancelled)
            let value = try await work()
            try await connection.commit(within: Self.clientTimeout)
            return value
        } catch {
            if !connection.isBroken {
                try await connection.execute("ROLLBACK", timeout: Self.clientTimeout, evenIfCancelled: true)
            }
            throw error
        }
    }
}
