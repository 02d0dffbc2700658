import Maintenance
import PostgresClient
import SQLText

extension Connection {
    /// The sessions that hold conflicting locks, or wait for them ahead of us; at most ten.
    ///
    /// Of locks, each on a relation and in a mode as the manual names it, and of dropping objects that are no
    /// relations, each by its place in the catalogs.
    package func blockers(
        of locks: [(relation: RelationName, mode: String)],
        dropping objects: [(name: RelationName, catalog: Int, oid: Int)] = []
    ) async throws(PostgresError) -> [Blocker] {
        var blockers: [Blocker] = []
        for row in try await rows(
            LockQuery.blockers(
                locks.map(\.relation.schema), locks.map(\.relation.name), locks.map(\.mode),
                objects.map(\.name.schema), objects.map(\.name.name), objects.map(\.catalog), objects.map(\.oid)))
        {
            blockers.append(
                Blocker(
                    pid: try row.decode("pid"), application: try row.decode("application"),
                    user: try row.decode("role"), state: try row.decode("state"), relation: try RelationName(row),
                    lockMode: try row.decode("lock_mode"), transactionAge: try row.decode("transaction_age")))
        }
        return blockers
    }
}
