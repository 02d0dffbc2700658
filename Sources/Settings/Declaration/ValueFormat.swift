/// How a value is written as one scalar, in the file and in the environment.
struct ValueFormat<Value: Sendable>: Sendable {
    /// Continues "expected …".
    let expected: String
    /// Numbers and truth values: in quotes they are texts.
    var isPlainOnly = false
    /// Of the key whose value it is: what is found is then never quoted.
    var isSecret = false
    /// nil when the text is not such a value.
    let parse: @Sendable (String) -> Value?
    /// What the author of a text that does not parse may have meant.
    var hint: @Sendable (String) -> String? = { _ in nil }
    /// nil leaves the key out.
    let render: @Sendable (Value) -> YAMLValue?

    /// The same for a value that can be missing.
    var optional: ValueFormat<Value?> {
        ValueFormat<Value?>(
            expected: expected, isPlainOnly: isPlainOnly, isSecret: isSecret,
            parse: { text in parse(text).map { .some($0) } }, hint: hint, render: { value in value.flatMap(render) })
    }

    /// The same for the value of a key that declares a secrecy.
    func redacted(by secrecy: Secrecy) -> ValueFormat {
        ValueFormat(
            expected: expected, isPlainOnly: isPlainOnly, isSecret: true, parse: parse,
            render: { render($0)?.redacted(by: secrecy) })
    }

    /// The value of a scalar of the file.
    func decode(_ node: YAMLNode, at path: String, _ context: inout DecodingContext) -> Value? {
        switch node.content {
        case .refused: return nil
        case .scalar(let text, let isPlain) where !node.isNull && (isPlain || !isPlainOnly):
            if let value = parse(text) {
                context.accept(path, from: node.mark)
                return value
            }
            context.refuse(node.mark, path, complaint(about: text))
        case .scalar(let text, isPlain: false) where parse(text) != nil:
            context.refuse(node.mark, path, "expected \(expected), found \(found(node)): write it without quotes")
        default: context.refuse(node.mark, path, "expected \(expected), found \(found(node))")
        }
        return nil
    }

    /// Why the text is not such a value.
    func complaint(about text: String) -> String {
        let found = isSecret ? Self.notShown : text.isEmpty ? "an empty text" : Quotation.of(text)
        return "expected \(expected), found \(found)" + (hint(text).map { " (\($0))" } ?? "")
    }

    private static var notShown: String { "something else (not shown)" }

    private func found(_ node: YAMLNode) -> String {
        if isSecret, case .scalar = node.content, !node.isNull { Self.notShown } else { node.found }
    }
}
