import CivilTime
import Maintenance
import PostgresClient
import SQLText

/// One deadline for all the locks of a step. `lock_timeout` alone counts for each lock anew, so that a step with
/// three of them could make the application wait three times as long as it is allowed to.
package struct LockDeadline {
    private let start = ContinuousClock.now
    private let allowed: Duration

    package init(_ allowed: Duration) {
        self.allowed = allowed
    }

    package var elapsed: Duration { start.duration(to: .now) }

    /// What is left, for both limits: never 0, which would mean none. `lock_timeout` passes a little earlier: of two
    /// that pass together the server names the other, and a lock that somebody holds would look like work that takes
    /// too long.
    package var settings: String {
        let left = allowed - elapsed
        return "SET LOCAL lock_timeout = '\((left - Self.margin).milliseconds)ms'; "
            + "SET LOCAL statement_timeout = '\(left.milliseconds)ms'"
    }

    private static let margin = Duration.milliseconds(10)

    /// Takes a lock with what is left. `timeout` is for a server that does not answer at all.
    ///
    /// The DEFAULT partition, or a table on the other end of a foreign key, may be one on which our role has none of the
    /// privileges that LOCK TABLE asks for, or a foreign table, which it refuses; ATTACH locks it all the same, under
    /// the same limit.
    package func take(
        _ requirement: LockRequirement, on connection: Connection, timeout: Duration
    ) async throws(PostgresError) {
        try await connection.script(
            unsafe: "\(settings); \(try spelled(requirement.statement))",
            unlessRefusedWith: [.insufficientPrivilege, .wrongObjectType], timeout: timeout)
    }
}

extension Connection {
    /// Runs statements inside a transaction, or leaves them undone and the transaction as it was where the server
    /// refuses them with one of these states.
    package func script(
        unsafe sql: String, unlessRefusedWith states: Set<SQLState>, timeout: Duration
    ) async throws(PostgresError) {
        do throws(PostgresError) {
            try await script(unsafe: "SAVEPOINT attempt; \(sql); RELEASE SAVEPOINT attempt", timeout: timeout)
        } catch {
            guard let state = error.sqlState, states.contains(state) else { throw error }
            try await script(unsafe: "ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt", timeout: timeout)
        }
    }
}
