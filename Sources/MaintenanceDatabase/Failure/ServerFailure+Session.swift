import Maintenance
import PostgresClient

extension ServerFailure {
    static let standby = ServerFailure(
        failureClass: .other, sqlState: SQLState.readOnlySQLTransaction.rawValue,
        message: "the server is a standby: it takes no changes until it is promoted",
        cure: "name the primary, or all hosts and target_session_attrs=read-write in the conninfo")

    /// The backend that answers is not the one that the connection was opened with. Behind a proxy that pools
    /// transactions the locks and the settings of a session, `row_security = off` among them, mean nothing.
    static let poolingProxy = ServerFailure(
        failureClass: .other,
        message: "a connection pooler stands before the server: the backend that answers is not the one that was "
            + "announced, so locks and settings of the session could be lost between two statements",
        cure: "connect to the server itself, by its own port or socket")
}

extension PostgresError {
    static let standby = PostgresError(
        .connection, ServerFailure.standby.message, sqlState: .readOnlySQLTransaction)
}

extension Connection {
    /// Refuses a standby, and a proxy before the server: on neither of them can anything be changed safely.
    func requirePrimaryItself() async throws(ServerFailure) {
        let (isStandby, backendPID): (Bool, Int32)
        do throws(PostgresError) {
            (isStandby, backendPID) = try await standing()
        } catch {
            throw ServerFailure(error)
        }
        if isStandby { throw .standby }
        if backendPID != server.backendPID { throw .poolingProxy }
    }

    /// What the server is now, and the backend that answers.
    func standing() async throws(PostgresError) -> (isStandby: Bool, backendPID: Int32) {
        let row = try await row("SELECT pg_is_in_recovery() AS is_standby, pg_backend_pid() AS backend_pid")
        return (try row.decode("is_standby"), try row.decode("backend_pid"))
    }
}
