import SQLText

/// Constraints that are missing, differ or are not validated. Keys and foreign keys have planners of their own.
struct ConstraintPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planConstraint(_ constraint: CatalogObject) throws(SQLTextError) {
        guard let definition = expected[constraint, .definition] else { return }
        let found = live[constraint, .definition]
        let (keys, foreignKeys) = (KeyPlanner(self), ForeignKeyPlanner(self))
        if !live.hasRelation(constraint.relation) {
            // All others are part of CREATE TABLE. The table that a foreign key refers to may be created later.
            if comparison.isForeignKey(constraint) {
                try foreignKeys.planForeignKey(constraint, constraint.name, definition)
            }
        } else if comparison.isDefined(constraint, as: constraint) {
            if live[constraint, .state] != nil { try keys.planKey(constraint, definition) }
        } else if comparison.isDefined(constraint, as: constraint, ending: " NOT VALID") {
            if comparison.isForeignKey(constraint) {
                try foreignKeys.askForOrphans(constraint, definition)
            } else {
                try askForBreaches(constraint, definition)
            }
            try validate(constraint, constraint.name, in: .references)
        } else if found == nil, comparison.pendingColumns(in: definition, of: constraint.relation).isEmpty,
            let twin = comparison.twin(of: constraint)
        {
            plan.addBriefly(
                .leftovers, constraint.relation, .accessExclusive, "\(constraint.name) is called \(twin.name)",
                "ALTER TABLE \(try qualified(constraint.relation)) RENAME CONSTRAINT "
                    + "\(try SQLIdentifier(twin.name).quoted) TO \(try SQLIdentifier(constraint.name).quoted)")
        } else if ConstraintDefinition(definition).isPrimaryKey || ConstraintDefinition(definition).isUnique {
            if let found {
                keys.refuseOtherKey(constraint, definition, found)
            } else {
                try keys.planKey(constraint, definition)
            }
        } else {
            let name = found == nil ? constraint.name : ReservedName.fitted(ReservedName.newPrefix, constraint.name)
            if comparison.isForeignKey(constraint) {
                try foreignKeys.planForeignKey(constraint, name, definition)
            } else {
                try planCheck(constraint, name, definition)
            }
            if found != nil { try replace(constraint, with: name) }
        }
    }

    /// Once the new constraint is validated, it takes the place and the name of the old one.
    private func replace(_ constraint: CatalogObject, with name: String) throws(SQLTextError) {
        let table = "ALTER TABLE \(try qualified(constraint.relation))"
        let wanted = try SQLIdentifier(constraint.name).quoted
        plan.addBriefly(
            .partitions, constraint.relation, .accessExclusive, "\(constraint.name) is another constraint",
            "\(table) DROP CONSTRAINT \(wanted)",
            "\(table) RENAME CONSTRAINT \(try SQLIdentifier(name).quoted) TO \(wanted)")
    }

    // MARK: - CHECK

    private func planCheck(
        _ constraint: CatalogObject, _ name: String, _ definition: String
    ) throws(SQLTextError) {
        try askForBreaches(constraint, definition)
        guard
            live[CatalogObject(.constraint, name, of: constraint.relation), .definition] == nil
                || name == constraint.name
        else {
            return try validate(constraint, name, in: .references)
        }
        // By this phase its columns have their final names and values.
        plan.addBriefly(
            .leftovers, constraint.relation, .accessExclusive, "\(constraint.name) is missing",
            "ALTER TABLE \(try qualified(constraint.relation)) ADD CONSTRAINT \(try SQLIdentifier(name).quoted) "
                + "\(definition) NOT VALID")
        try validate(constraint, name, in: .references)
    }

    private func askForBreaches(
        _ constraint: CatalogObject, _ definition: String
    ) throws(SQLTextError) {
        let columns = DeparsedExpression(definition).names.filter {
            expected.contains(CatalogObject(.column, $0, of: constraint.relation))
        }
        let stand = columns.allSatisfy { live.contains(CatalogObject(.column, $0, of: constraint.relation)) }
        // A call that is ambiguous is refused, and would be an error here.
        guard stand, comparison.rivals.isEmpty,
            comparison.pendingColumns(in: definition, of: constraint.relation).isEmpty,
            let expression = definition.withoutPrefix("CHECK ")
        else { return }
        plan.refuseRows(
            constraint, answering: try breaches(of: constraint, expression, columns),
            "break the constraint \(definition)",
            cure: "bring these rows in line: UPDATE \(try qualified(constraint.relation)) SET ... WHERE NOT coalesce("
                + "\(expression), true); then repeat the command"
        ) { obstacle in
            let parts = (obstacle.value ?? "").split(separator: "\n", maxSplits: 1)
            return "\(parts.first ?? "") (\(obstacle.count)\(parts.count > 1 ? ": \(parts[1])" : ""))"
        }
    }

    /// The rows that break a CHECK: each with the values that it names, a line break, and the keys of three of them.
    private func breaches(
        of constraint: CatalogObject, _ expression: String, _ columns: Set<String>
    ) throws(SQLTextError) -> String {
        let values = try columns.sorted().map { (column) throws(SQLTextError) in
            let value = "r.\(try SQLIdentifier(column).quoted)::text"
            return
                "\(try SQLLiteral("\(column) = ").quoted) || coalesce(quote_literal(\(ColumnValues.shown(value))), 'NULL')"
        }
        let primary = live.parts(.constraint, of: constraint.relation).compactMap { key in
            ConstraintDefinition(live[key, .definition] ?? "")
        }.first(where: \.isPrimaryKey)
        let keys = try (primary?.keyColumns ?? []).map { (column) throws(SQLTextError) in
            "\(try SQLLiteral("\(column) ").quoted) || \(ColumnValues.shown("r.\(try SQLIdentifier(column).quoted)::text"))"
        }
        // A line break divides the two.
        func line(_ parts: [String], _ separator: String) -> String {
            "translate(concat_ws('\(separator)', \((["NULL"] + parts).joined(separator: ", "))), chr(10), ' ')"
        }
        return """
            SELECT concat_ws(chr(10), k.shown,
                    nullif(string_agg(k.key, '; ' ORDER BY k.key) FILTER (WHERE k.place <= 3), '')
                        || CASE WHEN count(*) > 3 THEN '; ...' ELSE '' END) AS value,
                count(*) AS count
            FROM (
                SELECT b.shown, b.key, row_number() OVER (PARTITION BY b.shown ORDER BY b.key) AS place
                FROM (
                    SELECT \(line(values, ", ")) AS shown, \(line(keys, ", ")) AS key
                    FROM \(try qualified(constraint.relation)) AS r
                    WHERE NOT coalesce(\(expression), true)
                ) AS b
            ) AS k
            GROUP BY k.shown
            ORDER BY 2 DESC, 1
            """
    }

    /// - Parameters:
    ///   - object: what the step is about.
    ///   - table: the partition that it is on; nil for the object's own table.
    func validate(
        _ object: CatalogObject, _ name: String, in phase: PlanPhase, of table: String? = nil,
        for purpose: String? = nil
    ) throws(SQLTextError) {
        let relation = RelationName(schema: schema, name: table ?? object.relation)
        plan.append(
            SchemaStep(
                object, .patiently([LockRequirement(.shareUpdateExclusive, on: relation)]),
                purpose ?? "\(object.name) is not validated",
                ["ALTER TABLE \(try relation.quoted) VALIDATE CONSTRAINT \(try SQLIdentifier(name).quoted)"]), to: phase
        )
    }
}
