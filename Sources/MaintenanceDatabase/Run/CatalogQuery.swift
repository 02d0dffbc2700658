import DatabaseAccess

/// The queries on the catalog. Each is a file of `sql/queries`, runnable in psql.
enum CatalogQuery: String, EmbeddedQuery {
    case server = "catalog_server"
    case schemas = "catalog_schemas"
    case partitionedTables = "catalog_partitioned_tables"
    case partitions = "catalog_partitions"
    case zones = "catalog_zones"
    case midnights = "catalog_midnights"
    case names = "catalog_names"
    case views = "catalog_views"
    case templateTables = "likeness_tables"
    case templateGrants = "likeness_grants"
    case templatePolicies = "likeness_policies"
    case templateParts = "likeness_parts"
    case templateColumns = "likeness_columns"
    case templatePublications = "likeness_publications"
    case templateTriggers = "likeness_triggers"
    case corpusPresence = "corpus_presence"
}
