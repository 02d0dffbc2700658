/// A value to be written as YAML.
indirect enum YAMLValue: Hashable, Sendable {
    /// Written as it is: a number, a truth value, a word of a closed list.
    case word(String)
    /// Written in quotes where YAML, or a reader, could take it for something else.
    case text(String)
    /// Of scalars.
    case list([YAMLValue])
    case mapping([Field])
    case mappings([Element])

    struct Field: Hashable, Sendable {
        let key: String
        let value: YAMLValue
    }

    /// A mapping of a list. It is written without its name, which no two elements share.
    struct Element: Hashable, Sendable {
        let name: String
        let fields: [Field]
    }
}

extension YAMLValue {
    /// A scalar, or a list of scalars, on one line; nil for what needs more.
    var inOneLine: String? {
        switch self {
        case .word(let word): return word
        case .text(let text): return YAMLWriter.scalar(text)
        case .mappings(let elements) where elements.isEmpty: return "[]"
        case .mapping, .mappings: return nil
        case .list(let elements):
            let lines = elements.compactMap(\.inOneLine)
            return lines.count == elements.count ? "[\(lines.joined(separator: ", "))]" : nil
        }
    }
}
