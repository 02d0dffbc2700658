import EmbeddedSQL
import PostgresClient

/// The queries of the installer. Each is a file of `sql/queries`, runnable in psql.
enum SchemaQuery: String, CaseIterable {
    case session = "schema_session"
    case rights = "schema_rights"
    case history = "schema_history"
    case checksums = "schema_checksums"

    func callAsFunction(_ parameters: (any StatementParameter)?...) -> Statement {
        Statement(unsafe: EmbeddedSQL.query(named: rawValue), parameters: parameters)
    }

    /// The statements that make `pgtend.schema_migrations`.
    static var historyTable: String { EmbeddedSQL.query(named: "schema_history_table") }
}
