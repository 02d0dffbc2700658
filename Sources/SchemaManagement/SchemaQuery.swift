import DatabaseAccess

/// The queries of the commands on the schema.
enum SchemaQuery: String, EmbeddedQuery {
    case session = "schema_session"
    case rights = "schema_rights"
    case repairRights = "schema_repair_rights"
    case facts = "schema_facts"
    case golangMigrateTables = "schema_foreign_records"
    case indexState = "schema_index_state"
    case history = "schema_history"
    case rollbackSession = "schema_rollback_session"
    case rollbackObjects = "schema_rollback_objects"
    case rollbackOtherObjects = "schema_rollback_foreign"
    case rollbackSharedChanges = "schema_rollback_makings"
    case rollbackRights = "schema_rollback_rights"
}
