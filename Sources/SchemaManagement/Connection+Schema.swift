import DatabaseAccess
import Maintenance
import PostgresClient

extension Connection {
    /// Opens a connection for one of the commands on the schema, and closes it however `body` ends.
    static func forSchema<Value: Sendable>(
        _ conninfo: String, _ applicationName: String, onNotice: (@Sendable (Notice) -> Void)? = nil,
        _ body: (Connection) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value {
        let connection = try await openForSchema(conninfo, applicationName, onNotice)
        do throws(ServerFailure) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The same, while another session of the command holds the lock of the set of migrations.
    static func forSchema<Value: Sendable>(
        _ conninfo: String, _ applicationName: String, holding set: MigrationSet,
        onNotice: (@Sendable (Notice) -> Void)? = nil,
        _ body: (Connection, MigrationKeeper) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value {
        try await forSchema(conninfo, applicationName) { (holder) async throws(ServerFailure) in
            let keeper = try await MigrationKeeper(holding: set, in: holder)
            let worker: Connection
            do throws(ServerFailure) {
                worker = try await openForSchema(conninfo, applicationName, onNotice)
            } catch {
                var failure = error
                failure.message = "the command takes two connections, and there is no second one: \(error.message)"
                throw failure
            }
            do throws(ServerFailure) {
                try await keeper.admit(worker)
                let value = try await body(worker, keeper)
                await worker.close()
                return value
            } catch {
                let failure = await keeper.ending(worker, after: error)
                await worker.close()
                throw failure
            }
        }
    }

    private static func openForSchema(
        _ conninfo: String, _ applicationName: String, _ onNotice: (@Sendable (Notice) -> Void)?
    ) async throws(ServerFailure) -> Connection {
        var options = SessionOptions(applicationName: applicationName, onNotice: onNotice)
        // What it reads becomes statements: a name that is no UTF-8 ends it, unless it is asked for escaped.
        options.takesAnyBytes = false
        do throws(PostgresError) {
            return try await Connection.open(ConnectionInfo(parsing: conninfo), options: options)
        } catch {
            throw ServerFailure(error)
        }
    }
}
