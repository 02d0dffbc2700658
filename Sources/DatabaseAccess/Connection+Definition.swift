import Maintenance
import PostgresClient

extension Connection {
    /// A session on a database of the configuration, with a pooler before it only as that says.
    ///
    /// - Throws: as `open`; of a pooler that is refused also what the configuration has to do with it.
    package static func open(
        _ definition: DatabaseDefinition, options: SessionOptions
    ) async throws(PostgresError) -> Connection {
        var options = options
        options.acceptsSessionPooler = definition.pooler == .session
        do throws(PostgresError) {
            return try await open(ConnectionInfo(parsing: definition.conninfo), options: options)
        } catch {
            guard error.kind == .pooler else { throw error }
            var error = error
            switch definition.pooler {
            case .refuse:
                error.hint? +=
                    "; or accept a pooler that gives each session a backend of its own, by pooler: session in the "
                    + "configuration or PGTEND_POOLER=session"
            case .session:
                error.message += ", although the configuration says pooler: session"
                error.hint? +=
                    "; or let the pooler keep sessions apart: in pgbouncer by pool_mode, its own, the database's and "
                    + "the user's"
            }
            throw error
        }
    }
}
