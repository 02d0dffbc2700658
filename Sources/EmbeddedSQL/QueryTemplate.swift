/// A query whose identifiers are named by its reader: the same work for schemas with other names.
///
/// `{source.tenant}` is a placeholder for an identifier. Lines between `-- when NAME:` and `-- end` are there only
/// when the section is wanted, and those after an `-- else` between them only when it is not.
package struct QueryTemplate: Sendable {
    package let text: String

    package init(text: String) {
        self.text = text
    }

    /// The query with its placeholders replaced, once and from left to right, so that braces in a name mean nothing.
    ///
    /// - Parameters:
    ///   - identifiers: by placeholder without braces, each as it stands in SQL: quoted where it has to be, and
    ///     qualified with its schema where it is a table. Nothing but an identifier may be given: it is not quoted here.
    ///   - sections: the sections that are wanted.
    /// - Throws: ``QueryTemplateError`` when a placeholder has no identifier, or a section is not closed.
    package func rendered(
        _ identifiers: [String: String], sections: Set<String> = []
    ) throws(QueryTemplateError) -> String {
        try replaced(selected(sections), identifiers)
    }

    private func selected(_ sections: Set<String>) throws(QueryTemplateError) -> String {
        var open: (name: Substring, isKept: Bool)?
        var kept: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- when "), line.hasSuffix(":"), open == nil {
                let name = line.dropFirst("-- when ".count).dropLast()
                open = (name, sections.contains(String(name)))
            } else if let section = open, line == "-- else" {
                open = (section.name, !section.isKept)
            } else if open != nil, line == "-- end" {
                open = nil
            } else if open?.isKept ?? true {
                kept.append(line)
            }
        }
        if let open { throw QueryTemplateError(code: .unclosedSection, name: String(open.name)) }
        return kept.joined(separator: "\n")
    }

    private func replaced(_ text: String, _ identifiers: [String: String]) throws(QueryTemplateError) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            let placeholder = String(rest[rest.index(after: start)..<end])
            guard let identifier = identifiers[placeholder] else {
                throw QueryTemplateError(code: .missingIdentifier, name: placeholder)
            }
            result += rest[..<start] + identifier
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
