import DatabaseAccess
import EmbeddedSQL

/// The queries of the commands on the schema.
enum SchemaQuery: String, EmbeddedQuery {
    static let folder = EmbeddedSQL.platformFolder + "queries/"

    case session = "session"
    case identity = "identity"
    case strangers = "strangers"
    case formerStrangers = "former_strangers"
    case rights = "rights"
    case repairRights = "repair/rights"
    case facts = "facts"
    case golangMigrateTables = "foreign_records"
    case repairCalling = "repair/calling"
    case repairTables = "repair/tables"
    case repairLeftFunctions = "repair/left_functions"
    case indexState = "repair/index_state"
    case loadPgvector = "repair/load_pgvector"
    case oldTransactions = "repair/old_transactions"
    case history = "history"
    case migrationSteps = "migration_steps"
    case rollbackSession = "rollback/session"
    case rollbackObjects = "rollback/objects"
    case rollbackOtherObjects = "rollback/foreign"
    case rollbackSharedChanges = "rollback/created_objects"
    case rollbackRights = "rollback/rights"
    case rollbackLeft = "rollback/left"
}
