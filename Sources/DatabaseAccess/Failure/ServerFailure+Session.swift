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
    package var whereabouts: String {
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

    /// Whether the server is in recovery now. It may be promoted at any moment.
    package var isStandby: Bool {
        get async throws(PostgresError) {
            try await row("SELECT pg_is_in_recovery() AS is_standby").decode("is_standby")
        }
    }
}
