/// An expression or a definition as the server deparses it, split into tokens so that names are found, and literals are
/// left alone.
struct DeparsedExpression {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    struct Token: Equatable {
        /// A name without its quotes; any other token as it is.
        let text: String
        let isName: Bool
        /// As written in the expression.
        let raw: String
    }

    /// Joined, their raw texts are the expression again.
    var tokens: [Token] {
        let scalars = Array(self.text.unicodeScalars)
        var tokens: [Token] = []
        var index = 0
        func text(_ range: Range<Int>) -> String {
            String(String.UnicodeScalarView(scalars[range]))
        }
        while index < scalars.count {
            let start = index
            let first = scalars[index]
            if first == "\"" || first == "'" {
                index += 1
                // A doubled quote ends one token and begins the next: joined, they are the same text.
                while index < scalars.count, scalars[index] != first { index += 1 }
                index = min(index + 1, scalars.count)
                let raw = text(start..<index)
                tokens.append(
                    Token(
                        text: first == "\"" ? String(raw.dropFirst().dropLast()) : raw, isName: first == "\"", raw: raw)
                )
            } else if Self.isPartOfName(first) {
                while index < scalars.count, Self.isPartOfName(scalars[index]) { index += 1 }
                let raw = text(start..<index)
                tokens.append(Token(text: raw, isName: true, raw: raw))
            } else {
                index += 1
                tokens.append(Token(text: text(start..<index), isName: false, raw: text(start..<index)))
            }
        }
        return tokens
    }

    private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.value > 127 || ("a"..."z").contains(scalar)
            || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    /// Every name outside of literals, keywords included.
    var names: Set<String> { Set(tokens.filter(\.isName).map(\.text)) }

    /// The names in the first parentheses after a word; nil where it does not occur, or no parentheses follow.
    func names(after word: String) -> [String]? {
        guard let start = text.firstRange(of: word) else { return nil }
        let rest = DeparsedExpression(String(text[start.upperBound...])).tokens
        guard let open = rest.firstIndex(where: { $0.text == "(" }) else { return nil }
        return rest[rest.index(after: open)...].prefix { $0.text != ")" }.filter(\.isName).map(\.text)
    }

    /// The literals in it, as SQL writes them.
    var literals: [String] {
        tokens.split { !$0.raw.hasPrefix("'") }.map { $0.map(\.raw).joined() }
    }

    /// The expression with other names for some columns.
    func renaming(_ names: [String: String]) -> String {
        tokens.map { token in
            guard token.isName, let name = names[token.text] else { return token.raw }
            return "\"\(name)\""
        }.joined()
    }
}

extension String {
    /// The rest after a prefix; nil without that prefix.
    func withoutPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
