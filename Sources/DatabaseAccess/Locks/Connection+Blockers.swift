import Maintenance
import PostgresClient
import SQLText

extension Connection {
    /// The sessions that hold conflicting locks, or wait for them ahead of this session; at most ten.
    ///
    /// - Parameters:
    ///   - locks: relations, each with a lock mode as the manual names it, such as `ACCESS EXCLUSIVE`.
    ///   - objects: objects other than relations that are to be dropped, each by the OID of its catalog and its own.
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

extension Connection {
    /// Cancels what another session of this role's is at, if anybody waits for a lock that it holds.
    ///
    /// - Parameter object: what it is about, for waits that are for no relation.
    /// - Returns: who waits, at most ten; if nobody does, nothing was cancelled.
    package func cancel(
        _ other: Connection, ifInTheWayOf object: RelationName
    ) async throws(PostgresError) -> [Blocker] {
        let query = LockQuery.giveWay(Int64(other.server.backendPID))
        return try await rows(query, evenIfCancelled: true).map { (row) throws(PostgresError) in
            let isRelation = try row.decodeIfPresent("name", as: String.self) != nil
            return Blocker(
                pid: try row.decode("pid"), application: try row.decode("application"),
                user: try row.decode("role"), state: try row.decode("state"),
                relation: isRelation ? try RelationName(row) : object, lockMode: try row.decode("lock_mode"),
                transactionAge: try row.decode("transaction_age"), isWaiting: true)
        }
    }
}

/// Queries about locks.
package enum LockQuery: String, EmbeddedQuery {
    case advisoryHolder = "run/locks/advisory_holder"
    case blockers = "run/locks/blockers"
    case giveWay = "run/locks/give_way"
}
