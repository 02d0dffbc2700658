/// A deparsed expression taken apart, as far as finding a name in it needs: literals are left alone.
struct ExpressionToken: Equatable {
    /// A name without its quotes; any other token as it is.
    let text: String
    let isName: Bool
    /// As it stands in the expression.
    let raw: String
}

extension SchemaPlanner {
    static func tokens(_ expression: String) -> [ExpressionToken] {
        let scalars = Array(expression.unicodeScalars)
        var tokens: [ExpressionToken] = []
        var index = 0
        func text(_ range: Range<Int>) -> String {
            String(String.UnicodeScalarView(scalars[range]))
        }
        while index < scalars.count {
            let start = index
            let first = scalars[index]
            if first == "\"" || first == "'" {
                index += 1
                // A doubled quote ends one token and begins the next: put together they are the same text.
                while index < scalars.count, scalars[index] != first { index += 1 }
                index = min(index + 1, scalars.count)
                let raw = text(start..<index)
                tokens.append(
                    ExpressionToken(
                        text: first == "\"" ? String(raw.dropFirst().dropLast()) : raw, isName: first == "\"", raw: raw)
                )
            } else if isPartOfName(first) {
                while index < scalars.count, isPartOfName(scalars[index]) { index += 1 }
                let raw = text(start..<index)
                tokens.append(ExpressionToken(text: raw, isName: true, raw: raw))
            } else {
                index += 1
                tokens.append(ExpressionToken(text: text(start..<index), isName: false, raw: text(start..<index)))
            }
        }
        return tokens
    }

    private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.value > 127 || ("a"..."z").contains(scalar)
            || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }

    /// The expression with other names for some columns.
    static func renamed(_ expression: String, _ names: [String: String]) -> String {
        tokens(expression).map { token in
            guard token.isName, let name = names[token.text] else { return token.raw }
            return "\"\(name)\""
        }.joined()
    }
}
