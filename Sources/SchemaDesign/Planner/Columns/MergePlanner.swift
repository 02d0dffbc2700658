import SQLText

/// A column that has been renamed in the schema, in a database that has it under both names: somebody added the new
/// one, and has filled it in part or not at all.
///
/// Rows that have the new value keep it, the others get it from the old column; rows in which the two disagree are for
/// a person to decide. Then the old column is renamed, so that it is not merged again.
struct MergePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planMerge(_ former: CatalogObject, _ column: CatalogObject) throws(SQLTextError) {
        guard try ConversionObstaclePlanner(self).mayBeConverted(former, column) else { return }
        let name = try SQLIdentifier(column.name).quoted
        let mapped = try comparison.mappedValue(former, column)
        let differs = "(\(mapped)) <> r.\(name)::text"
        try MappingPlanner(self).askForValues(of: former, column, among: "r.\(name) IS NULL")
        try askForDisagreement(former, column, mapped, differs)

        let purpose = "\(former.name) stands beside \(column.name), which it is called by now"
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, purpose,
            try SyncTrigger(comparison, column).creation(assignment: try mergingAssignment(former, column, mapped)))
        let type = live[column, .type] ?? ""
        let cast = ColumnType(type).isText ? mapped : "(\(mapped))::\(type)"
        let fallback = expected[column, .null] == nil ? nil : comparison.fallback(of: column)
        let isNull = "r.\(name) IS NULL"
        plan.add(
            .values, column,
            .inBatches(
                try comparison.backfill(
                    column, "\(name) = " + (fallback.map { "coalesce(\(cast), \($0))" } ?? cast),
                    fallback == nil ? "\(isNull) AND (\(mapped)) IS NOT NULL" : isNull)), purpose)
        // Catches what was written between the count and the creation of the trigger.
        try RowGuardPlanner(self).planGuard(
            column, differs, "\(former.name) and \(column.name) disagree in rows of \(column.relation)", purpose)
        plan.addBriefly(
            .swaps, column.relation, .accessExclusive, purpose,
            try SyncTrigger(comparison, column).removal() + RetirementPlanner(self).retirement(of: former))
        try RetirementPlanner(self).noteRetirement(of: former)
    }

    private func askForDisagreement(
        _ former: CatalogObject, _ column: CatalogObject, _ mapped: String, _ differs: String
    ) throws(SQLTextError) {
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(column.name).quoted
        let formerName = try SQLIdentifier(former.name).quoted
        plan.refuseRows(
            column,
            answering: "SELECT \(ColumnValues.shown("(r.\(formerName)::text || '/' || r.\(name)::text)")) AS value, "
                + "count(*) AS count FROM \(table) AS r WHERE \(differs) GROUP BY 1 ORDER BY 2 DESC, 1",
            "\(former.name) and \(column.name) disagree (\(former.name)/\(column.name))",
            cure: "make them agree, then repeat the command: of rows whose \(former.name) is right by "
                + "UPDATE \(table) AS r SET \(name) = \(mapped) WHERE \(differs); of rows whose \(column.name) is right by "
                + "UPDATE \(table) AS r SET \(formerName) = r.\(name) WHERE \(differs)")
    }

    /// A program writes the column that it knows, and the other one follows. A new row in which the new column has its
    /// default was written by a program that does not know the new column.
    private func mergingAssignment(
        _ former: CatalogObject, _ column: CatalogObject, _ mapped: String
    ) throws(SQLTextError) -> String {
        let new = "NEW.\(try SQLIdentifier(column.name).quoted)"
        let old = "OLD.\(try SQLIdentifier(column.name).quoted)"
        let formerName = try SQLIdentifier(former.name).quoted
        let value = "(SELECT \(mapped) FROM (SELECT NEW.*) AS r)"
        let fallback = expected[column, .default]
        let isUnknown = fallback.map { "\n        OR TG_OP = 'INSERT' AND \(new) IS NOT DISTINCT FROM \($0)" } ?? ""
        let values = [value, "\(new)::text"] + (fallback.map { ["(\($0))::text"] } ?? [])
        return """
            IF \(new) IS NULL\(isUnknown)
                    OR TG_OP = 'UPDATE' AND NEW.\(formerName) IS DISTINCT FROM OLD.\(formerName)
                        AND \(new) IS NOT DISTINCT FROM \(old) THEN
                    \(new) := coalesce(\(values.joined(separator: ", ")));
                ELSIF (TG_OP = 'INSERT' OR \(new) IS DISTINCT FROM \(old)) AND \(value) <> \(new)::text THEN
                    NEW.\(formerName) := \(new)::text;
                END IF
            """
    }
}
