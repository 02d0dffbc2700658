import EmbeddedSQL
import Maintenance
import PostgresClient

/// The queries of the commands on the schema, and of the ledger's installation. Each is a file of `sql/queries`, runnable in psql.
enum SchemaQuery: String, CaseIterable {
    case session = "schema_session"
    case rights = "schema_rights"
    case repairRights = "schema_repair_rights"
    case facts = "schema_facts"
    case foreignRecords = "schema_foreign_records"
    case indexState = "schema_index_state"
    case dependants = "repair_dependants"
    case readers = "repair_readers"
    case droppedDependants = "repair_dropped_dependants"
    case grantors = "repair_grantors"
    case takenName = "repair_taken_name"
    case takenPart = "repair_taken_part"
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

    func question(about object: CatalogObject, _ parameters: SchemaQuestion.Parameter...) -> SchemaQuestion {
        SchemaQuestion(object: object, query: EmbeddedSQL.query(named: rawValue), parameters: parameters)
    }
}
