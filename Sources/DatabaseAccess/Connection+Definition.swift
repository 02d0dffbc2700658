import Maintenance
import PostgresClient

extension Connection {
    /// Connects to a database of the configuration. A connection pooler in between is accepted only if the
    /// definition's `pooler` says so.
    ///
    /// - Throws: as `open(_:options:)`. If a pooler is refused, the hint also names the setting that decides it.
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
