import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient

extension Blocker {
    /// Who holds the lock of those who change definitions (`AdvisoryLock.definitions`), which no relation shows.
    static func ofDefinitions(for step: PlanStep, on connection: Connection) async throws(PostgresError) -> Blocker? {
        let query = LockQuery.advisoryHolder(AdvisoryLock.key, AdvisoryLock.definitions)
        guard let holder = try await connection.optionalRow(query) else { return nil }
        return Blocker(
            pid: try holder.decode("pid"), application: try holder.decode("application"),
            user: try holder.decode("role"), state: try holder.decode("state"), relation: step.object,
            lockMode: "advisory", transactionAge: try holder.decode("transaction_age"))
    }
}
