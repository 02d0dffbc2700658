import EmbeddedSQL

/// The questions of a plan that are files of `sql/queries`, runnable in psql. Each lists obstacles, with the columns
/// `value` and `count`.
enum ObstacleQuery: String, CaseIterable {
    case dependants = "repair_dependants"
    case readers = "repair_readers"
    case droppedDependants = "repair_dropped_dependants"
    case grantors = "repair_grantors"
    case takenName = "repair_taken_name"
    case takenPart = "repair_taken_part"

    func question(about object: CatalogObject, _ parameters: SchemaQuestion.Parameter...) -> SchemaQuestion {
        SchemaQuestion(object: object, query: EmbeddedSQL.query(named: rawValue), parameters: parameters)
    }
}
