import DatabaseAccess

/// The queries on the system catalog. Each is a file in `sql/run`. Many are asked again for each step.
enum CatalogQuery: String, EmbeddedQuery {
    static let keepPlans = true

    case server = "run/catalog/server"
    case schemas = "run/catalog/schemas"
    case partitionedTables = "run/catalog/partitioned_tables"
    case surroundings = "run/catalog/surroundings"
    case partitions = "run/catalog/partitions"
    case keyDefinitions = "run/catalog/key_definitions"
    case foreignCode = "run/catalog/foreign_code"
    case leftCode = "run/catalog/left_code"
    case writtenCode = "run/statistics/foreign_code"
    case zones = "run/catalog/zones"
    case midnights = "run/catalog/midnights"
    case zoneFits = "run/catalog/zone_fits"
    case names = "run/catalog/names"
    case view = "run/catalog/view"
    case views = "run/catalog/views"
    case templateTables = "run/template/tables"
    case templateCopied = "run/template/copied"
    case templateForeignCode = "run/template/foreign_code"
    case templateGrants = "run/template/grants"
    case templateMade = "run/template/made"
    case templateHandOver = "run/template/hand_over"
    case templatePolicies = "run/template/policies"
    case templatePlaced = "run/template/placed"
    case templateParts = "run/template/parts"
    case templateColumns = "run/template/columns"
    case templatePublications = "run/template/publications"
    case templateSize = "run/template/size"
    case templateWeight = "run/template/weight"
    case templateTriggers = "run/template/triggers"
    case corpusPresence = "run/statistics/presence"
    case corpusColumns = "run/statistics/columns"
    case corpusIngredientOwners = "run/statistics/ingredient_owners"
}
