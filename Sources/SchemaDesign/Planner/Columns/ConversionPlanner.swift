import SQLText

/// A column whose values have to become others while it is written: a new column beside it, a trigger that keeps the two
/// in step, the old rows in batches, its indexes; and then, within one deadline, the names are swapped. The old column
/// stays as `pgtend_old_…`, and is no longer written.
extension SchemaPlanner {
    static let newPrefix = "\(prefix)new_"
    static let oldPrefix = "\(prefix)old_"

    /// Where `column` has its values now; nil for one that needs no conversion.
    private func source(of column: CatalogObject) -> CatalogObject? {
        if let name = rule(column.relation, column.name)?.source, !live.contains(column) {
            let source = CatalogObject(.column, name, of: column.relation)
            if live.contains(source) { return source }
        }
        guard let (found, wanted) = typeChange(of: column), !isCheap(from: found, to: wanted, column) else {
            return nil
        }
        return column
    }

    func needsConversion(_ column: CatalogObject) -> Bool { source(of: column) != nil }

    /// Whether ALTER ... TYPE is done within the deadline, since no row is rewritten, or there are few, and alters no
    /// value: nothing would tell what it was.
    private func isCheap(from found: String, to wanted: String, _ column: CatalogObject) -> Bool {
        if enumLabels(wanted) != nil { return false }
        if Self.isWider(wanted, than: found) { return true }
        // What has begun as a conversion ends as one.
        let shadow = CatalogObject(.column, Self.newPrefix + column.name, of: column.relation)
        return isQuicklyRewritten(column.relation) && alteredValues(of: column).isEmpty && !live.contains(shadow)
    }

    func isQuicklyRewritten(_ table: String) -> Bool {
        let bytes = live[CatalogObject(.table, table), .bytes].flatMap { Int($0) } ?? Int.max
        return Double(bytes) <= min(deadline / .milliseconds(200), 8) * Self.quicklyRewritten
    }

    /// Some 20 MB are rewritten, indexes included, within the default deadline of 200 ms.
    private static let quicklyRewritten = Double(4 << 20)

    /// The casts that PostgreSQL knows to need no rewrite, and that keep every value. `timestamp` counts as UTC, which
    /// our sessions live in.
    static func isWider(_ wanted: String, than found: String) -> Bool {
        if isText(found), wanted == "text" || wanted == "character varying" { return true }
        if let old = length(found), let new = length(wanted) { return new >= old }
        return found == "timestamp without time zone" && wanted == "timestamp with time zone"
    }

    mutating func planConversion(_ column: CatalogObject) throws(SQLTextError) {
        guard let source = source(of: column) else { return }
        guard try mayBeConverted(source, column) else { return }
        let table = try qualified(column.relation)
        let shadow = CatalogObject(.column, Self.newPrefix + column.name, of: column.relation)
        let shadowName = try SQLIdentifier(shadow.name).quoted
        let value = try convertedValue(source, column)
        let purpose =
            source == column
            ? "\(column.name) is \(live[column, .type] ?? "?"), and has to be \(expected[column, .type] ?? "?")"
            : "\(source.name) is called \(column.name)"
        try askForValues(source, column)
        try askForZone(of: column)

        if !live.contains(shadow) {
            addBriefly(
                .columns, column.relation, .accessExclusive, purpose,
                "ALTER TABLE \(table) ADD COLUMN \(shadowName) \(expected[column, .type] ?? "")")
        }
        addBriefly(
            .columns, column.relation, .accessExclusive, purpose,
            try syncFunctionDefinition(
                column, assignment: "NEW.\(shadowName) := (SELECT \(value) FROM (SELECT NEW.*) AS r)"),
            try syncTriggerDefinition(column))
        let sourceName = try SQLIdentifier(source.name).quoted
        let isNull = "r.\(shadowName) IS NULL"
        let condition = expected[column, .null] == nil ? "\(isNull) AND r.\(sourceName) IS NOT NULL" : isNull
        add(.values, column, .inBatches(backfill(column, "\(shadowName) = (\(value))", condition)), purpose)
        if expected[column, .null] != nil { try planNotNull(column, on: shadow.name) }
        try planSwap(source, column, shadow, purpose)
    }

    // MARK: - Its parts

