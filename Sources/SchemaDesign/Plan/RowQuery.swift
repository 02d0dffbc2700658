import EmbeddedSQL

/// What a plan has to know of the rows and of the catalog. Each is a file of `sql/queries`, runnable in psql, with the
/// columns `value` and `count`.
enum RowQuery: String, CaseIterable {
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
