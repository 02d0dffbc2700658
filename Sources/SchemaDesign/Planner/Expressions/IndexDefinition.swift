/// What `pg_get_indexdef` tells of an index.
struct IndexDefinition {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    var isUnique: Bool { text.hasPrefix("CREATE UNIQUE") }

    /// What stands behind its table, from USING on.
    var using: String { text.firstRange(of: " USING ").map { String(text[$0.lowerBound...]) } ?? "" }

    /// Its columns, where it is a B-tree.
    var columns: [String]? { DeparsedExpression(text).names(after: " USING btree ") }

    /// Whether it leaves rows out.
    var isPartial: Bool { text.contains(") WHERE ") }
}
