import DatabaseAccess

/// The queries on the catalog. Each is a file of `sql/run`, runnable in psql.
enum CatalogQuery: String, EmbeddedQuery {
    case server = "run/catalog/server"
    case schemas = "run/catalog/schemas"
    case partitionedTables = "run/catalog/partitioned_tables"
    case partitions = "run/catalog/partitions"
    case zones = "run/catalog/zones"
    case midnights = "run/catalog/midnights"
    case names = "run/catalog/names"
    case views = "run/catalog/views"
    case likenessTables = "run/template/tables"
    case likenessGrants = "run/template/grants"
    case likenessPolicies = "run/template/policies"
    case likenessParts = "run/template/parts"
    case likenessColumns = "run/template/columns"
    case likenessPublications = "run/template/publications"
    case likenessTriggers = "run/template/triggers"
    case corpusPresence = "run/statistics/presence"
}
