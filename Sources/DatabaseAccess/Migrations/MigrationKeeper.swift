import Maintenance
import PostgresClient

/// A session that does nothing but hold the lock of a set of migrations while another one works. Code of owners may run in
/// that one, and code can release a lock of the session that runs it.
package struct MigrationKeeper: Sendable {
    private let connection: Connection
    private let set: MigrationSet

    /// Waits for the lock as ``MigrationLock/acquire()`` does.
    ///
    /// - Parameter connection: no code of others may run in it, before or after.
    package init(holding set: MigrationSet, in connection: Connection) async throws(ServerFailure) {
        self.connection = connection
        self.set = set
        try await MigrationLock(connection: connection, set: set).acquire()
    }

    /// Proves that a session for work has led to the database whose lock is held, and limits its waits for locks.
    package func admit(_ worker: Connection) async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.requireSameWhereabouts(as: worker)
            try await worker.script(unsafe: "SET lock_timeout = '\(set.lockTimeout.milliseconds)ms'")
        } catch {
            throw ServerFailure(error)
        }
    }

    /// Asked before each piece of work, and before it is committed: nobody notices the loss of a session that is not used,
    /// and with it of the lock. It is not taken again, since somebody else may have had it meanwhile: what was planned
    /// need not hold any more.
    ///
    /// - Throws: where the session, or the server, is gone.
    package func requireLock() async throws(PostgresError) {
        do throws(PostgresError) {
            try await connection.execute("SELECT", timeout: Self.answerTimeout)
        } catch {
            guard connection.isBroken else { throw error }
            throw PostgresError(
                .connection, "the session that holds the lock against other commands was lost: \(error.message)",
                hint: "look for who has ended it, as pg_terminate_backend() does")
        }
    }

    private static let answerTimeout = Duration.seconds(15)

    /// Cancels a statement of the other session that waits for locks, once all of its waits together have taken as long:
    /// `lock_timeout` limits each of them alone, and an index that is built CONCURRENTLY waits for one older transaction
    /// after another. Returns when it has done so, or when its task is cancelled; then no request is on its way any more.
    ///
    /// - Returns: whether it has cancelled the statement.
    package func limitWaits(of worker: Connection, to limit: Duration) async -> Bool {
        let interval = min(.seconds(1), limit / 20)
        var waited = Duration.zero
        while await pause(for: interval) {
            do throws(PostgresError) {
                let isOver = waited >= limit
                let row = try await connection.optionalRow(
                    """
                    SELECT CASE WHEN \(isOver)::boolean THEN pg_cancel_backend(a.pid) ELSE false END AS is_cancelled
                    FROM pg_stat_activity AS a
                    WHERE a.pid = \(Int64(worker.server.backendPID)) AND a.wait_event_type = 'Lock'
                    """, evenIfCancelled: true)
                guard let row else { continue }
                if try row.decode("is_cancelled") { return true }
                waited += interval
            } catch {
                // Its loss is told by whoever asks for the lock next.
                return false
            }
        }
        return false
    }

    /// Ends what a lost session may still do, while the lock is held. Without the lock, too, that session is left to
    /// itself: it notices soon that its client is gone.
    ///
    /// - Returns: the failure with what may go on.
    package func ending(_ worker: Connection, after failure: ServerFailure) async -> ServerFailure {
        guard worker.isBroken, !connection.isBroken else { return failure }
        do throws(PostgresError) {
            try await connection.end(worker)
            return failure
        } catch {
            var told = failure
            let remainder = "a session of the command may be at work still: \(error.message)"
            told.detail = [failure.detail, remainder].compactMap(\.self).joined(separator: "\n")
            return told
        }
    }
}
