/// A value to be written as YAML.
indirect enum YAMLValue: Hashable, Sendable {
    /// Written as it is: a number, a truth value, a word of a closed list.
    case plain(String)
    /// Written in quotes where YAML, or a reader, could take it for something else.
    case text(String)
    /// Written as what of it may be shown.
    case secret(RedactedText)
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
    /// A scalar as a secret; what a list or a mapping holds has a secrecy of its own.
    func redacted(by secrecy: Secrecy) -> YAMLValue {
        switch self {
        case .plain(let text), .text(let text): .secret(secrecy.redact(text))
        case .secret, .list, .mapping, .mappings: self
        }
    }

    /// Whether a secret stands anywhere in it.
    var holdsSecret: Bool {
        switch self {
        case .plain, .text: false
        case .secret(let text): text.holdsSecret
        case .list(let values): values.contains(where: \.holdsSecret)
        case .mapping(let fields): fields.contains(where: \.value.holdsSecret)
        case .mappings(let elements): elements.contains { $0.fields.contains(where: \.value.holdsSecret) }
        }
    }

    /// A scalar, or a list of scalars, on one line; nil for what needs more.
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
