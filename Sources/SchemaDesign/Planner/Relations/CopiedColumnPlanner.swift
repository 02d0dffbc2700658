import SQLText

/// A column of the new table.
struct CopiedColumn {
    let column: CatalogObject
    let quoted: String
    /// Over the row `r` of the old one; nil where the column's default is to be taken.
    let value: String?
    /// Whether its values are read as another type, or mapped, and have been asked for that.
    var isConverted = false
}

/// Where the values of a table that is replaced by another come from, and what its rows have that the new one may not.
struct CopiedColumnPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector
    /// What stands so far.
    private let found: SchemaComparison

    init(comparison: SchemaComparison, plan: PlanCollector) {
        self.comparison = comparison
        self.plan = plan
        found = comparison.beforehand
    }

    func copiedColumns(of table: CatalogObject) throws(SQLTextError) -> [CopiedColumn] {
        var copied: [CopiedColumn] = []
        for column in expected.parts(.column, of: table.name) where expected[column, .generated] == nil {
            var copy = CopiedColumn(
                column: column, quoted: try SQLIdentifier(column.name).quoted, value: try value(for: column))
            copy.isConverted = source(of: column).map { !isTakenAsItIs($0, column) } ?? false
            copied.append(copy)
        }
        return copied
    }

    private func value(for column: CatalogObject) throws(SQLTextError) -> String? {
        let rule = comparison.rule(of: column)
        let isMandatory = expected[column, .null] != nil
        let fallback = comparison.fallback(of: column)
        if let source = source(of: column) {
            let name = "r.\(try SQLIdentifier(source.name).quoted)"
            if isMandatory, fallback == nil, !found.isNotNull(source) {
                try refuseNull("\(name) IS NULL", column)
            }
            if source != column { plan.note("\(column.relation): \(column.name) gets what \(source.name) has") }
            if isTakenAsItIs(source, column) {
                return isMandatory ? fallback.map { "coalesce(\(name), \($0))" } ?? name : name
            }
            try MappingPlanner(comparison: found, plan: plan).askForValues(of: source, column)
            try TimeZonePlanner(comparison: found, plan: plan).askForZone(of: column, in: source)
            return try ConversionPlanner(comparison: found, plan: plan).convertedValue(source, column)
        }
        if let rule, let value = rule.value, !readsItself(rule) {
            if let refusal = rule.refusal {
                plan.refuseRows(
                    column, of: rule.relations, answering: try comparison.filled(refusal, for: column),
                    "\(column.name) cannot be told",
                    cure: try FillingPlanner(comparison: found, plan: plan).givingValues(to: column)
                        + "; then repeat the command")
            }
            let filled = try comparison.filled(value, for: column)
            return isMandatory ? fallback.map { "coalesce(\(filled), \($0))" } ?? filled : filled
        }
        // What rows are partitioned by is not what a new row would get.
        let key = expected[CatalogObject(.table, column.relation), .partitionKey] ?? ""
        let isKey = DeparsedExpression(key).names.contains(column.name)
        if isMandatory, fallback == nil || isKey { try refuseNull("true", column) }
        return nil
    }

    /// Whether its value is another row's of the same table, which has to have been copied before.
    private func readsItself(_ rule: RepairRule) -> Bool {
        rule.refusal == nil && rule.condition != nil
            && (rule.value ?? "").contains("FROM \(schema).\(rule.table) AS ")
    }

    func filledFromItself(_ table: CatalogObject) throws(SQLTextError) -> [String] {
        var statements: [String] = []
        for column in expected.parts(.column, of: table.name) {
            guard let rule = comparison.rule(of: column), readsItself(rule), let value = rule.value else { continue }
            statements.append(
                "UPDATE \(try qualified(table.name)) AS r SET \(try SQLIdentifier(column.name).quoted) = "
                    + "\(try comparison.filled(value, for: column))\nWHERE "
                    + "\(try comparison.filled(rule.condition ?? "true", for: column))")
        }
        return statements
    }

    private func isTakenAsItIs(_ source: CatalogObject, _ column: CatalogObject) -> Bool {
        found.live[source, .type].isSame(as: expected[column, .type])
            && !comparison.mappings.contains { $0.isFor(column.relation, column.name) }
    }

    private func refuseNull(_ condition: String, _ column: CatalogObject) throws(SQLTextError) {
        plan.refuseRows(
            column,
            answering: "SELECT NULL::text AS value, count(*) AS count FROM \(try qualified(column.relation)) AS r "
                + "WHERE \(condition) HAVING count(*) > 0",
            "have no \(column.name), which must not be NULL",
            cure: try FillingPlanner(comparison: found, plan: plan).givingValues(to: column)
                + "; then repeat the command")
    }

    /// The live column that the values come from; nil where there is none.
    private func source(of column: CatalogObject) -> CatalogObject? {
        if found.live.contains(column) { return column }
        let former = comparison.rule(of: column)?.source.map { CatalogObject(.column, $0, of: column.relation) }
        return former.flatMap { found.live.contains($0) ? $0 : nil }
    }

    /// The columns of the new table with the live ones that their values come from.
    func sources(of table: CatalogObject) -> [String] {
        expected.parts(.column, of: table.name).map { column in
            let source =
                source(of: column)?.name ?? (comparison.rule(of: column)?.value == nil ? "its default" : "a rule")
            return source.isSame(as: column.name) ? source : "\(column.name) (\(source))"
        }
    }

    /// What the schema does not know: it has to be as before, but for NOT NULL, which would keep programs that do not know the
    /// column from writing.
    func carriedColumns(of table: CatalogObject) -> [CatalogObject] {
        // What a view shows besides stays in the tables that it reads.
        guard found.live.contains(table) else { return [] }
        let sources = expected.parts(.column, of: table.name).compactMap(source)
        return found.live.parts(.column, of: table.name).filter { column in
            !expected.contains(column) && !sources.contains(column) && found.live[column, .generated] == nil
        }
    }

    // MARK: - Rows

    /// Asks the rows as they will be, where their values can be told before the schema's types stand.
    func askForBreaches(of table: CatalogObject, _ columns: [CopiedColumn]) throws(SQLTextError) {
        for constraint in expected.parts(.constraint, of: table.name) {
            let definition = ConstraintDefinition(expected[constraint, .definition] ?? "")
            let names = Set(
                (definition.isForeignKey ? definition.referencingColumns : definition.keyColumns)
                    ?? Array(DeparsedExpression(definition.text).names))
            let used = columns.filter { names.contains($0.column.name) }
            let isTold = used.allSatisfy {
                comparison.enumLabels(expected[$0.column, .type] ?? "") == nil && $0.value != nil
            }
            guard isTold, !used.isEmpty else { continue }
            let values = used.map { "\($0.value ?? "") AS \($0.quoted)" }.joined(separator: ", ")
            let rows = "(SELECT \(values) FROM \(try qualified(table.name)) AS r) AS r"
            let reading = comparison.rules(of: used.map(\.column)).flatMap(\.relations)
            if let check = definition.checkedExpression {
                // Asked with the column's values, which are to be mapped.
                if used.count == 1, used[0].isConverted, ColumnType(expected[used[0].column, .type] ?? "").isText {
                    continue
                }
                let shown = used.map { "\($0.quoted)::text" }.joined(separator: ", ")
                plan.refuseRows(
                    constraint, of: [table.name] + reading,
                    answering: "SELECT left(concat_ws(', ', \(shown)), 200) AS value, count(*) AS count FROM \(rows) "
                        + "WHERE NOT coalesce(\(check), true) GROUP BY 1 ORDER BY 2 DESC, 1",
                    "would break the constraint \(definition.text)",
                    cure:
                        "say what these values are called by now (--map '\(table.name).COLUMN:OLD=NEW'), or bring the "
                        + "rows in line; then repeat the command")
            } else if definition.isForeignKey {
                try askForOrphans(constraint, definition, rows, [table.name] + reading)
            } else if definition.isPrimaryKey || definition.isUnique {
                let list = used.map(\.quoted).joined(separator: ", ")
                plan.refuseRows(
                    constraint, of: [table.name] + reading,
                    answering: "SELECT concat_ws(', ', \(list)) AS value, count(*) AS count FROM \(rows) "
                        + "GROUP BY \(list) HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 100",
                    "have the same \(used.map(\.column.name).joined(separator: ", "))",
                    cure: "keep one row of each, then repeat the command")
            }
        }
    }

    /// - Parameter rows: as they will be, with the name `r`.
    private func askForOrphans(
        _ constraint: CatalogObject, _ key: ConstraintDefinition, _ rows: String, _ relations: [String]
    ) throws(SQLTextError) {
        guard let referenced = key.referencedTable, let columns = key.referencingColumns,
            let keys = key.referencedColumns,
            keys.allSatisfy({ found.live.contains(CatalogObject(.column, $0, of: referenced)) })
        else { return }
        let mine = try columns.map { (column) throws(SQLTextError) in "r.\(try SQLIdentifier(column).quoted)" }
        let theirs = try keys.map { (key) throws(SQLTextError) in "p.\(try SQLIdentifier(key).quoted)" }
        plan.refuseRows(
            constraint, of: relations + [referenced],
            answering:
                "SELECT left(concat_ws(', ', \(mine.joined(separator: ", "))), 90) AS value, count(*) AS count FROM \(rows) "
                + "WHERE \(mine.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")) AND NOT EXISTS (SELECT FROM "
                + "\(try qualified(referenced)) AS p WHERE "
                + "\(zip(mine, theirs).map { "\($0)::text = \($1)::text" }.joined(separator: " AND "))) GROUP BY 1 "
                + "ORDER BY 2 DESC, 1",
            "would refer to rows of \(referenced) that are not there (\(key.text))",
            cure: "give these rows a reference that stands, or none, then repeat the command")
    }
}
