/// A node of a YAML document, and where it begins.
struct YAMLNode: Hashable, Sendable {
    let mark: Mark
    let content: Content

    enum Content: Hashable, Sendable {
        /// The unescaped text; `isPlain` if it was written without quotes.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
        /// Not accepted, for the reason in the document's `errors`.
        case refused
    }

    struct Entry: Hashable, Sendable {
        let key: YAMLNode
        let value: YAMLNode
    }

    /// Empty, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null"].contains(text)
    }

    /// Continues "found …" in messages.
    var found: String {
        switch content {
        case .scalar(let text, let isPlain):
            if isNull { "nothing" } else { isPlain ? Quotation.of(text) : "\(Quotation.of(text)) in quotes" }
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "something else"
        }
    }
}
