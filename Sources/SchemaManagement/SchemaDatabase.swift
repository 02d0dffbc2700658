import DatabaseAccess
import Maintenance
import PostgresClient

/// The database that a command on the schema works on.
package enum SchemaDatabase {
    /// Its own name, which a person can compare with the one that is meant; what the conninfo says may be a pooler's.
    package static func name(
        _ conninfo: String, _ applicationName: String
    ) async throws(ServerFailure) -> String {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await connection.databaseName()
        }
    }
}

extension Connection {
    func databaseName() async throws(ServerFailure) -> String {
        do throws(PostgresError) {
            return try await row(SchemaQuery.rollbackSession()).decode("database")
        } catch {
            throw ServerFailure(error)
        }
    }
}
