import DatabaseAccess
import PostgresClient

/// A short transaction on the ledger. Nobody holds a lock on it for long, unless somebody repairs it: then it fails,
/// instead of holding up a run.
struct LedgerTransaction {
    let connection: Connection
    /// Whether it is run although the task was cancelled: the end of a run that was told to stop.
    var evenIfCancelled = false

    /// For a statement outside of such a transaction, or the server's answer to one in it.
    static let clientTimeout = Duration.seconds(30)

    private static let beginning = """
        BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
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
