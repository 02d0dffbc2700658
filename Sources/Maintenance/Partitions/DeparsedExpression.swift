import SQLText

/// An expression as the server prints it (`pg_get_expr`). Its columns may be qualified with the name of their table, as
/// in a subquery of a policy; the same expression for another table has the name of that table there.
struct DeparsedExpression {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The expression with `new` in place of `old` wherever that qualifies a column.
    ///
    /// The contents of strings and quoted names are not searched. The server gives the tables of a subquery aliases
    /// that differ from `old`, so a qualifier `old` always means the table itself; after FROM or JOIN it is a schema
    /// with that name.
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

    /// Whether it mentions the table itself, as a subquery or a row type does: qualified with the schema, because the
    /// session's search_path is empty. Columns are qualified with the name of their table only.
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

    /// The next name, string, run of whitespace, or single scalar; nil at the end.
    private static func token(of rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView? {
        guard let first = rest.first else { return nil }
        if first == "'" || first == "\"" {
            var end = rest.index(after: rest.startIndex)
            while end < rest.endIndex {
                let next = rest.index(after: end)
                if rest[end] == first {
                    // A doubled quote stands for one quote. The server never escapes one with a backslash.
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

    /// The name that a token spells, without its quotes if it is quoted; other tokens are returned as they are.
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
    /// Whether one of its expressions references the table, as a subquery does.
    package func references(_ table: RelationName) -> Bool {
        [using, check].compactMap(\.self).contains { DeparsedExpression($0).references(table) }
    }

    /// This policy of the table `old`, as it has to be on the table `new`.
    package func requalified(from old: String, to new: String) -> Self {
        var policy = self
        policy.using = using.map { DeparsedExpression($0).requalified(from: old, to: new) }
        policy.check = check.map { DeparsedExpression($0).requalified(from: old, to: new) }
        return policy
    }
}
