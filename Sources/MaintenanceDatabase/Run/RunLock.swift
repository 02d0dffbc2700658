import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient

/// The advisory locks that keep two runs in one database from doing the same kind of task at the same time.
///
/// They are session-level locks, so they are released however the session ends.
struct RunLock {
    let connection: Connection

    /// Tries to take the lock, without waiting.
    ///
    /// - Returns: nil if this session holds the lock now; otherwise its holder.
    func take(_ task: TaskKind) async throws(PostgresError) -> HeldRunLock? {
        let number = task.traits.lockNumber
        // The holder may have ended before it is looked up: then the lock is free after all.
        for _ in 0..<3 {
            let row = try await connection.row(
                "SELECT pg_try_advisory_lock(\(AdvisoryLock.key)::integer, \(number)::integer) AS taken")
            if try row.decode("taken", as: Bool.self) { return nil }
            if let holder = try await holder(of: task) { return holder }
        }
        return HeldRunLock(
            task: task, pid: 0, application: "a session that comes and goes", user: "", client: "unknown",
            since: HostClock.now())
    }

    /// The session that holds the lock now; nil if none does.
    func holder(of task: TaskKind) async throws(PostgresError) -> HeldRunLock? {
        let query = LockQuery.advisoryHolder(AdvisoryLock.key, task.traits.lockNumber)
        guard let holder = try await connection.optionalRow(query) else { return nil }
        return HeldRunLock(
            task: task, pid: try holder.decode("pid"), application: try holder.decode("application"),
            user: try holder.decode("role"), client: try holder.decode("client"),
            since: try holder.instant("since"))
    }
}