    /// What the old value is called by now, as text over the row `r`.
    func mappedValue(_ source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> String {
        let old = try text(of: source, as: expected[column, .type] ?? "")
        let given = mappings.filter { $0.concerns(column.relation, column.name) }
        // The later ones win: what is said of this column, then of any, then what the rule knows.
        let mine =
            (rule(column.relation, column.name)?.map ?? []) + given.filter { $0.column == nil }
            + given.filter { $0.column != nil }
        guard !mine.isEmpty else { return old }
        var cases: [String] = []
        for mapping in mine.reversed() {
            cases.append("WHEN \(try SQLLiteral(mapping.old).quoted) THEN \(try SQLLiteral(mapping.new).quoted)")
        }
        return "CASE \(old) \(cases.joined(separator: " ")) ELSE \(old) END"
    }

    /// The value of the new column over the row `r`; NULL for one that has none there.
    private func convertedValue(_ source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> String {
        let type = expected[column, .type] ?? ""
        let mapped = try mappedValue(source, column)
        let fallback = expected[column, .null] == nil ? nil : expected[column, .default]
        guard let labels = enumLabels(type) else {
            let cast = Self.isText(type) ? mapped : "(\(mapped))::\(type)"
            return fallback.map { "coalesce(\(cast), \($0))" } ?? cast
        }
        // A value that is none of the type's must not fail the write of whoever does not know of this yet.
        let converted = "CASE WHEN (\(mapped)) IN (\(labels)) THEN (\(mapped))::\(type) END"
        return fallback.map { "CASE WHEN (\(mapped)) IS NULL THEN \($0) ELSE \(converted) END" } ?? converted
    }

    /// The labels of an enum of the schema, as a list of literals.
    func enumLabels(_ type: String) -> String? {
        guard let name = type.dropped("\(schema)."),
            let definition = expected[CatalogObject(.type, name), .definition], definition.hasPrefix("ENUM (")
        else { return nil }
        return String(definition.dropFirst("ENUM (".count).dropLast())
    }

    /// Counts the values that the new column may not have. As text: the type may still be missing.
    ///
    /// - Parameter rows: those that get it, as a condition over the row `r`; nil for all.
    mutating func askForValues(
        _ source: CatalogObject, _ column: CatalogObject, among rows: String? = nil
    ) throws(SQLTextError) {
        let type = expected[column, .type] ?? ""
        let name = try SQLIdentifier(column.name).quoted
        var conditions: [String] = []
        var allowed = enumLabels(type)
        if expected[column, .null] != nil, expected[column, .default] == nil { conditions.append("x.\(name) IS NULL") }
        if let labels = allowed {
            conditions.append("x.\(name) NOT IN (\(labels))")
        } else if Self.length(type) != nil || !Self.isText(type) {
            conditions.append("x.\(name) IS NOT NULL AND \(try isUnfit("x.\(name)", for: type))")
        }
        for check in expected.parts(.constraint, of: column.relation) where Self.isText(type) {
            guard let definition = expected[check, .definition]?.dropped("CHECK "),
                checkedColumns(definition, column.relation) == [column.name]
            else { continue }
            conditions.append("NOT coalesce((SELECT \(definition) FROM (SELECT x.\(name)) AS y), true)")
            if definition.contains(" = ANY (ARRAY[") {
                allowed = Self.tokens(definition).map(\.raw).filter { $0.hasPrefix("'") }.joined(separator: ", ")
            }
        }
        guard !conditions.isEmpty else { return }
        let old = try text(of: source, as: type)
        let shown = (Self.shown("x.old"), Self.shown("x.\(name)"))
        ask(
            column,
            "SELECT \(shown.0) || CASE WHEN x.\(name) <> x.old THEN '=' || \(shown.1) ELSE '' END AS value, "
                + "count(*) AS count FROM (SELECT \(old) AS old, "
                + "(\(try mappedValue(source, column))) AS \(name) FROM \(try qualified(column.relation)) AS r"
                + (rows.map { " WHERE \($0)" } ?? "")
                + ") AS x WHERE \(conditions.joined(separator: " OR ")) GROUP BY 1 ORDER BY 2 DESC, 1",
            "\(source.name) has values that \(column.name) may not have",
            cure: "say what they are called by now\(allowed.map { " (one of \($0))" } ?? ""): "
                + "--map '\(column.relation).\(column.name):OLD=NEW' for each (one that ends in … is longer: give "
                + "its rows another value)")
    }

    /// Somebody may have meant another column, or repeats what was told once.
    mutating func noteIdleMappings() {
        for mapping in mappings where !takers.contains(where: { mapping.concerns($0.relation, $0.name) }) {
            notes.append("--map \(mapping): nothing is to be mapped\(mapping.column == nil ? "" : " in that column")")
        }
    }

    /// The columns of the table that an expression names.
    private func checkedColumns(_ expression: String, _ table: String) -> [String] {
        let words = Self.words(expression)
        return expected.parts(.column, of: table).map(\.name).filter { words.contains($0) }
    }

    /// The names in a deparsed expression, outside of literals.
    static func words(_ expression: String) -> Set<String> {
        Set(tokens(expression).filter(\.isName).map(\.text))
    }

    /// From here on the column has its new values, and nobody has waited for longer than the deadline.
    private mutating func planSwap(
        _ source: CatalogObject, _ column: CatalogObject, _ shadow: CatalogObject, _ purpose: String
    ) throws(SQLTextError) {
        let table = "ALTER TABLE \(try qualified(column.relation))"
        let name = try SQLIdentifier(column.name).quoted
        var statements = [try dropSyncTrigger(column), try dropSyncFunction(column)]
        statements += try retirement(of: source)
        statements.append("\(table) RENAME COLUMN \(try SQLIdentifier(shadow.name).quoted) TO \(name)")
        if let value = expected[column, .default] {
            statements.append("\(table) ALTER COLUMN \(name) SET DEFAULT \(value)")
        }
        if expected[column, .null] != nil {
            let check = try SQLIdentifier(Self.notNullPrefix + column.name).quoted
            statements.append("\(table) ALTER COLUMN \(name) SET NOT NULL")
            statements.append("\(table) DROP CONSTRAINT \(check)")
        }
        let lock = LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: column.relation))
        append(SchemaStep(column, .briefly([lock]), purpose, statements), to: .swaps)
        try noteRetirement(of: source)
    }

