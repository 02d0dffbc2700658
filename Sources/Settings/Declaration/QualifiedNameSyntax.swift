import SQLText

/// The syntax of qualified names in the configuration: `schema.name`, with double quotes as in SQL around a part that
/// is not a plain identifier.
enum QualifiedNameSyntax {
    /// Whether PostgreSQL's type `name` can hold the text: 1 to 63 bytes without a NUL.
    static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && !text.unicodeScalars.contains("\0")
    }

    static func parse(_ text: String) -> RelationName? {
        guard let parts = parts(of: text), parts.count == 2, parts.allSatisfy(isName) else { return nil }
        return RelationName(schema: parts[0], name: parts[1])
    }

    static func text(of relation: RelationName) -> String {
        "\(quoted(relation.schema)).\(quoted(relation.name))"
    }

    /// Why `text` is not a qualified name; nil if the message needs no hint.
    static func hint(for text: String) -> String? {
        guard let parts = parts(of: text) else {
            return "capitals, spaces and dots within a name stand in double quotes: '\"Odd Schema\".\"t.1\"'"
        }
        if let part = parts.first(where: { $0.utf8.count > 63 }) { return "a part has \(part.utf8.count) bytes of 63" }
        if parts.contains(where: { $0.unicodeScalars.contains("\0") }) { return "a name cannot hold a NUL" }
        return switch parts.count {
        case 1: "the schema is missing"
        case 2: nil
        default: "a dot within a name stands in double quotes"
        }
    }

    /// The parts between the dots, unquoted; nil if one of them is not valid in SQL.
    private static func parts(of text: String) -> [String]? {
        var parts: [String] = []
        var rest = text.unicodeScalars[...]
        while true {
            guard let part = rest.first == "\"" ? quotedPart(&rest) : plainPart(&rest), !part.isEmpty else {
                return nil
            }
            parts.append(part)
            guard let dot = rest.popFirst() else { return parts }
            guard dot == "." else { return nil }
        }
    }

    private static func plainPart(_ rest: inout Substring.UnicodeScalarView) -> String? {
        let part = rest.prefix { isPlain($0) }
        guard let first = part.first, !isDigitOrDollar(first) else { return nil }
        rest = rest[part.endIndex...]
        return String(part)
    }

    private static func quotedPart(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var part = String.UnicodeScalarView()
        rest.removeFirst()
        while let scalar = rest.popFirst() {
            if scalar == "\"" {
                guard rest.first == "\"" else { return String(part) }
                rest.removeFirst()
            }
            part.append(scalar)
        }
        return nil
    }

    private static func quoted(_ part: String) -> String {
        let scalars = part.unicodeScalars
        if let first = scalars.first, !isDigitOrDollar(first), scalars.allSatisfy(isPlain) { return part }
        return scalars.reduce(into: "\"") { quoted, scalar in
            quoted.unicodeScalars.append(scalar)
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
        } + "\""
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || scalar == "_" || isDigitOrDollar(scalar)
    }

    private static func isDigitOrDollar(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || scalar == "$"
    }
}
