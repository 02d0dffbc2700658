import CivilTime
import Maintenance
import PostgresClient

/// The advisory lock that keeps two installers from one database. Held by the session, so that it goes with it
/// however it ends.
struct SchemaLock {
    let connection: Connection

    /// The second key, behind ``RunLock/key``; the kinds of task have the numbers from 1 on.
    static let number: Int64 = 100

    /// A backend whose client was killed may hold on for a moment: less than this.
    private static let patience = "2s"

    /// Takes it, waiting for two seconds at most.
    ///
    /// - Throws: `.lockNotAvailable`, naming who holds it.
    func take() async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.script(unsafe: "SET lock_timeout = '\(Self.patience)'")
            try await connection.execute("SELECT pg_advisory_lock(\(RunLock.key)::integer, \(Self.number)::integer)")
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw ServerFailure(error) }
            throw try await held()
        }
    }

    private func held() async throws(ServerFailure) -> ServerFailure {
        let holder: String
        do throws(PostgresError) {
            let row = try await connection.optionalRow(CatalogQuery.runLockHolder(RunLock.key, Self.number))
            holder = try row.map(describe) ?? "a session that has just ended"
        } catch {
            throw ServerFailure(error)
        }
        return ServerFailure(
            failureClass: .lockNotAvailable, sqlState: SQLState.lockNotAvailable.rawValue,
            message: "the schema is being applied to this database by \(holder)",
            cure: "wait until it is done, then run the same command again")
    }

    private func describe(_ row: Row) throws(PostgresError) -> String {
        let owner = SessionOwner(user: try row.decode("role"), application: try row.decode("application"))
        let client: String = try row.decode("client")
        let since = Instant(microseconds: try row.decode("since"))
        return "pid \(try row.decode("pid", as: Int32.self)) (\(owner)) from \(client), connected since \(since)"
    }
}
