/// The keys of a mapping, which set the values of a `Target`.
struct Section<Target: Sendable>: Sendable {
    let keys: [Key<Target>]

    init(_ keys: [Key<Target>]) {
        self.keys = keys
    }

    var overrides: [Override<Target>] { keys.flatMap(\.overrides) }

    /// Sets the values that are valid, and records problems for the others.
    func decode(_ node: YAMLNode, at path: String, into target: inout Target, _ context: inout DecodingContext) {
        switch node.content {
        case .refused: break
        case .mapping(let entries):
            let seen = decode(entries, at: path, into: &target, &context)
            reportMissing(after: seen, node.mark, path, &context)
        case .scalar where node.isNull: reportMissing(after: [:], node.mark, path, &context)
        default:
            context.refuse(node.mark, path, "expected a mapping with the keys \(names), found \(node.found)")
        }
    }

    func render(_ target: Target) -> [YAMLValue.Field] {
        keys.compactMap { key in key.render(target).map { YAMLValue.Field(key: key.name, value: $0) } }
    }

    @Sendable func validate(_ target: Target, at path: String, _ validation: inout Validation) {
        for key in keys { key.validate(target, Self.path(of: key.name, in: path), &validation) }
    }

    func documentation(_ defaults: Target, at path: String) -> [KeyDocumentation] {
        keys.flatMap { $0.documentation(defaults, Self.path(of: $0.name, in: path)) }
    }

    /// `mapping` is empty for the file itself.
    private static func path(of key: String, in mapping: String) -> String {
        mapping.isEmpty ? key : "\(mapping).\(key)"
    }

    /// The names of the keys, for messages.
    var names: String { keys.map(\.name).joined(separator: ", ") }

    private func decode(
        _ entries: [YAMLNode.Entry], at path: String, into target: inout Target, _ context: inout DecodingContext
    ) -> [String: Mark] {
        var seen: [String: Mark] = [:]
        for entry in entries {
            guard case .scalar(let name, _) = entry.key.content else {
                if entry.key.content != .refused {
                    context.refuse(entry.key.mark, path, "expected a key (\(names)), found \(entry.key.found)")
                }
                continue
            }
            if let first = seen[name] {
                let message = "duplicate key \(Quotation.of(name)) (first at line \(first.line))"
                context.refuse(entry.key.mark, path, message)
                continue
            }
            seen[name] = entry.key.mark
            if let key = keys.first(where: { $0.name == name }) {
                key.decode(entry.value, Self.path(of: name, in: path), &target, &context)
            } else {
                context.refuse(entry.key.mark, path, "unknown key \(Quotation.of(name))\(suggestion(for: name))")
            }
        }
        return seen
    }

    private func reportMissing(
        after seen: [String: Mark], _ mark: Mark, _ path: String, _ context: inout DecodingContext
    ) {
        // A misspelt required key has been reported already, and is not reported as missing as well.
        let misspelt = seen.keys.filter { name in !keys.contains { $0.name == name } }
        for key in keys where key.isRequired && seen[key.name] == nil {
            if misspelt.contains(where: { Spelling.nearest(to: $0, among: keys.map(\.name)) == key.name }) { continue }
            context.reportMissing(mark, path, "missing key '\(key.name)': expected \(key.expected)")
        }
    }

    /// A key of a nested section is misplaced rather than misspelt.
    private func suggestion(for name: String) -> String {
        if let owner = keys.first(where: { $0.innerKeys.contains(name) }) { return "; it belongs in '\(owner.name)'" }
        return Spelling.suggestion(for: name, among: keys.map(\.name))
    }
}
