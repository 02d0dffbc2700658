/// What the caller of a repair has decided beforehand.
package struct RepairChoices: Sendable {
    /// The new names of old values.
    package var mappings: [ValueMapping]
    /// The columns that have the values of the schema's so far.
    package var sources: [ColumnChoice]
    /// The values of columns in rows that have none.
    package var fillings: [ColumnChoice]
    /// Tables of the schema that are made anew, with the rows of what has their name so far.
    package var replaced: [String]
    /// Relations that get another name, and keep what they hold.
    package var setAside: [String]
    /// What is in the way, and is dropped.
    package var dropped: [PartChoice]
    /// Whether triggers that do what one of the schema's does are dropped.
    package var replacesTriggers: Bool
    /// The search_path under which triggers fire when rows are changed.
    package var searchPath: String?

    package init(
        mappings: [ValueMapping] = [], sources: [ColumnChoice] = [], fillings: [ColumnChoice] = [],
        replaced: [String] = [], setAside: [String] = [], dropped: [PartChoice] = [], replacesTriggers: Bool = false,
        searchPath: String? = nil
    ) {
        self.mappings = mappings
        self.sources = sources
        self.fillings = fillings
        self.replaced = replaced
        self.setAside = setAside
        self.dropped = dropped
        self.replacesTriggers = replacesTriggers
        self.searchPath = searchPath
    }
}

/// A policy, trigger, constraint or index of a table, by their names: `api_keys.check_expiry`.
package struct PartChoice: Hashable, Sendable, CustomStringConvertible {
    let relation: String
    let name: String

    /// nil for a text of another form.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (relation, name) = (String(parts[0]), String(parts[1]))
    }

    init(_ part: CatalogObject) {
        (relation, name) = (part.relation, part.name)
    }

    package var description: String { "\(relation).\(name)" }
}

extension RepairChoices {
    /// Names of schemas, as SET takes them, and nothing else: whoever owns a function may have written the text.
    package static func isPath(_ text: String) -> Bool {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
        return names.allSatisfy { $0.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_$]*|"[^"]+"/) != nil }
            && !names.contains { $0.lowercased().contains("pg_catalog") || $0.lowercased().contains("pg_temp") }
    }

    /// What is wrong with the relations that a caller names, each with its option.
    package static func problems(replaced: [String], setAside: [String], dropped: [String]) -> [String] {
        let facts = RecordedFacts.platform.facts(major: RecordedFacts.platform.majors[0], extensionSchemas: [:])
        let unknown = replaced.filter { !facts.contains(CatalogObject(.table, $0)) }
        let both = replaced.filter(setAside.contains)
        let ours = setAside.filter { $0.hasPrefix(ReservedName.prefix) }
        return unknown.map { "--replace '\($0)': the schema has no such table" }
            + both.map { "--set-aside '\($0)': it is to be replaced, which keeps it under another name as well" }
            + ours.map { "--set-aside '\($0)': it has been set aside" }
            + dropped.filter { PartChoice($0) == nil }.map { "--drop '\($0)': expected TABLE.NAME" }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
