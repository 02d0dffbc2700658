import SQLText

/// What keeps a column from being converted or merged into another one.
struct ConversionObstaclePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// - Returns: false where there is an obstacle that rules the conversion out; it has been refused.
    func mayBeConverted(_ source: CatalogObject, _ column: CatalogObject) throws(SQLTextError) -> Bool {
        let isInPrimaryKey = live.parts(.constraint, of: column.relation).contains { constraint in
            let definition = live[constraint, .definition] ?? ""
            return ConstraintDefinition(definition).isPrimaryKey
                && DeparsedExpression(definition).names.contains(source.name)
        }
        let typeChange = TypeChangePlanner(self)
        if comparison.isInPartitionKey(source) {
            typeChange.refuseInKey(source, column, "partition key")
            return false
        }
        if isInPrimaryKey {
            if try !typeChange.refuseAlteration(of: source, column) {
                typeChange.refuseInKey(source, column, "primary key")
            }
            return false
        }
        if live.contains(CatalogObject(.column, ReservedName.oldPrefix + source.name, of: column.relation)) {
            plan.refuse(
                column, "\(ReservedName.oldPrefix)\(source.name) of an earlier conversion still stands",
                cure: "drop it, or give it another name, then repeat the command")
            return false
        }
        if let key = pendingKey(column) {
            plan.refuse(
                column,
                "expected \(expected[column, .type] ?? "?"), found \(live[source, .type] ?? "?") in the key \(key.name)",
                cure: "drop the key \(key.name), repeat the command, which makes it again")
            return false
        }
        try DependantPlanner(self).askForViews(on: source, isRenamed: true)
        try DependantPlanner(self).askForDependants(of: source, isRenamed: true)
        return true
    }

    /// An expected UNIQUE constraint that is still on the old column.
    private func pendingKey(_ column: CatalogObject) -> CatalogObject? {
        expected.parts(.constraint, of: column.relation).first { key in
            let definition = ConstraintDefinition(expected[key, .definition] ?? "")
            return definition.isUnique && live.contains(key) && (definition.keyColumns ?? []).contains(column.name)
        }
    }
}
