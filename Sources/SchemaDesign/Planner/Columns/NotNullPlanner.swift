import SQLText

/// NOT NULL: a CHECK is validated while others write; SET NOT NULL then relies on it and reads no row.
struct NotNullPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planNullability(of column: CatalogObject) throws(SQLTextError) {
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(column.name).quoted
        let isMandatory = expected[column, .null] != nil
        if live.contains(column), !isMandatory, live[column, .null] != nil {
            // In one step with the change of its default: programs may rely on either.
            plan.addBriefly(
                .columns, column.relation, .accessExclusive, "\(column.name) may be NULL",
                "ALTER TABLE \(table) ALTER COLUMN \(name) DROP NOT NULL")
        }
        guard isMandatory, !comparison.isNotNull(column) else { return }
        if let constraint = live[column, .notNullConstraint] {
            // SET NOT NULL would read the rows under its lock, even with a validated CHECK.
            try ConstraintPlanner(self).validate(
                column, constraint, in: .indexes, for: "\(column.name) is NOT NULL, but not validated")
            if try comparison.fillingRule(of: column) != nil { try planEndOfSync(column, in: .swaps) }
            return
        }
        try planCheck(column, on: column.name)
        let check = try SQLIdentifier(ReservedName.notNullPrefix + column.name).quoted
        plan.addBriefly(
            .swaps, column.relation, .accessExclusive, "\(column.name) must not be NULL",
            "ALTER TABLE \(table) ALTER COLUMN \(name) SET NOT NULL",
            "ALTER TABLE \(table) DROP CONSTRAINT IF EXISTS \(check)")
        if try comparison.fillingRule(of: column) != nil { try planEndOfSync(column, in: .swaps) }
    }

    /// A column that the schema does not know, and that every row must have, keeps its programs from writing any.
    func planUnknownColumns(of table: CatalogObject) throws(SQLTextError) {
        let sources = expected.parts(.column, of: table.name).compactMap(comparison.conversionSource)
        for column in live.parts(.column, of: table.name)
        where !expected.contains(column) && difference(column, .null) != nil && !sources.contains(column) {
            plan.addBriefly(
                .columns, table.name, .accessExclusive,
                "\(column.name) is not the schema's, and a row could not be written without it",
                "ALTER TABLE \(try qualified(table.name)) ALTER COLUMN \(try SQLIdentifier(column.name).quoted) DROP NOT NULL"
            )
        }
    }

    /// Adds the CHECK that stands for NOT NULL, and validates it.
    ///
    /// - Parameter name: of the column itself, or of the new column while it is converted.
    func planCheck(_ column: CatalogObject, on name: String) throws(SQLTextError) {
        let check = CatalogObject(.constraint, ReservedName.notNullPrefix + column.name, of: column.relation)
        let purpose = "\(column.name) must not be NULL"
        let definition = live[check, .definition]
        if definition == nil {
            // Rows that break the CHECK could not be updated any more, not even in other columns.
            try RowGuardPlanner(self).planGuard(
                column, "r.\(try SQLIdentifier(name).quoted) IS NULL",
                "\(column.relation) has rows without \(column.name)",
                purpose)
            plan.addBriefly(
                .constraints, column.relation, .accessExclusive, purpose,
                "ALTER TABLE \(try qualified(column.relation)) ADD CONSTRAINT \(try SQLIdentifier(check.name).quoted) "
                    + "CHECK (\(try SQLIdentifier(name).quoted) IS NOT NULL) NOT VALID")
        }
        // In a later phase than that which adds the CHECKs.
        if definition?.hasSuffix("NOT VALID") ?? true {
            try ConstraintPlanner(self).validate(column, check.name, in: .indexes, for: purpose)
        }
    }
}
