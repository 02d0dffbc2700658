import SQLText

/// An expression as the server prints it (`pg_get_expr`), whose columns may be written with their table's name before
/// them: in a subquery of a policy they are. The same expression for another table has the other name there.
struct DeparsedExpression {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The expression with `new` wherever `old` stands as the qualifier of a column.
    ///
    /// Strings and quoted names are read as such: what they hold is nobody's qualifier. The server gives the tables of
    /// a subquery other aliases, so `old` is the table itself; behind FROM or JOIN it is a schema of the same name.
    func requalified(from old: String, to new: String) -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        var before = ""
        while let token = Self.token(of: rest) {
            rest = rest[token.endIndex...]
            let isQualifier =
                rest.first == "." && Self.name(token).utf8.elementsEqual(old.utf8)
                && !["." as String, "FROM", "JOIN"].contains(before)
            let word = String(token)
            result += isQualifier ? Self.quoted(new) : word
            if !word.allSatisfy(\.isWhitespace) { before = word }
        }
        return result
    }

    /// Whether it names that table, as only a subquery or a row type does: with its schema, since the session's
    /// search_path is empty. Columns stand behind the bare name of their table.
    func references(_ table: RelationName) -> Bool {
        var rest = text.unicodeScalars[...]
        var before: [String] = []
        while let token = Self.token(of: rest) {
            rest = rest[token.endIndex...]
            before = before.suffix(2) + [Self.name(token)]
            if before.elementsEqual([table.schema, ".", table.name]) { return true }
        }
        return false
    }

    /// The next name, string, run of white space, or single scalar; nil at the end.
    private static func token(of rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView? {
        guard let first = rest.first else { return nil }
        if first == "'" || first == "\"" {
            var end = rest.index(after: rest.startIndex)
            while end < rest.endIndex {
                let next = rest.index(after: end)
                if rest[end] == first {
                    // A doubled quote stands for itself. E'…' needs no more: the server doubles its backslashes.
                    guard next < rest.endIndex, rest[next] == first else { return rest[..<next] }
                    end = rest.index(after: next)
                } else {
                    end = next
                }
            }
            return rest
        }
        if isWord(first) { return rest.prefix(while: isWord) }
        if first.properties.isWhitespace { return rest.prefix { $0.properties.isWhitespace } }
        return rest.prefix(1)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.value >= 0x80
            || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    /// The name that a token spells; a string spells none.
    private static func name(_ token: Substring.UnicodeScalarView) -> String {
        guard token.first == "\"" else { return String(token) }
        return String(token.dropFirst().dropLast()).split(separator: "\"\"", omittingEmptySubsequences: false)
            .joined(separator: "\"")
    }

    private static func quoted(_ name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            if scalar == "\"" { result.append(scalar) }
            result.append(scalar)
        }
        return "\"\(String(result))\""
    }
}

extension PartitionTemplate.Policy {
    /// Whether one of its subqueries names that table.
    package func references(_ table: RelationName) -> Bool {
        [using, check].compactMap(\.self).contains { DeparsedExpression($0).references(table) }
    }

    /// The policy as it has to be on the table `new`, when this is the one on `old`.
    package func requalified(from old: String, to new: String) -> Self {
        var policy = self
        policy.using = using.map { DeparsedExpression($0).requalified(from: old, to: new) }
        policy.check = check.map { DeparsedExpression($0).requalified(from: old, to: new) }
        return policy
    }
}
