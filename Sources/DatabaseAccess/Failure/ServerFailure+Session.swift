import Maintenance
import PostgresClient
import SQLText

extension ServerFailure {
    package static let standby = ServerFailure(
        failureClass: .other, sqlState: .readOnlySQLTransaction,
        message: "the server is a standby: it takes no changes until it is promoted",
        cure: "name the primary, or all hosts and target_session_attrs=read-write in the conninfo")
}

extension PostgresError {
    package static let standby = PostgresError(
        .connection, ServerFailure.standby.message, sqlState: .readOnlySQLTransaction)
}

extension Connection {
    /// Refuses a standby, on which nothing can be changed.
    package func requirePrimary() async throws(ServerFailure) {
        let isStandby: Bool
        do throws(PostgresError) {
            isStandby = try await self.isStandby
        } catch {
            throw ServerFailure(error)
        }
        if isStandby { throw .standby }
    }

    /// What the server is now; it may be promoted at any moment.
    package var isStandby: Bool {
        get async throws(PostgresError) {
            try await row("SELECT pg_is_in_recovery() AS is_standby").decode("is_standby")
        }
    }
}
