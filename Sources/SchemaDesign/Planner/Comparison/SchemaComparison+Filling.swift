import SQLText

/// What the rules of `sql/repair` say of the values of columns, and whether rows need it.
extension SchemaComparison {
    /// Where the values of a column come from; a counter is no such column.
    func rule(of column: CatalogObject) -> RepairRule? {
        rules.first { $0.table == column.relation && $0.column == column.name && $0.counted == nil }
    }

    /// The rule by which rows get their value, as long as the column is not what it should be.
    func fillingRule(of column: CatalogObject) throws(SQLTextError) -> RepairRule? {
        guard let rule = rule(of: column), rule.value != nil else { return nil }
        if !live.contains(column) || expected[column, .null] != nil && !isNotNull(column) { return rule }
        guard let condition = rule.condition else { return nil }
        let isFillable =
            rule.refusal == nil ? isAnsweredByRows(try lack(column, condition)) : isLackingReference(column)
        return isFillable ? rule : nil
    }

    /// Whether a trigger has to give rows that are written meanwhile what a backfill gives to those that stand.
    func needsSync(_ column: CatalogObject) throws(SQLTextError) -> Bool {
        if needsConversion(column) || formerColumn(of: column) != nil { return true }
        return try fillingRule(of: column) != nil
    }

    /// Whether there are rows that meet a condition over the row `r`, by which they lack something.
    func lack(_ column: CatalogObject, _ condition: String) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: column,
            query: "SELECT NULL::text AS value, 1::bigint AS count FROM \(try qualified(column.relation)) AS r "
                + "WHERE \(condition) LIMIT 1")
    }

    /// A rule's SQL, with what the caller says that old values are called by now.
    func filled(_ sql: String, for column: CatalogObject) throws(SQLTextError) -> String {
        var rows: [String] = []
        for mapping in mappings where mapping.isFor(column.relation, column.name) {
            rows.append("(\(try SQLLiteral(mapping.old).quoted), \(try SQLLiteral(mapping.new).quoted))")
        }
        let list =
            rows.isEmpty ? "(SELECT NULL::text, NULL::text WHERE false)" : "(VALUES \(rows.joined(separator: ", ")))"
        return sql.replacing("{mappings}", with: list)
    }

    func backfill(_ column: CatalogObject, _ assignment: String, _ condition: String) -> Backfill {
        Backfill(tables: storages(of: column.relation), assignment: assignment, condition: condition)
    }

    /// Its foreign key does not stand yet, or is not validated.
    private func isLackingReference(_ column: CatalogObject) -> Bool {
        expected.parts(.constraint, of: column.relation).contains { key in
            isForeignKey(key) && live[key, .definition] != expected[key, .definition]
                && (expected[key, .definition] ?? "").contains("(\(column.name))")
        }
    }
}
