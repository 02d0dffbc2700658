/// The definition of an index, as `pg_get_indexdef` returns it.
struct IndexDefinition {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    var isUnique: Bool { text.hasPrefix("CREATE UNIQUE") }

    /// What follows the name of the table, from USING on.
    var using: String { text.firstRange(of: " USING ").map { String(text[$0.lowerBound...]) } ?? "" }

    /// The columns of a B-tree; nil for another kind of index.
    var columns: [String]? { DeparsedExpression(text).names(after: " USING btree ") }

    /// Whether it has a WHERE clause.
    var isPartial: Bool { text.contains(") WHERE ") }
}
