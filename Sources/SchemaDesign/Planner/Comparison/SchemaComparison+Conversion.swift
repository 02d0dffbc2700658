import SQLText

/// Which columns are brought to their type in place, which by a new column, and which by a person.
extension SchemaComparison {
    func typeChange(of column: CatalogObject) -> TypeChange? {
        guard let type = difference(column, .type), let found = type.found, let wanted = type.expected else {
            return nil
        }
        return TypeChange(found: ColumnType(found), wanted: ColumnType(wanted))
    }

    /// False for a column that only a person can bring to its type, and is refused.
    func mayChangeType(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        guard let change = typeChange(of: column), enumLabels(change.wanted.name) == nil else { return true }
        if isGenerated(column) { return false }
        if change.isWidening { return true }
        let values = ColumnValues(self, column)
        guard isAnsweredByRows(try values.missingCast(change)) else { return true }
        return !isAnsweredByRows(try values.allOfThem())
    }

    /// Whether the live column is generated from others.
    func isGenerated(_ column: CatalogObject) -> Bool { live[column, .generated]?.hasPrefix("ALWAYS AS (") ?? false }

    /// Where `column` has its values now; nil for one that needs no conversion.
    func conversionSource(of column: CatalogObject) -> CatalogObject? {
        if let name = rule(of: column)?.source, !live.contains(column) {
            let source = CatalogObject(.column, name, of: column.relation)
            if live.contains(source) { return source }
        }
        guard let change = typeChange(of: column), !isChangedInPlace(column, change) else { return nil }
        return column
    }

    func needsConversion(_ column: CatalogObject) -> Bool { conversionSource(of: column) != nil }

    /// The new names of columns that are under conversion, by their final names.
    func pendingColumns(in expression: String, of relation: String) -> [String: String] {
        DeparsedExpression(expression).names.reduce(into: [:]) { names, word in
            let column = CatalogObject(.column, word, of: relation)
            if expected.contains(column), needsConversion(column) { names[word] = ReservedName.newPrefix + word }
        }
    }

    /// The column under the name that it had, as long as both stand.
    func formerColumn(of column: CatalogObject) -> CatalogObject? {
        guard live.contains(column), let name = rule(of: column)?.source else { return nil }
        let former = CatalogObject(.column, name, of: column.relation)
        return live.contains(former) ? former : nil
    }

    // MARK: - In place

    /// Whether ALTER ... TYPE is done within the deadline, since no row is rewritten, or there are few, and alters no
    /// value: nothing would tell what it was.
    private func isChangedInPlace(_ column: CatalogObject, _ change: TypeChange) -> Bool {
        if enumLabels(change.wanted.name) != nil { return false }
        if change.isWidening { return true }
        // What has begun as a conversion ends as one.
        let new = CatalogObject(.column, ReservedName.newPrefix + column.name, of: column.relation)
        return isQuicklyRewritten(column.relation) && alteredValues(of: column).isEmpty && !live.contains(new)
    }

    func isQuicklyRewritten(_ table: String) -> Bool {
        let bytes = live[CatalogObject(.table, table), .bytes].flatMap { Int($0) } ?? Int.max
        return Double(bytes) <= min(deadline / .milliseconds(200), 8) * Self.quicklyRewrittenBytes
    }

    /// Some 20 MB are rewritten, indexes included, within the default deadline of 200 ms.
    private static let quicklyRewrittenBytes = Double(4 << 20)

    // MARK: - Renamed values

    /// What the old value is called by now, as text over the row `r`.
    func mappedValue(_ source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> String {
        let old = try ColumnValues(self, source).text(as: ColumnType(expected[column, .type] ?? ""))
        let given = mappings.filter { $0.concerns(column.relation, column.name) }
        // The later ones win: what is said of this column, then of any, then what the rule knows.
        let mine =
            (rule(of: column)?.map ?? []) + given.filter { $0.column == nil } + given.filter { $0.column != nil }
        guard !mine.isEmpty else { return old }
        var cases: [String] = []
        for mapping in mine.reversed() {
            cases.append("WHEN \(try SQLLiteral(mapping.old).quoted) THEN \(try SQLLiteral(mapping.new).quoted)")
        }
        return "CASE \(old) \(cases.joined(separator: " ")) ELSE \(old) END"
    }

    /// The columns whose old values are given new ones, which a mapping may be meant for.
    func mappedColumns() throws(SQLTextError) -> [CatalogObject] {
        let tables = expected.objects(.table).filter(isCompletable)
        var columns: [CatalogObject] = []
        for column in tables.flatMap({ expected.parts(.column, of: $0.name) }) where try isMapped(column) {
            columns.append(column)
        }
        return columns
    }

    private func isMapped(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        guard try mayChangeType(column) else { return false }
        if formerColumn(of: column) != nil || needsConversion(column) { return true }
        return try fillingRule(of: column).map { $0.deriving == nil } ?? false
    }
}
