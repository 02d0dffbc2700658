/// Writes YAML in block style, indented by two spaces, with an optional comment after each value.
struct YAMLWriter {
    /// Returns the comment for the value at a path such as `databases[0].lock_timeout`; nil for none.
    let comment: (_ path: String) -> String?
    private(set) var output = ""

    init(comment: @escaping (String) -> String? = { _ in nil }) {
        self.comment = comment
    }

    mutating func write(_ fields: [YAMLValue.Field], indent: Int = 0, path: String = "") {
        for (index, field) in fields.enumerated() {
            // The first key of an element is on the line of its dash.
            let followsDash = index == 0 && output.hasSuffix("- ")
            output += followsDash ? "" : String(repeating: " ", count: indent)
            output += "\(field.key):"
            write(field.value, indent: indent, path: path.isEmpty ? field.key : "\(path).\(field.key)")
        }
    }

    private mutating func write(_ value: YAMLValue, indent: Int, path: String) {
        if let line = value.inOneLine { return endLine(" " + line, path) }
        endLine("", path)
        switch value {
        case .plain, .text, .secret, .list: break
        case .mapping(let fields): write(fields, indent: indent + 2, path: path)
        case .mappings(let elements):
            for (index, element) in elements.enumerated() {
                output += String(repeating: " ", count: indent + 2) + "- "
                write(element.fields, indent: indent + 4, path: "\(path)[\(index)]")
            }
        }
    }

    private mutating func endLine(_ text: String, _ path: String) {
        // A newline, such as one in a file name, would end the comment and turn the rest into YAML.
        let comment = comment(path).map {
            $0.unicodeScalars.map { $0.properties.isPrintable ? String($0) : $0.escaped }
        }
        output += text + (comment.map { "  # \($0.joined())" } ?? "") + "\n"
    }

    /// A string as a plain scalar if it is unambiguous, else in double quotes, with unprintable characters escaped.
    static func scalar(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || "_./-".unicodeScalars.contains(scalar)
        }
        let beginsWithLetter = text.first.map { ("a"..."z").contains($0) || ("A"..."Z").contains($0) } ?? false
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        if isPlain, beginsWithLetter, !words.contains(text.lowercased()) { return text }
        return text.unicodeScalars.reduce(into: "\"") { quoted, scalar in
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default:
                if scalar.properties.isPrintable {
                    quoted.unicodeScalars.append(scalar)
                } else {
                    quoted += scalar.escaped
                }
            }
        } + "\""
    }
}

extension Unicode.Scalar {
    /// The `\UXXXXXXXX` escape of YAML's double-quoted style.
    fileprivate var escaped: String {
        let digits = String(value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension Unicode.Scalar.Properties {
    /// Whether it is shown as a glyph or is the ordinary space.
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
