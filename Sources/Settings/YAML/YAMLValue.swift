/// A value to be written as YAML.
indirect enum YAMLValue: Hashable, Sendable {
    /// Written as a plain scalar: a number, a boolean, a word of a fixed list.
    case plain(String)
    /// Written in quotes if YAML or a person could mistake it for something other than a string.
    case text(String)
    /// Written with its secrets masked.
    case secret(RedactedText)
    /// A list of scalars.
    case list([YAMLValue])
    case mapping([Field])
    case mappings([Element])

    struct Field: Hashable, Sendable {
        let key: String
        let value: YAMLValue
    }

    /// A mapping in a list. Its name is unique in the list and is not written.
    struct Element: Hashable, Sendable {
        let name: String
        let fields: [Field]
    }
}

extension YAMLValue {
    /// Turns a scalar into a secret. Lists and mappings stay as they are: the keys of a mapping declare their own
    /// redaction.
    func redacted(by redaction: Redaction) -> YAMLValue {
        switch self {
        case .plain(let text), .text(let text): .secret(redaction.redact(text))
        case .secret, .list, .mapping, .mappings: self
        }
    }

    /// Whether it is a secret, or contains one at any depth.
    var holdsSecret: Bool {
        switch self {
        case .plain, .text: false
        case .secret(let text): text.holdsSecret
        case .list(let values): values.contains(where: \.holdsSecret)
        case .mapping(let fields): fields.contains(where: \.value.holdsSecret)
        case .mappings(let elements): elements.contains { $0.fields.contains(where: \.value.holdsSecret) }
        }
    }

    /// A scalar or a list of scalars on one line; nil for mappings.
    var inOneLine: String? {
        switch self {
        case .plain(let word): return word
        case .text(let text): return YAMLWriter.scalar(text)
        case .secret(let text): return YAMLWriter.scalar(text.shown)
        case .mappings(let elements) where elements.isEmpty: return "[]"
        case .mapping, .mappings: return nil
        case .list(let elements):
            let lines = elements.compactMap(\.inOneLine)
            return lines.count == elements.count ? "[\(lines.joined(separator: ", "))]" : nil
        }
    }
}
