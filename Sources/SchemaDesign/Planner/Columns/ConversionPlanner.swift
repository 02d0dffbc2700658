import SQLText

/// Converts a column while it is in use: a new column is added beside it, a trigger keeps the two in step, the old rows
/// are filled in batches and the indexes are built; then, within one deadline, the names are swapped. The old column
/// stays as `pgtend_old_…` and is no longer written.
struct ConversionPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planConversion(_ column: CatalogObject) throws(SQLTextError) {
        guard let source = comparison.conversionSource(of: column) else { return }
        guard try ConversionObstaclePlanner(self).mayBeConverted(source, column) else { return }
        let table = try qualified(column.relation)
        let shadow = CatalogObject(.column, ReservedName.newPrefix + column.name, of: column.relation)
        let shadowName = try SQLIdentifier(shadow.name).quoted
        let value = try convertedValue(source, column)
        let purpose =
            source == column
            ? "\(column.name) is \(live[column, .type] ?? "?"), and has to be \(expected[column, .type] ?? "?")"
            : "\(source.name) is called \(column.name)"
        try MappingPlanner(self).askForValues(of: source, column)
        try TimeZonePlanner(self).askForZone(of: column)

        if !live.contains(shadow) {
            plan.addBriefly(
                .columns, column.relation, .accessExclusive, purpose,
                "ALTER TABLE \(table) ADD COLUMN \(shadowName) \(expected[column, .type] ?? "")")
        }
        plan.addBriefly(
            .columns, column.relation, .accessExclusive, purpose,
            try SyncTrigger(comparison, column).creation(
                assignment: "NEW.\(shadowName) := (SELECT \(value) FROM (SELECT NEW.*) AS r)"))
        let sourceName = try SQLIdentifier(source.name).quoted
        let isNull = "r.\(shadowName) IS NULL"
        let condition = expected[column, .null] == nil ? "\(isNull) AND r.\(sourceName) IS NOT NULL" : isNull
        plan.add(
            .values, column, .inBatches(try comparison.backfill(column, "\(shadowName) = (\(value))", condition)),
            purpose)
        if expected[column, .null] != nil { try NotNullPlanner(self).planCheck(column, on: shadow.name) }
        try planSwap(source, column, shadow, purpose)
    }

    /// The value of the new column, over the row `r`; NULL for a value that has no counterpart.
    func convertedValue(_ source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> String {
        let type = expected[column, .type] ?? ""
        let mapped = try comparison.mappedValue(source, column)
        let fallback = expected[column, .null] == nil ? nil : comparison.fallback(of: column)
        guard let labels = comparison.enumLabels(type) else {
            let cast = ColumnType(type).isText ? mapped : "(\(mapped))::\(type)"
            return fallback.map { "coalesce(\(cast), \($0))" } ?? cast
        }
        // A value that the type does not have must not make a write fail: the program does not know of the new column.
        let converted = "CASE WHEN (\(mapped)) IN (\(labels)) THEN (\(mapped))::\(type) END"
        return fallback.map { "CASE WHEN (\(mapped)) IS NULL THEN \($0) ELSE \(converted) END" } ?? converted
    }

    /// Gives the new column its final name.
    private func planSwap(
        _ source: CatalogObject, _ column: CatalogObject, _ shadow: CatalogObject, _ purpose: String
    ) throws(SQLTextError) {
        let table = "ALTER TABLE \(try qualified(column.relation))"
        let name = try SQLIdentifier(column.name).quoted
        var statements = try SyncTrigger(comparison, column).removal()
        statements += try RetirementPlanner(self).retirement(of: source)
        statements.append("\(table) RENAME COLUMN \(try SQLIdentifier(shadow.name).quoted) TO \(name)")
        if let value = expected[column, .default] {
            statements.append("\(table) ALTER COLUMN \(name) SET DEFAULT \(value)")
        }
        if expected[column, .null] != nil {
            let check = try SQLIdentifier(ReservedName.notNullPrefix + column.name).quoted
            statements.append("\(table) ALTER COLUMN \(name) SET NOT NULL")
            statements.append("\(table) DROP CONSTRAINT \(check)")
        }
        let lock = LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: column.relation))
        plan.append(SchemaStep(column, .briefly([lock]), purpose, statements), to: .swaps)
        try RetirementPlanner(self).noteRetirement(of: source)
    }
}
