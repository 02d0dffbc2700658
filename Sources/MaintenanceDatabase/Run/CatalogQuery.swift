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
    case likenessTables = "likeness_tables"
    case likenessGrants = "likeness_grants"
    case likenessPolicies = "likeness_policies"
    case likenessParts = "likeness_parts"
    case likenessColumns = "likeness_columns"
    case likenessPublications = "likeness_publications"
    case likenessTriggers = "likeness_triggers"
    case corpusPresence = "corpus_presence"
}
