/// A key of a mapping: its name, and how its value is read, written, overridden, validated and documented.
struct Key<Target: Sendable>: Sendable {
    let name: String
    let meaning: String
    let isRequired: Bool
    /// Continues "expected …".
    let expected: String
    /// Sets the value if it is valid, and records a problem if it is not.
    let decode: @Sendable (YAMLNode, _ path: String, inout Target, inout DecodingContext) -> Void
    /// Returns nil if the key is to be omitted.
    let render: @Sendable (Target) -> YAMLValue?
    /// The overrides of this value, or of those in its mapping, with paths relative to the target.
    var overrides: [Override<Target>] = []
    /// The keys of its mapping, if its value is one; for messages about misplaced keys.
    var innerKeys: [String] = []
    /// Checks this value, or those in its mapping, against others.
    var validate: @Sendable (Target, _ path: String, inout Validation) -> Void = { _, _, _ in }
    /// Documents this key, and those in its mapping. The target holds the defaults.
    let documentation: @Sendable (Target, _ path: String) -> [KeyDocumentation]
}

extension Key {
    typealias Field<Value> = WritableKeyPath<Target, Value> & Sendable

    /// A key whose value is a scalar.
    ///
    /// - Parameters:
    ///   - redaction: how to mask the value where it is shown; nil for a value that is not secret.
    ///   - validate: returns how the value contradicts others of the same target.
    static func value<Value>(
        _ name: String, _ field: Field<Value>, _ format: ValueFormat<Value>, variable: String? = nil,
        flag: Flag? = nil, isRequired: Bool = false, redaction: Redaction? = nil,
        validate: (@Sendable (Target) -> [Contradiction])? = nil,
        _ meaning: String
    ) -> Key {
        let format = redaction.map(format.redacted(by:)) ?? format
        let set: @Sendable (String, inout Target) -> String? = { text, target in
            guard let value = format.parse(text) else { return format.errorMessage(for: text) }
            target[keyPath: field] = value
            return nil
        }
        return Key(
            name: name, meaning: meaning, isRequired: isRequired, expected: format.expected,
            decode: { node, path, target, context in
                if let value = format.decode(node, at: path, &context) { target[keyPath: field] = value }
            },
            render: { format.render($0[keyPath: field]) },
            overrides: Override.all(
                of: name, variable, set, flag, { texts, target in texts.last.flatMap { set($0, &target) } }),
            validate: { target, path, validation in
                if let validate { validation.report(validate(target), beside: path) }
            },
            documentation: { defaults, path in
                let text = isRequired ? nil : format.render(defaults[keyPath: field])?.inOneLine
                return [
                    KeyDocumentation(
                        path: path, expected: format.expected, isRequired: isRequired, defaultText: text,
                        variable: variable, meaning: meaning)
                ]
            })
    }

    /// A key whose value is a list of names, with at least one and without duplicates.
    static func names(
        _ name: String, _ field: Field<[String]>, of object: String, variable: String? = nil, flag: Flag? = nil,
        _ meaning: String
    ) -> Key {
        let list = NameList(object: object)
        let set: @Sendable (Result<[String], NameList.ParseError>, inout Target) -> String? = { names, target in
            switch names {
            case .success(let names): target[keyPath: field] = names
            case .failure(let error): return error.message
            }
            return nil
        }
        return Key(
            name: name, meaning: meaning, isRequired: false, expected: list.expected,
            decode: { node, path, target, context in
                if let names = list.decode(node, at: path, &context) { target[keyPath: field] = names }
            },
            render: { .list($0[keyPath: field].map { .text($0) }) },
            overrides: Override.all(
                of: name, variable, { set(list.parse($0), &$1) }, flag, { set(list.check($0), &$1) }),
            documentation: { defaults, path in
                let text = YAMLValue.list(defaults[keyPath: field].map { .text($0) }).inOneLine
                return [
                    KeyDocumentation(
                        path: path, expected: list.expected, isRequired: false, defaultText: text,
                        variable: variable, meaning: meaning)
                ]
            })
    }
}
