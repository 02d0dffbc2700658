import SQLText

/// What a caller says of one column: `workspace_activities.activity_type=action`.
package struct ColumnChoice: Hashable, Sendable {
    package let column: CatalogObject
    /// Behind the first `=`: another column's name, or a value.
    package let text: String

    /// nil for a text of another form.
    package init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let parts = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
        self.text = String(text[text.index(after: equals)...])
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        column = CatalogObject(.column, String(parts[1]), of: String(parts[0]))
    }

    /// What is wrong with the choices that a caller gives, a sentence each.
    ///
    /// - Parameter isValue: whether the text is a value, which the column's type has to have.
    package static func problems(of texts: [String], isValue: Bool) -> [String] {
        guard !texts.isEmpty else { return [] }
        let facts = RecordedFacts.platform.facts(major: RecordedFacts.platform.majors[0], extensionSchemas: [:])
        var known: Set<CatalogObject> = []
        return texts.flatMap { text -> [String] in
            guard let choice = ColumnChoice(text), isValue || !choice.text.isEmpty else {
                return ["'\(text)': expected TABLE.COLUMN=\(isValue ? "VALUE" : "SOURCE")"]
            }
            var problems: [String] = []
            if !known.insert(choice.column).inserted {
                problems.append("'\(text)': \(choice.column.relation).\(choice.column.name) is said twice")
            }
            guard let type = facts[choice.column, .type] else {
                return problems + [
                    "'\(text)': the schema has no column \(choice.column.relation).\(choice.column.name)"
                ]
            }
            let labels = facts.labels(of: type, in: RecordedFacts.platform.schema)
            if isValue, facts[choice.column, .null] == nil {
                problems.append("'\(text)': the column may be empty")
            }
            if isValue, let labels, !labels.contains(choice.text) {
                problems.append("'\(text)': \(type) has only \(labels.joined(separator: ", "))")
            }
            return problems
        }
    }
}

extension CatalogFacts {
    /// The labels of an enum, without quotes; nil for any other type.
    fileprivate func labels(of type: String, in schema: String) -> [String]? {
        guard let name = type.withoutPrefix("\(schema)."),
            let definition = self[CatalogObject(.type, name), .definition],
            definition.hasPrefix("ENUM (")
        else { return nil }
        return DeparsedExpression(definition).literals.map {
            String($0.dropFirst().dropLast()).replacing("''", with: "'")
        }
    }
}

extension [RepairRule] {
    /// The rules with what the caller says, which wins.
    func with(_ choices: RepairChoices, _ expected: CatalogFacts) throws(SQLTextError) -> [RepairRule] {
        var rules = self
        for choice in choices.sources {
            rules.removeAll { $0.isAbout(choice.column) }
            rules.append(RepairRule(choice.column, source: choice.text))
        }
        for choice in choices.fillings {
            guard let type = expected[choice.column, .type] else { continue }
            let value = "\(try SQLLiteral(choice.text).quoted)::\(type)"
            let place = rules.firstIndex { $0.isAbout(choice.column) }
            var rule = place.map { rules.remove(at: $0) } ?? RepairRule(choice.column, source: nil)
            // Of a column that was converted or copied, for the rows that have no value there.
            rule.fallback = value
            if rule.source == nil {
                rule.value = rule.value.map { "coalesce(\($0), \(value))" } ?? value
                rule.refusal = nil
            }
            rules.append(rule)
        }
        return rules
    }
}
