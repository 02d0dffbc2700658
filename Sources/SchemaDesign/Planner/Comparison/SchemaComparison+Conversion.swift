import SQLText

/// Which columns change their type in place, which are converted by a new column, and which are left to a person.
extension SchemaComparison {
    func typeChange(of column: CatalogObject) -> TypeChange? {
        guard let type = difference(column, .type), let found = type.found, let wanted = type.expected else {
            return nil
        }
        return TypeChange(found: ColumnType(found), wanted: ColumnType(wanted))
    }

    /// False for a column that only a person can bring to its type.
    func mayChangeType(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        guard let change = typeChange(of: column), enumLabels(change.wanted.name) == nil else { return true }
        if isGenerated(column) { return false }
        if change.isWidening { return true }
        let values = ColumnValues(self, column)
        guard isAnsweredByRows(try values.missingCast(change)), !isMappedByName(column) else { return true }
        return !isAnsweredByRows(try values.allOfThem())
    }

    /// Whether the live column is generated from others.
    func isGenerated(_ column: CatalogObject) -> Bool { live[column, .generated]?.hasPrefix("ALWAYS AS (") ?? false }

    /// Whether the live column's values are stored, and the schema does not generate them.
    func losesExpression(_ column: CatalogObject) -> Bool {
        isGenerated(column) && expected[column, .generated] == nil
            && live[column, .generated]?.hasSuffix(" STORED") ?? false
    }

    /// The column to convert into `column`, which may be `column` itself; nil if no conversion is needed.
    func conversionSource(of column: CatalogObject) -> CatalogObject? {
        if let name = rule(of: column)?.source, !live.contains(column) {
            let source = CatalogObject(.column, name, of: column.relation)
            if live.contains(source) { return source }
        }
        guard let change = typeChange(of: column), !isChangedInPlace(column, change) else { return nil }
        return column
    }

    func needsConversion(_ column: CatalogObject) -> Bool { conversionSource(of: column) != nil }

    /// The present names of the new columns in conversions, by their final names.
    func pendingColumns(in expression: String, of relation: String) -> [String: String] {
        DeparsedExpression(expression).names.reduce(into: [:]) { names, word in
            let column = CatalogObject(.column, word, of: relation)
            if expected.contains(column), needsConversion(column) { names[word] = ReservedName.newPrefix + word }
        }
    }

    /// The column under its old name, if both exist.
    func formerColumn(of column: CatalogObject) -> CatalogObject? {
        guard live.contains(column), let name = rule(of: column)?.source else { return nil }
        let former = CatalogObject(.column, name, of: column.relation)
        return live.contains(former) ? former : nil
    }

    // MARK: - In place

    /// Whether ALTER ... TYPE takes no longer than the deadline, since few rows or none are rewritten, and alters no
    /// value.
    private func isChangedInPlace(_ column: CatalogObject, _ change: TypeChange) -> Bool {
        if enumLabels(change.wanted.name) != nil { return false }
        if change.isWidening { return true }
        // The original of a value that is called otherwise now is kept.
        if isMappedByName(column), hasMisfits(column) { return false }
        // A conversion that has begun is carried on.
        let new = CatalogObject(.column, ReservedName.newPrefix + column.name, of: column.relation)
        return isQuicklyRewritten(column.relation) && alteredValues(of: column).isEmpty && !live.contains(new)
    }

    func isQuicklyRewritten(_ table: String) -> Bool {
        let bytes = live[CatalogObject(.table, table), .bytes].flatMap { Int($0) } ?? Int.max
        return Double(bytes) <= min(deadline / .milliseconds(200), 8) * Self.quicklyRewrittenBytes
    }

    /// Within the default deadline of 200 ms some 20 MB are rewritten, indexes included.
    private static let quicklyRewrittenBytes = Double(4 << 20)

    // MARK: - Renamed values

    /// The new name of the old value, as text over the row `r`.
    func mappedValue(_ source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> String {
        let old = try ColumnValues(self, source).text(as: ColumnType(expected[column, .type] ?? ""))
        let given = mappings.filter { $0.concerns(column.relation, column.name) }
        // Later ones win: first the rule's, then the caller's for any column, then the caller's for this one.
        let mine =
            (rule(of: column)?.map ?? []) + given.filter { $0.column == nil } + given.filter { $0.column != nil }
        guard !mine.isEmpty else { return old }
        var cases: [String] = []
        for mapping in mine.reversed() {
            cases.append("WHEN \(try SQLLiteral(mapping.old).quoted) THEN \(try SQLLiteral(mapping.new).quoted)")
        }
        return "CASE \(old) \(cases.joined(separator: " ")) ELSE \(old) END"
    }

    /// The columns whose old values are converted or used to fill rows, so that a mapping may be meant for them.
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
