import CivilTime
import Maintenance
import PostgresClient
import SQLText

/// The advisory lock of a set of migrations in one database: only one command at a time installs, repairs or rolls back
/// the set. A session-level lock, so that the server releases it however the session ends.
package struct MigrationLock {
    package let connection: Connection
    package let set: MigrationSet

    package init(connection: Connection, set: MigrationSet) {
        self.connection = connection
        self.set = set
    }

    /// Acquires the lock, waiting for the set's `lockTimeout` at most. Also sets the session's `lock_timeout` to that.
    ///
    /// Polls with `pg_try_advisory_lock`: a statement that waited would keep its snapshot, and the CREATE INDEX
    /// CONCURRENTLY of the session that holds the lock would wait for that snapshot in turn.
    ///
    /// - Throws: `.lockNotAvailable`, naming the session that holds the lock.
    package func acquire() async throws(ServerFailure) {
        let end = ContinuousClock.now + set.lockTimeout
        do throws(PostgresError) {
            try await connection.script(unsafe: "SET lock_timeout = '\(set.lockTimeout.milliseconds)ms'")
            while true {
                let row = try await connection.row(
                    """
                    SELECT pg_try_advisory_lock(\(AdvisoryLock.key)::integer, \(set.lockNumber)::integer) AS is_taken
                    """)
                if try row.decode("is_taken") { return }
                guard ContinuousClock.now < end, await pause(for: Self.interval) else { break }
            }
        } catch {
            throw ServerFailure(error)
        }
        throw try await held()
    }

    private static let interval = Duration.milliseconds(50)

    /// Releases the lock and gives back the session's own settings, such as `lock_timeout`, for a session that is used
    /// further. Works in a cancelled task, too.
    package func release() async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.script(unsafe: connection.settingsScript, evenIfCancelled: true)
            try await connection.execute(
                "SELECT pg_advisory_unlock(\(AdvisoryLock.key)::integer, \(set.lockNumber)::integer)",
                evenIfCancelled: true)
        } catch {
            throw ServerFailure(error)
        }
    }

    private func held() async throws(ServerFailure) -> ServerFailure {
        let holder: String
        do throws(PostgresError) {
            let row = try await connection.optionalRow(LockQuery.advisoryHolder(AdvisoryLock.key, set.lockNumber))
            holder = try row.map(describe) ?? "a session that has just ended"
        } catch {
            throw ServerFailure(error)
        }
        return ServerFailure(
            failureClass: .lockNotAvailable, sqlState: .lockNotAvailable,
            message: "another pgtend works on \(set.title) of this database: \(holder)",
            cure: "wait until it is done, then run the same command again")
    }

    private func describe(_ row: Row) throws(PostgresError) -> String {
        let owner = SessionOwner(user: try row.decode("role"), application: try row.decode("application"))
        let client: String = try row.decode("client")
        let since = Instant(microseconds: try row.decode("since"))
        return "pid \(try row.decode("pid", as: Int32.self)) (\(owner)) from \(client), connected since \(since)"
    }
}
