import DatabaseAccess

/// The queries of the privilege check. Each is a file of `sql/queries`, runnable in psql.
enum PrivilegeQuery: String, EmbeddedQuery {
    case session = "privilege_session"
    case schemas = "privilege_schemas"
    case relations = "privilege_relations"
    case functions = "privilege_functions"
    case viewReads = "privilege_view_reads"
}
