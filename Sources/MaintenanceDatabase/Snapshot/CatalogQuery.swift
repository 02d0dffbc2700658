import EmbeddedSQL
import Maintenance
import PostgresClient

/// The queries on the catalog. Each is a file of `sql/queries`, runnable in psql.
enum CatalogQuery: String, CaseIterable {
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
    case runLockHolder = "run_lock_holder"
    case lockBlockers = "lock_blockers"

    func callAsFunction(_ parameters: (any StatementParameter)?...) -> Statement {
        Statement(unsafe: EmbeddedSQL.query(named: rawValue), parameters: parameters)
    }
}

extension RelationName {
    init(_ row: Row, schema: String = "schema", name: String = "name") throws(PostgresError) {
        self.init(schema: try row.decode(schema), name: try row.decode(name))
    }

    /// For SQL.
    var quoted: String {
        get throws(PostgresError) { try QualifiedName(schema: schema, name: name).quoted }
    }
}
