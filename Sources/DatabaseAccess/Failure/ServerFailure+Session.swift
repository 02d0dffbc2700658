import Maintenance
import PostgresClient
import SQLText

extension ServerFailure {
    /// The server is in recovery, so that nothing can be changed.
    package static let standby = ServerFailure(
        failureClass: .other, sqlState: .readOnlySQLTransaction,
        message: "the server is a standby: it takes no changes until it is promoted",
        cure: "name the primary, or all hosts and target_session_attrs=read-write in the conninfo")
}

extension PostgresError {
    /// ``ServerFailure/standby`` as an error of the client.
    package static let standby = PostgresError(
        .connection, ServerFailure.standby.message, sqlState: .readOnlySQLTransaction)
}

extension Connection {
    /// - Throws: ``ServerFailure/standby`` if the server is a standby, or the failure of the query that asks.
    package func requirePrimary() async throws(ServerFailure) {
        let isStandby: Bool
        do throws(PostgresError) {
            isStandby = try await self.isStandby
        } catch {
            throw ServerFailure(error)
        }
        if isStandby { throw .standby }
    }

    /// The server, by when it was started, and the database in it: the same for two connections that lead to the same.
    private var whereabouts: String {
        get async throws(PostgresError) {
            try await row(
                """
                SELECT concat(pg_postmaster_start_time(), ' ', d.oid) AS whereabouts
                FROM pg_database AS d
                WHERE d.datname = current_database()
                """
            ).decode("whereabouts")
        }
    }

    /// - Throws: where the other connection has led to another server or database.
    package func requireSameWhereabouts(as other: Connection) async throws(PostgresError) {
        let (here, there) = (try await whereabouts, try await other.whereabouts)
        guard here == there else {
            throw PostgresError(
                .connection, "two connections have led to different servers or databases",
                hint: "look for a proxy, or for an address with several servers behind it, in the conninfo")
        }
    }

    /// Whether the server is in recovery now. It may be promoted at any moment.
    package var isStandby: Bool {
        get async throws(PostgresError) {
            try await row("SELECT pg_is_in_recovery() AS is_standby").decode("is_standby")
        }
    }
}
