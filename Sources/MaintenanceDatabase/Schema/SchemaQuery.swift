import EmbeddedSQL
import PostgresClient

/// The queries of the commands on the schema, and of the ledger's installation. Each is a file of `sql/queries`, runnable in psql.
enum SchemaQuery: String, CaseIterable {
    case session = "schema_session"
    case rights = "schema_rights"
    case repairRights = "schema_repair_rights"
    case facts = "schema_facts"
    case foreignRecords = "schema_foreign_records"
    case indexState = "schema_index_state"
    case history = "schema_history"
    case checksums = "schema_checksums"
    case rollbackSession = "schema_rollback_session"
    case rollbackObjects = "schema_rollback_objects"
    case rollbackForeign = "schema_rollback_foreign"
    case rollbackMakings = "schema_rollback_makings"
    case rollbackRights = "schema_rollback_rights"
    case ledgerSession = "ledger_session"
    case ledgerRights = "ledger_rights"
    case ledgerMigrations = "ledger_migrations"

    func callAsFunction(_ parameters: (any StatementParameter)?...) -> Statement {
        Statement(unsafe: EmbeddedSQL.query(named: rawValue), parameters: parameters)
    }
}
