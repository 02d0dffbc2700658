import DatabaseAccess
import Maintenance
import PostgresClient

extension Connection {
    /// Opens a connection for one of the commands on the schema, and closes it however `body` ends.
    static func forSchema<Value: Sendable>(
        _ conninfo: String, _ applicationName: String, onNotice: (@Sendable (Notice) -> Void)? = nil,
        _ body: (Connection) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value {
        let connection: Connection
        do throws(PostgresError) {
            connection = try await Connection.open(
                ConnectionInfo(parsing: conninfo),
                options: SessionOptions(applicationName: applicationName, onNotice: onNotice))
        } catch {
            throw ServerFailure(error)
        }
        do throws(ServerFailure) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
