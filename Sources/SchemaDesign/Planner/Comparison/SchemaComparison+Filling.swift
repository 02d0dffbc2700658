import SQLText

/// Which rules of `sql/mcp/rules` apply to columns, and which rows need them.
extension SchemaComparison {
    /// The rule for the values of a column, unless it is a counter.
    func rule(of column: CatalogObject) -> RepairRule? {
        rules.first { $0.isAbout(column) }
    }

    /// What a row gets that has no value: what the caller says, else the column's default.
    func fallback(of column: CatalogObject) -> String? { rule(of: column)?.fallback ?? expected[column, .default] }

    /// The rule to fill rows by, as long as the column is not what it should be.
    func fillingRule(of column: CatalogObject) throws(SQLTextError) -> RepairRule? {
        guard let rule = rule(of: column), rule.value != nil else { return nil }
        if !live.contains(column) || expected[column, .null] != nil && !isNotNull(column) { return rule }
        guard let condition = rule.condition else { return nil }
        let isFillable =
            rule.refusal == nil ? isAnsweredByRows(try lack(column, condition, by: rule)) : isLackingReference(column)
        return isFillable ? rule : nil
    }

    /// Whether a trigger has to give rows that are written meanwhile what a backfill gives to existing ones.
    func needsSync(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        if needsConversion(column) || formerColumn(of: column) != nil { return true }
        return try fillingRule(of: column) != nil
    }

    /// Asks whether any row `r` meets the condition, which is a rule's.
    func lack(
        _ column: CatalogObject, _ condition: String, by rule: RepairRule
    ) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: column, reading: .rows(of: rule.relations),
            query: "SELECT NULL::text AS value, 1::bigint AS count FROM \(try qualified(column.relation)) AS r "
                + "WHERE \(condition) LIMIT 1")
    }

    /// A rule's SQL with the caller's mappings for the column.
    func filled(_ sql: String, for column: CatalogObject) throws(SQLTextError) -> String {
        var rows: [String] = []
        for mapping in mappings where mapping.isFor(column.relation, column.name) {
            rows.append("(\(try SQLLiteral(mapping.old).quoted), \(try SQLLiteral(mapping.new).quoted))")
        }
        let list =
            rows.isEmpty ? "(SELECT NULL::text, NULL::text WHERE false)" : "(VALUES \(rows.joined(separator: ", ")))"
        return sql.replacing("{mappings}", with: list)
    }

    func backfill(
        _ column: CatalogObject, _ assignment: String, _ condition: String
    ) throws(SQLTextError) -> Backfill {
        Backfill(
            tables: storages(of: column.relation), assignment: assignment, condition: condition,
            searchPath: try triggerPath(of: column.relation))
    }

    /// Whether its foreign key is missing or not validated.
    private func isLackingReference(_ column: CatalogObject) -> Bool {
        expected.parts(.constraint, of: column.relation).contains { key in
            isForeignKey(key) && !live[key, .definition].isSame(as: expected[key, .definition])
                && (expected[key, .definition] ?? "").contains("(\(column.name))")
        }
    }
}
