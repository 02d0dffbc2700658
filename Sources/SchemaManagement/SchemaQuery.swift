import DatabaseAccess

/// The queries of the commands on the schema.
enum SchemaQuery: String, EmbeddedQuery {
    case session = "mcp/queries/session"
    case rights = "mcp/queries/rights"
    case repairRights = "mcp/queries/repair/rights"
    case facts = "mcp/queries/facts"
    case golangMigrateTables = "mcp/queries/foreign_records"
    case indexState = "mcp/queries/repair/index_state"
    case history = "mcp/queries/history"
    case rollbackSession = "mcp/queries/rollback/session"
    case rollbackObjects = "mcp/queries/rollback/objects"
    case rollbackOtherObjects = "mcp/queries/rollback/foreign"
    case rollbackSharedChanges = "mcp/queries/rollback/created_objects"
    case rollbackRights = "mcp/queries/rollback/rights"
}
