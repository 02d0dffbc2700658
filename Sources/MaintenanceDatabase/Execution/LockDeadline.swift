import CivilTime
import Maintenance
import PostgresClient

/// One deadline for all the locks of a step. `lock_timeout` alone counts for each lock anew, so that a step with
/// three of them could make the application wait three times as long as it is allowed to.
struct LockDeadline {
    private let start = ContinuousClock.now
    private let allowed: Duration

    init(_ allowed: Duration) {
        self.allowed = allowed
    }

    var elapsed: Duration { start.duration(to: .now) }

    /// What is left, as a value for `statement_timeout`: never 0, which would mean no limit.
    var setting: String { "'\((allowed - elapsed).milliseconds)ms'" }

    /// The same for `lock_timeout`, a little earlier: of two limits that pass together the server names the other, and
    /// a lock that somebody holds would look like work that takes too long.
    var lockSetting: String { "'\((allowed - elapsed - Self.margin).milliseconds)ms'" }

    private static let margin = Duration.milliseconds(10)

    /// Takes a lock with what is left. `patience` is for a server that does not answer at all.
    ///
    /// The DEFAULT partition, or a table on the other end of a foreign key, may be one on which our role has none of the
    /// privileges that LOCK TABLE asks for, or a foreign table, which it refuses; ATTACH locks it all the same, under
    /// the same limit.
    func take(
        _ requirement: LockRequirement, on connection: Connection, patience: Duration
    ) async throws(PostgresError) {
        let lock = try PartitionDDL.lock(requirement)
        do throws(PostgresError) {
            try await connection.script(
                unsafe: "SET LOCAL lock_timeout = \(lockSetting); SAVEPOINT lock; \(lock); RELEASE SAVEPOINT lock",
                timeout: patience)
        } catch {
            guard error.sqlState == .insufficientPrivilege || error.sqlState == .wrongObjectType else { throw error }
            try await connection.script(unsafe: "ROLLBACK TO SAVEPOINT lock; RELEASE SAVEPOINT lock")
        }
    }
}
