/// The format of a list of names: at least one, and no duplicates.
struct NameList: Sendable {
    let object: String

    struct ParseError: Error {
        let message: String
    }

    var expected: String { "a list of at least one \(object)" }

    private var element: ValueFormat<String> { .name(of: object) }

    func decode(_ node: YAMLNode, at path: String, _ context: inout DecodingContext) -> [String]? {
        switch node.content {
        case .refused: return nil
        case .sequence(let nodes) where !nodes.isEmpty:
            var first: [String: Mark] = [:]
            var names: [String] = []
            for (index, node) in nodes.enumerated() {
                let place = "\(path)[\(index)]"
                guard let name = element.decode(node, at: place, &context) else { continue }
                if let mark = first[name] {
                    context.refuse(node.mark, place, "\(duplicate(name)) (first at line \(mark.line))")
                } else {
                    first[name] = node.mark
                    names.append(name)
                }
            }
            context.accept(path, from: node.mark)
            return names
        case .sequence: context.reportMissing(node.mark, path, "expected \(expected), found an empty list")
        case .scalar(let text, _) where !node.isNull && QualifiedNameSyntax.isName(text):
            context.refuse(node.mark, path, "expected \(expected), found \(node.found): write it in brackets")
        default: context.refuse(node.mark, path, "expected \(expected), found \(node.found)")
        }
        return nil
    }

    /// Parses names separated by commas. Spaces around them are ignored; a name with a comma has to be in double
    /// quotes.
    func parse(_ text: String) -> Result<[String], ParseError> {
        var names: [String] = []
        var name = ""
        var isQuoted = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                names.append(name)
                name = ""
            // Later spaces are kept for now, since they may be part of the name.
            case " " where !isQuoted && name.isEmpty: continue
            default: name.unicodeScalars.append(scalar)
            }
        }
        guard !isQuoted else { return .failure(ParseError(message: "expected a closing double quote, found the end")) }
        names.append(name)
        return check(names.map(withoutTrailingSpaces))
    }

    /// Checks names that are separate already, such as those of a repeated flag.
    func check(_ names: [String]) -> Result<[String], ParseError> {
        for (index, name) in names.enumerated() {
            guard element.parse(name) != nil else {
                return .failure(ParseError(message: element.errorMessage(for: name)))
            }
            if names[..<index].contains(name) { return .failure(ParseError(message: duplicate(name))) }
        }
        return .success(names)
    }

    private func withoutTrailingSpaces(_ name: String) -> String {
        var name = name
        while name.last == " " { name.removeLast() }
        return name
    }

    private func duplicate(_ name: String) -> String {
        "duplicate \(object) \(Quotation.of(name))"
    }
}
