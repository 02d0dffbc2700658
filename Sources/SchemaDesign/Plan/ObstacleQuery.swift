import EmbeddedSQL

/// The questions of a plan that are files of `sql/mcp/queries/repair`, runnable in psql. Each lists obstacles, with the columns
/// `value` and `count`.
enum ObstacleQuery: String, CaseIterable {
    case dependants = "dependants"
    case readers = "readers"
    case droppedDependants = "dropped_dependants"
    case grantors = "grantors"
    case rowTypeUsers = "row_type_users"
    case takenName = "taken_name"
    case takenPart = "taken_part"

    func question(about object: CatalogObject, _ parameters: SchemaQuestion.Parameter...) -> SchemaQuestion {
        SchemaQuestion(
            object: object, reading: .catalogs,
            query: EmbeddedSQL.query(EmbeddedSQL.platformFolder + "queries/repair/" + rawValue),
            parameters: parameters)
    }
}
