import SQLText

/// Foreign keys, and the rows whose references do not exist.
struct ForeignKeyPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planForeignKey(
        _ constraint: CatalogObject, _ name: String, _ definition: String
    ) throws(SQLTextError) {
        let relation = constraint.relation
        let quoted = try SQLIdentifier(name).quoted
        let referenced = ConstraintDefinition(definition).referencedTable
        let locks = { [schema] (table: String) in
            [table, referenced].compactMap { $0 }.map {
                LockRequirement(.shareRowExclusive, on: RelationName(schema: schema, name: $0))
            }
        }
        let purpose = "\(constraint.name) is missing"
        if !live.hasRelation(relation) {
            plan.append(
                SchemaStep(
                    constraint, .briefly(locks(relation)), purpose,
                    ["ALTER TABLE \(try qualified(relation)) ADD CONSTRAINT \(quoted) \(definition)"]),
                to: .references)
            return
        }
        try askForOrphans(constraint, definition)
        // Up to PostgreSQL 17 a partitioned table takes no NOT VALID: each partition has the key first, and the table's
        // then finds it there.
        let targets = comparison.isPartitioned(relation) ? live.parts(.partition, of: relation).map(\.name) : [relation]
        // An earlier call may have left the key, or the keys of some partitions, which are replaced.
        let staged = live[CatalogObject(.constraint, name, of: relation), .definition]
        if staged.isSame(as: definition) { return }
        let leftover =
            comparison.isPartitioned(relation) || staged != nil ? "DROP CONSTRAINT IF EXISTS \(quoted), " : ""
        for target in targets {
            plan.append(
                SchemaStep(
                    constraint, .briefly(locks(target)), purpose,
                    [
                        "ALTER TABLE \(try qualified(target)) \(leftover)ADD CONSTRAINT \(quoted) "
                            + "\(definition) NOT VALID"
                    ]),
                to: .references)
            try ConstraintPlanner(self).validate(constraint, name, in: .references, of: target)
        }
        if comparison.isPartitioned(relation) {
            plan.append(
                SchemaStep(
                    constraint, .briefly(locks(relation) + targets.flatMap(locks)), purpose,
                    ["ALTER TABLE \(try qualified(relation)) ADD CONSTRAINT \(quoted) \(definition)"]),
                to: .references)
        }
    }

    func askForOrphans(_ constraint: CatalogObject, _ definition: String) throws(SQLTextError) {
        let key = ConstraintDefinition(definition)
        guard let referenced = key.referencedTable, let columns = key.referencingColumns,
            let keys = key.referencedColumns
        else { return }
        let mine = columns.map { CatalogObject(.column, $0, of: constraint.relation) }
        if !live.hasRelation(referenced) {
            return try askForReferences(constraint, definition, mine.filter { live.contains($0) }, referenced)
        }
        let theirs = keys.map { CatalogObject(.column, $0, of: referenced) }
        guard (mine + theirs).allSatisfy({ live.contains($0) && !comparison.needsConversion($0) }) else { return }
        var pairs: [String] = []
        var given: [String] = []
        var values: [String] = []
        for (column, key) in zip(columns, keys) {
            let left = "r.\(try SQLIdentifier(column).quoted)"
            pairs.append("p.\(try SQLIdentifier(key).quoted) = \(left)")
            given.append("\(left) IS NOT NULL")
            values.append("\(left)::text")
        }
        var relations = [constraint.relation, referenced]
        // Rows that a rule fills get a reference that exists.
        if mine.count == 1, let rule = comparison.rule(of: mine[0]), rule.value != nil,
            let condition = rule.condition
        {
            given.append("NOT (\(try comparison.filled(condition, for: mine[0])))")
            relations += rule.relations
        }
        plan.refuseRows(
            constraint, of: relations,
            answering:
                "SELECT left(concat_ws(', ', \(values.joined(separator: ", "))), 90) AS value, count(*) AS count "
                + "FROM \(try qualified(constraint.relation)) AS r "
                + "WHERE \(given.joined(separator: " AND ")) AND NOT EXISTS (SELECT FROM \(try qualified(referenced)) AS p "
                + "WHERE \(pairs.joined(separator: " AND "))) GROUP BY 1 ORDER BY 2 DESC, 1",
            "refer to rows of \(referenced) that are not there (\(definition))",
            cure: "give these rows a reference that stands, or none, then repeat the command")
    }

    /// The referenced table will be created, and be empty unless a rule fills it.
    private func askForReferences(
        _ constraint: CatalogObject, _ definition: String, _ columns: [CatalogObject], _ referenced: String
    ) throws(SQLTextError) {
        guard !columns.isEmpty, !columns.contains(where: { comparison.rule(of: $0)?.before != nil }) else { return }
        let names = try columns.map { (column) throws(SQLTextError) in "r.\(try SQLIdentifier(column.name).quoted)" }
        plan.refuseRows(
            constraint,
            answering:
                "SELECT left(concat_ws(', ', \(names.map { "\($0)::text" }.joined(separator: ", "))), 90) AS value, "
                + "count(*) AS count FROM \(try qualified(constraint.relation)) AS r "
                + "WHERE \(names.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")) GROUP BY 1 ORDER BY 2 DESC, 1",
            "refer to rows of \(referenced), which is missing (\(definition))",
            cure: "restore the table with its rows, or give these rows no reference, then repeat the command")
    }
}