    /// Gives the old column its other name, and asks nobody to write it any more.
    func retirement(of source: CatalogObject) throws(SQLTextError) -> [String] {
        let table = "ALTER TABLE \(try qualified(source.relation))"
        let name = try SQLIdentifier(source.name).quoted
        return [
            "\(table) ALTER COLUMN \(name) DROP DEFAULT, ALTER COLUMN \(name) DROP NOT NULL",
            "\(table) RENAME COLUMN \(name) TO \(try SQLIdentifier(Self.oldPrefix + source.name).quoted)",
        ]
    }

    mutating func noteRetirement(of source: CatalogObject) throws(SQLTextError) {
        let old = Self.oldPrefix + source.name
        notes.append(
            "\(source.relation).\(source.name) stays as \(old), with its values as they are; once nobody needs it: "
                + "ALTER TABLE \(try qualified(source.relation)) DROP COLUMN \(try SQLIdentifier(old).quoted)")
    }

    mutating func mayBeConverted(
        _ source: CatalogObject, _ column: CatalogObject
    ) throws(SQLTextError) -> Bool {
        takers.insert(column)
        let key = live.parts(.constraint, of: column.relation).first { constraint in
            let definition = live[constraint, .definition] ?? ""
            return definition.hasPrefix("PRIMARY KEY") && Self.words(definition).contains(source.name)
        }
        if isInPartitionKey(source) {
            refuseKey(source, column, "partition key")
            return false
        }
        if key != nil {
            if try !refuseAlteration(of: source, column) { refuseKey(source, column, "primary key") }
            return false
        }
        if live.contains(CatalogObject(.column, Self.oldPrefix + source.name, of: column.relation)) {
            refuse(
                column, "\(Self.oldPrefix)\(source.name) of an earlier conversion still stands",
                cure: "drop it, or give it another name, then repeat the command")
            return false
        }
        if let key = pendingKey(column) {
            refuse(
                column,
                "expected \(expected[column, .type] ?? "?"), found \(live[source, .type] ?? "?") in the key \(key.name)",
                cure: "drop the key \(key.name), repeat the command, which makes it again")
            return false
        }
        try askForViews(on: source)
        try askForDependants(of: source, isRenamed: true)
        return true
    }

    func isInPartitionKey(_ column: CatalogObject) -> Bool {
        live[CatalogObject(.table, column.relation), .partitionKey].map { Self.words($0).contains(column.name) }
            ?? false
    }

    mutating func refuseKey(_ source: CatalogObject, _ column: CatalogObject, _ key: String) {
        refuse(
            column,
            "expected \(expected[column, .type] ?? "?"), found \(live[source, .type] ?? "?") in the \(key)",
            cure: "copy the table into one of the expected type: a key cannot change while rows stand")
    }

    /// A UNIQUE that the schema expects, and that stands on the old column.
    private func pendingKey(_ column: CatalogObject) -> CatalogObject? {
        expected.parts(.constraint, of: column.relation).first { key in
            let definition = expected[key, .definition] ?? ""
            return definition.hasPrefix("UNIQUE") && live.contains(key)
                && (Self.list(definition, after: "UNIQUE ") ?? []).contains(column.name)
        }
    }
}
