import SQLText

/// PRIMARY KEY and UNIQUE: an index is built CONCURRENTLY and becomes the key.
struct KeyPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planKey(_ constraint: CatalogObject, _ definition: String) throws(SQLTextError) {
        let relation = constraint.relation
        let key = ConstraintDefinition(definition)
        let columns = key.keyColumns ?? []
        let kind = key.isUnique ? "UNIQUE" : "PRIMARY KEY"
        if !key.isUnique, !live.contains(constraint),
            let other = live.parts(.constraint, of: relation).first(where: {
                live[$0, .definition].map { ConstraintDefinition($0).isPrimaryKey } ?? false
            })
        {
            return refuseOtherKey(constraint, definition, live[other, .definition] ?? "")
        }
        if !live.contains(constraint), !isMade(constraint, columns) {
            try TakenNamePlanner(self).refuseTakenName(constraint)
        }
        try askForDuplicates(constraint, columns)
        let purpose = "\(constraint.name) is missing"
        let table = "ALTER TABLE \(try qualified(relation))"
        let quoted = try SQLIdentifier(constraint.name).quoted
        let index = "CREATE UNIQUE INDEX ON \(relation) USING btree (\(try comparison.identifiers(columns)))"
        guard comparison.isPartitioned(relation) else {
            plan.append(
                SchemaStep(
                    constraint, .concurrently(index: constraint.name), purpose,
                    [try comparison.createIndex(constraint.name, index, on: relation, isConcurrent: true)]),
                to: .leftovers)
            plan.addBriefly(
                .keys, relation, .accessExclusive, purpose,
                "\(table) ADD CONSTRAINT \(quoted) \(kind) USING INDEX \(quoted)")
            return
        }
        if !live.contains(constraint) {
            plan.addBriefly(
                .keys, relation, .accessExclusive, purpose,
                "ALTER TABLE ONLY \(try qualified(relation)) ADD CONSTRAINT \(quoted) \(definition)")
        }
        for partition in comparison.partitions(without: constraint) {
            let part = ReservedName.fitted(
                "\(partition)_", constraint.name.withoutPrefix("\(relation)_") ?? constraint.name)
            try TakenNamePlanner(self).askForTakenPart(constraint, part, of: partition, index, isKey: true)
            plan.append(
                SchemaStep(
                    constraint, .concurrently(index: part), "\(purpose) on \(partition)",
                    [try comparison.createIndex(part, index, on: partition, isConcurrent: true)]), to: .leftovers)
            let partName = try SQLIdentifier(part).quoted
            plan.addBriefly(
                .keys, partition, .accessExclusive, locking: part, purpose,
                [
                    "ALTER TABLE \(try qualified(partition)) ADD CONSTRAINT \(partName) \(kind) USING INDEX \(partName)",
                    "ALTER INDEX \(try qualified(constraint.name)) ATTACH PARTITION \(try qualified(part))",
                ])
        }
    }

    func refuseOtherKey(_ constraint: CatalogObject, _ definition: String, _ found: String) {
        plan.refuse(
            constraint, "expected \(definition), found \(found)",
            cure: "a key that others may depend on is not replaced: drop it by hand, then repeat the command",
            option: "--replace \(constraint.relation), which makes the table anew with its rows")
    }

    /// Whether an interrupted call has left its index, valid or not: it is used then.
    private func isMade(_ constraint: CatalogObject, _ columns: [String]) -> Bool {
        let index = CatalogObject(.index, constraint.name, of: constraint.relation)
        guard let definition = live[index, .definition].map(IndexDefinition.init) else { return false }
        return definition.isUnique && definition.columns == columns && !definition.isPartial
    }

    private func askForDuplicates(_ constraint: CatalogObject, _ columns: [String]) throws(SQLTextError) {
        let objects = columns.map { CatalogObject(.column, $0, of: constraint.relation) }
        guard objects.allSatisfy({ live.contains($0) && !comparison.needsConversion($0) }) else { return }
        let list = try comparison.identifiers(columns)
        let present = try columns.map { (name) throws(SQLTextError) in
            "\(try SQLIdentifier(name).quoted) IS NOT NULL"
        }.joined(separator: " AND ")
        plan.refuseRows(
            constraint,
            answering: "SELECT d.value, d.count FROM (SELECT concat_ws(', ', \(list)) AS value, count(*) AS count "
                + "FROM \(try qualified(constraint.relation)) WHERE \(present) GROUP BY \(list) HAVING count(*) > 1) AS d "
                + "ORDER BY d.count DESC LIMIT 100",
            "have the same \(columns.joined(separator: ", "))",
            cure: "keep one row of each, then repeat the command")
    }
}
