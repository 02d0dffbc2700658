import SQLText

/// The new name of an old value: `standard=user` in any column, or `api_keys.key_type:standard=user` in one.
package struct ValueMapping: Hashable, Sendable, CustomStringConvertible {
    /// nil for a mapping of any column.
    let column: (table: String, name: String)?
    let old: String
    let new: String

    /// nil for a text of another form.
    package init?(_ text: String) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        var left = text[..<equals]
        var column: (table: String, name: String)?
        if let colon = left.firstIndex(of: ":") {
            let parts = left[..<colon].split(separator: ".")
            guard parts.count == 2 else { return nil }
            column = (String(parts[0]), String(parts[1]))
            left = left[left.index(after: colon)...]
        }
        self.column = column
        old = String(left)
        new = String(text[text.index(after: equals)...])
        if new.isEmpty { return nil }
    }

    /// As it was written.
    package var description: String {
        (column.map { "\($0.table).\($0.name):" } ?? "") + "\(old)=\(new)"
    }

    /// What is wrong with the mappings that a caller gives, a sentence each: those of another form, for a column that
    /// the schema does not have, or in contradiction to another one.
    package static func problems(of texts: [String]) -> [String] {
        guard !texts.isEmpty else { return [] }
        let facts = RecordedFacts.platform.facts(major: RecordedFacts.platform.majors[0], extensionSchemas: [:])
        var known: [ValueMapping] = []
        return texts.flatMap { text -> [String] in
            guard let mapping = ValueMapping(text) else {
                return ["'\(text)': expected OLD=NEW or TABLE.COLUMN:OLD=NEW"]
            }
            defer { known.append(mapping) }
            var problems: [String] = []
            if let column = mapping.column, !facts.contains(CatalogObject(.column, column.name, of: column.table)) {
                problems.append("'\(text)': the schema has no column \(column.table).\(column.name)")
            }
            if let other = known.first(where: { $0.contradicts(mapping) }) {
                problems.append("'\(text)': '\(mapping.old)' is said to be '\(other.new)' and '\(mapping.new)'")
            }
            return problems
        }
    }

    private func contradicts(_ other: ValueMapping) -> Bool {
        old.isSame(as: other.old) && !new.isSame(as: other.new) && isForSameColumn(as: other)
    }

    func concerns(_ table: String, _ name: String) -> Bool {
        column == nil || isFor(table, name)
    }

    /// Whether it names this very column.
    func isFor(_ table: String, _ name: String) -> Bool {
        column.map { $0.table.isSame(as: table) && $0.name.isSame(as: name) } ?? false
    }

    private func isForSameColumn(as other: ValueMapping) -> Bool {
        other.column.map { isFor($0.table, $0.name) } ?? (column == nil)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.isForSameColumn(as: right) && left.old.isSame(as: right.old) && left.new.isSame(as: right.new)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(old)
        hasher.combine(new)
    }
}
