/// The definition of a constraint, as `pg_get_constraintdef` returns it.
struct ConstraintDefinition {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    var isPrimaryKey: Bool { text.hasPrefix("PRIMARY KEY") }
    var isUnique: Bool { text.hasPrefix("UNIQUE") }
    var isForeignKey: Bool { text.hasPrefix("FOREIGN KEY") }

    /// Whether it has an index, whose name no other relation may have.
    var hasIndex: Bool { isPrimaryKey || isUnique || text.hasPrefix("EXCLUDE") }

    /// The columns of a UNIQUE or a PRIMARY KEY.
    var keyColumns: [String]? { DeparsedExpression(text).names(after: isUnique ? "UNIQUE " : "PRIMARY KEY ") }

    /// The columns of a foreign key that refer to others.
    var referencingColumns: [String]? { DeparsedExpression(text).names(after: "FOREIGN KEY ") }
    var referencedColumns: [String]? { DeparsedExpression(text).names(after: "REFERENCES ") }

    /// The table that a foreign key refers to, without its schema.
    var referencedTable: String? {
        guard let words = text.firstRange(of: "REFERENCES ") else { return nil }
        let rest = DeparsedExpression(String(text[words.upperBound...]))
        return rest.tokens.prefix { $0.text != "(" }.filter(\.isName).last?.text
    }

    /// The condition of a CHECK, in parentheses; nil for any other constraint.
    var checkedExpression: String? {
        guard var expression = text.withoutPrefix("CHECK ") else { return nil }
        for suffix in [" NOT ENFORCED", " NOT VALID", " NO INHERIT"] where expression.hasSuffix(suffix) {
            expression.removeLast(suffix.count)
        }
        return expression
    }
}
