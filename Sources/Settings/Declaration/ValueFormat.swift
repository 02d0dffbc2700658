/// How a value is written as a scalar of the file, or as an environment variable.
struct ValueFormat<Value: Sendable>: Sendable {
    /// Continues "expected …".
    let expected: String
    /// Whether quotes are rejected, since they would make a number or a boolean a string.
    var isPlainOnly = false
    /// Whether the key declares a redaction. Messages then never quote what was found.
    var isSecret = false
    /// Returns nil if the text is not a valid value.
    let parse: @Sendable (String) -> Value?
    /// How to correct a text that is not valid; nil if the message needs no hint.
    var hint: @Sendable (String) -> String? = { _ in nil }
    /// Returns nil if the key is to be omitted.
    let render: @Sendable (Value) -> YAMLValue?

    /// The same format for an optional value.
    var optional: ValueFormat<Value?> {
        ValueFormat<Value?>(
            expected: expected, isPlainOnly: isPlainOnly, isSecret: isSecret,
            parse: { text in parse(text).map { .some($0) } }, hint: hint, render: { value in value.flatMap(render) })
    }

    /// The same format for the value of a key that declares a redaction.
    func redacted(by redaction: Redaction) -> ValueFormat {
        ValueFormat(
            expected: expected, isPlainOnly: isPlainOnly, isSecret: true, parse: parse,
            render: { render($0)?.redacted(by: redaction) })
    }

    /// The value of a node of the file. If it is not valid, records the problem and returns nil.
    func decode(_ node: YAMLNode, at path: String, _ context: inout DecodingContext) -> Value? {
        switch node.content {
        case .refused: return nil
        case .scalar(let text, let isPlain) where !node.isNull && (isPlain || !isPlainOnly):
            if let value = parse(text) {
                context.accept(path, from: node.mark)
                return value
            }
            context.refuse(node.mark, path, errorMessage(for: text))
        case .scalar(let text, isPlain: false) where parse(text) != nil:
            context.refuse(node.mark, path, "expected \(expected), found \(found(node)): write it without quotes")
        default: context.refuse(node.mark, path, "expected \(expected), found \(found(node))")
        }
        return nil
    }

    /// Why the text is not a valid value.
    func errorMessage(for text: String) -> String {
        let found = isSecret ? Self.notShown : text.isEmpty ? "an empty text" : Quotation.of(text)
        return "expected \(expected), found \(found)" + (hint(text).map { " (\($0))" } ?? "")
    }

    private static var notShown: String { "something else (not shown)" }

    private func found(_ node: YAMLNode) -> String {
        if isSecret, case .scalar = node.content, !node.isNull { Self.notShown } else { node.found }
    }
}
