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

    /// Whether the server is in recovery now. It may be promoted at any moment.
    package var isStandby: Bool {
        get async throws(PostgresError) {
            try await row("SELECT pg_is_in_recovery() AS is_standby").decode("is_standby")
        }
    }
}
