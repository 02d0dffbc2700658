import SQLText

/// A column that is missing or differs. Conversions, values and NOT NULL have planners of their own.
struct ColumnPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planColumn(_ column: CatalogObject) throws(SQLTextError) {
        try TypeChangePlanner(self).askForChange(of: column)
        guard try comparison.mayChangeType(column) else { return }
        if let former = comparison.formerColumn(of: column) {
            try MergePlanner(self).planMerge(former, column)
            // The conversion is for the next round, when each row has one value.
            if comparison.needsConversion(column) { return }
        }
        if comparison.needsConversion(column) {
            try ConversionPlanner(self).planConversion(column)
        } else if !live.contains(column) {
            try planNewColumn(column)
        } else {
            try TypeChangePlanner(self).planChange(of: column)
            try planDefault(column)
            try FillingPlanner(self).planFilling(column)
            try NotNullPlanner(self).planNullability(of: column)
            try planGenerated(column)
            if difference(column, .storage) != nil { try planStorage(column) }
        }
    }

    private func planStorage(_ column: CatalogObject) throws(SQLTextError) {
        guard let statement = try comparison.setStorage(column) else { return }
        plan.addBriefly(
            .columns, column.relation, .shareUpdateExclusive,
            "\(column.name) is stored as \(live[column, .storage] ?? "its type is")", statement)
    }

    private func planDefault(_ column: CatalogObject) throws(SQLTextError) {
        let isOther =
            difference(column, .default) != nil || difference(column, .uses) != nil && !comparison.isGenerated(column)
        guard isOther, difference(column, .type) == nil else { return }
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, "\(column.name) has another default",
            "ALTER TABLE \(try qualified(column.relation)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) "
                + (expected[column, .default].map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT"))
    }

    private func planGenerated(_ column: CatalogObject) throws(SQLTextError) {
        if comparison.losesExpression(column), difference(column, .collation) == nil {
            return try TypeChangePlanner(self).planEndOfGeneration(of: column)
        }
        for property in [CatalogProperty.generated, .uses, .collation] {
            guard let other = difference(column, property), property != .uses || comparison.isGenerated(column) else {
                continue
            }
            plan.refuse(
                column,
                "\(property.rawValue): expected \(other.expected ?? "none"), found \(other.found ?? "none")",
                cure: "bring the column to it by hand: the server would rewrite the table under its lock")
        }
    }

    // MARK: - New columns

    private func planNewColumn(_ column: CatalogObject) throws(SQLTextError) {
        let table = try qualified(column.relation)
        let rule = comparison.rule(of: column)
        let isMandatory = expected[column, .null] != nil
        let value = expected[column, .default]
        let isFilled = rule != nil || value.map { Self.isVolatile($0) } ?? false
        if rule == nil { try noteRenaming(of: column) }
        if !isFilled, isMandatory, value == nil, expected[column, .generated] == nil {
            // Nothing says which value the existing rows should have.
            plan.refuseRows(
                column,
                answering: "SELECT NULL::text AS value, count(*) AS count FROM \(table) HAVING count(*) > 0",
                "have no value for the new column \(column.name), which must not be NULL",
                cure: "\(try FillingPlanner(self).givingValues(to: column)); then repeat the command")
        }
        if isMandatory, let expression = generating(column) {
            plan.refuseRows(
                column,
                answering:
                    "SELECT NULL::text AS value, count(*) AS count FROM \(table) AS r WHERE (\(expression)) IS NULL "
                    + "HAVING count(*) > 0",
                "would have no \(column.name), which is generated as \(expression) and must not be NULL",
                cure: "give these rows values of which \(expression) is not NULL, then repeat the command",
                option: "--replace \(column.relation), which makes the table anew with its rows")
        }
        guard isFilled else {
            plan.addBriefly(
                .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
                "ALTER TABLE \(table) ADD COLUMN \(try comparison.columnDefinition(column))")
            try planStorage(column)
            return
        }
        // First without its default: one that differs from row to row would rewrite the table under its lock.
        let name = try SQLIdentifier(column.name).quoted
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
            "ALTER TABLE \(table) ADD COLUMN \(name) \(expected[column, .type] ?? "")")
        if let value {
            plan.addBriefly(
                .columns, column.relation, .accessExclusive, "the column \(column.name) is missing",
                "ALTER TABLE \(table) ALTER COLUMN \(name) SET DEFAULT \(value)")
        }
        try planStorage(column)
        try FillingPlanner(self).planFilling(column)
        try NotNullPlanner(self).planNullability(of: column)
    }

    /// The expression of a generated column; nil for any other.
    private func generating(_ column: CatalogObject) -> String? {
        guard let rest = expected[column, .generated]?.withoutPrefix("ALWAYS AS ("), let end = rest.lastIndex(of: ")")
        else { return nil }
        return String(rest[..<end])
    }

    /// A column that somebody has renamed looks like a missing one beside an unexpected one.
    private func noteRenaming(of column: CatalogObject) throws(SQLTextError) {
        let others = live.parts(.column, of: column.relation).filter { other in
            !expected.contains(other) && !other.name.hasPrefix(ReservedName.prefix)
                && live[other, .type].isSame(as: expected[column, .type])
        }
        guard !others.isEmpty else { return }
        plan.note(
            "\(column.relation): \(column.name) is missing, and is added without values; where it is "
                + "\(others.map(\.name).joined(separator: " or ")) under another name, rename that first: ALTER TABLE "
                + "\(try qualified(column.relation)) RENAME COLUMN … TO \(try SQLIdentifier(column.name).quoted)")
    }

    /// ADD COLUMN evaluates any other default once, and does not touch the rows.
    private static func isVolatile(_ expression: String) -> Bool {
        ["gen_random_uuid()", "clock_timestamp()", "random()", "nextval("].contains { expression.contains($0) }
    }
}
