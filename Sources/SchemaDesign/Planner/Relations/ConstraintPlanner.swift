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
            constraint,
            answering: "SELECT NULL::text AS value, count(*) AS count FROM \(try qualified(constraint.relation)) "
                + "WHERE NOT coalesce(\(expression), true) HAVING count(*) > 0",
            "break the constraint \(definition)", cure: "bring these rows in line, then repeat the command")
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
