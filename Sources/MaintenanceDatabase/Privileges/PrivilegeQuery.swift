import DatabaseAccess

/// The queries of the privilege check. Each is a file of `sql/run/privileges`, runnable in psql.
enum PrivilegeQuery: String, EmbeddedQuery {
    case session = "run/privileges/session"
    case schemas = "run/privileges/schemas"
    case relations = "run/privileges/relations"
    case functions = "run/privileges/functions"
    case viewReads = "run/privileges/view_reads"
}
