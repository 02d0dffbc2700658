import Maintenance
import PostgresClient
import SQLText

/// The relations, columns and the function that a corpus is made of, in the order of the rows of
/// `sql/run/statistics/presence.sql`.
struct CorpusParts {
    /// An empty column stands for the relation, "()" for a function.
    let names: [(relation: RelationName, column: String)]
    private let definition: CorpusDefinition

    init(_ definition: CorpusDefinition) {
        self.definition = definition
        let (source, target) = (definition.sourceColumns, definition.targetColumns)
        // The tables first, so that a missing table is not reported as a missing column.
        var names = [(definition.source, ""), (definition.target, "")]
        if let terms = definition.terms { names.append((terms.table, "")) }
        names += [
            (definition.source, source.tenant), (definition.source, source.tsvector),
            (definition.target, target.tenant),
        ]
        if let function = definition.function {
            names.append((function, "()"))
        } else {
            names += [target.documents, target.average, target.frequencies, target.updated].map {
                (definition.target, $0)
            }
        }
        if let terms = definition.terms {
            names += [terms.tenant, terms.term, terms.documents].map { (terms.table, $0) }
        }
        self.names = names
    }

    /// What is missing, before what is something else than a table; nil if all is there.
    func obstacle(_ rows: [Row]) throws(PostgresError) -> Corpus.Tenants? {
        var noTable: Corpus.Tenants?
        for row in rows {
            let relation = try RelationName(row)
            let column: String = try row.decode("column_name")
            if try row.decode("is_present", as: Bool.self) {
                if try row.decodeIfPresent("foreign_name", as: String.self) != nil {
                    let part = try RelationName(row, schema: "foreign_schema", name: "foreign_name")
                    noTable = noTable ?? .noTable(part, "a foreign table")
                }
            } else if let kind: String = try row.decodeIfPresent("other_kind") {
                noTable = noTable ?? .noTable(relation, kind)
            } else {
                switch column {
                case "": return .missing("table \(relation)")
                case "()": return .missing("function \(relation)(tenant)")
                default: return .missing("column \(column) of \(relation)")
                }
            }
        }
        return noTable
    }
}
