import SQLText

/// Old values that are called otherwise now: those without a mapping, and mappings without a use.
struct MappingPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// Counts the values that the new column may not have. They are compared as text, since the type may not exist yet.
    ///
    /// - Parameter rows: which rows get the value, as a condition over the row `r`; nil for all.
    func askForValues(
        of source: CatalogObject, _ column: CatalogObject, among rows: String? = nil
    ) throws(SQLTextError) {
        let type = ColumnType(expected[column, .type] ?? "")
        let name = try SQLIdentifier(column.name).quoted
        var conditions: [String] = []
        var allowed = comparison.enumLabels(type.name)
        if expected[column, .null] != nil, comparison.fallback(of: column) == nil {
            conditions.append("x.\(name) IS NULL")
        }
        if let labels = allowed {
            conditions.append("x.\(name) NOT IN (\(labels))")
        } else if type.length != nil || !type.isText {
            conditions.append("x.\(name) IS NOT NULL AND \(try comparison.isUnfit("x.\(name)", for: type))")
        }
        // A text may be a value of the type and mean something else: 30 as an interval.
        if comparison.isUncastable(source) {
            let told = comparison.mappings.filter { $0.isFor(column.relation, column.name) }.map(\.old)
            conditions.append("x.old NOT IN (\(try comparison.literals(told)))")
        }
        for check in expected.parts(.constraint, of: column.relation) where type.isText {
            guard let definition = expected[check, .definition]?.withoutPrefix("CHECK "),
                checkedColumns(definition, column.relation) == [column.name]
            else { continue }
            conditions.append("NOT coalesce((SELECT \(definition) FROM (SELECT x.\(name)) AS y), true)")
            if definition.contains(" = ANY (ARRAY[") {
                allowed = DeparsedExpression(definition).tokens.map(\.raw).filter { $0.hasPrefix("'") }
                    .joined(separator: ", ")
            }
        }
        guard !conditions.isEmpty else { return }
        let old = try ColumnValues(comparison, source).text(as: type)
        let shown = (ColumnValues.shown("x.old"), ColumnValues.shown("x.\(name)"))
        plan.refuseRows(
            column,
            answering: "SELECT \(shown.0) || CASE WHEN x.\(name) <> x.old THEN '=' || \(shown.1) ELSE '' END AS value, "
                + "count(*) AS count FROM (SELECT \(old) AS old, "
                + "(\(try comparison.mappedValue(source, column))) AS \(name) FROM \(try qualified(column.relation)) AS r"
                + (rows.map { " WHERE \($0)" } ?? "")
                + ") AS x WHERE \(conditions.joined(separator: " OR ")) GROUP BY 1 ORDER BY 2 DESC, 1",
            "\(source.name) has values that \(column.name) may not have",
            cure: "say what they are called by now\(allowed.map { " (one of \($0))" } ?? ""): "
                + "--map '\(column.relation).\(column.name):OLD=NEW' for each (one that ends in ... is longer: give "
                + "its rows another value)")
    }

    /// The columns of the table that an expression names.
    private func checkedColumns(_ expression: String, _ table: String) -> [String] {
        let words = DeparsedExpression(expression).names
        return expected.parts(.column, of: table).map(\.name).filter { words.contains($0) }
    }

    /// The caller may have meant another column, or has repeated an earlier mapping.
    func noteIdleMappings() throws(SQLTextError) {
        let columns = try comparison.mappedColumns()
        for mapping in comparison.mappings where !columns.contains(where: { mapping.concerns($0.relation, $0.name) }) {
            plan.note("--map \(mapping): nothing is to be mapped\(mapping.column == nil ? "" : " in that column")")
        }
    }
}
