import CivilTime
import Maintenance
import PostgresClient
import SQLText

/// The advisory lock that keeps two commands that change one set (install it, repair it, take it back) from one
/// database. Held by the session, so that it goes with it however it ends.
package struct SchemaLock {
    package let connection: Connection
    package let set: MigrationSet

    package init(connection: Connection, set: MigrationSet) {
        self.connection = connection
        self.set = set
    }

    /// Takes it, waiting for as long as the set says; the session waits for any other lock for no longer either.
    ///
    /// Asked again and again: a statement that waits keeps its snapshot, for which the CREATE INDEX CONCURRENTLY of the
    /// session that has the lock would wait in turn.
    ///
    /// - Throws: `.lockNotAvailable`, naming who holds it.
    package func take() async throws(ServerFailure) {
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

    /// For a session that goes on; its limits are those again that it was opened with. Also in a cancelled task.
    package func giveBack() async throws(ServerFailure) {
        do throws(PostgresError) {
            for setting in ["lock_timeout", "statement_timeout"] {
                try await connection.execute(Statement(unsafe: "RESET \(setting)"), evenIfCancelled: true)
            }
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
