import EmbeddedSQL

/// The questions of a plan that are files of `sql/mcp/queries/repair`, runnable in psql. Each lists obstacles, with the columns
/// `value` and `count`.
enum ObstacleQuery: String, CaseIterable {
    case dependants = "mcp/queries/repair/dependants"
    case readers = "mcp/queries/repair/readers"
    case droppedDependants = "mcp/queries/repair/dropped_dependants"
    case grantors = "mcp/queries/repair/grantors"
    case takenName = "mcp/queries/repair/taken_name"
    case takenPart = "mcp/queries/repair/taken_part"

    func question(about object: CatalogObject, _ parameters: SchemaQuestion.Parameter...) -> SchemaQuestion {
        SchemaQuestion(object: object, query: EmbeddedSQL.query(rawValue), parameters: parameters)
    }
}
