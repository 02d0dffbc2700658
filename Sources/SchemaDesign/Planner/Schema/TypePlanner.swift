import SQLText

/// Types that are missing or differ, and the values of enums.
struct TypePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planTypes() throws(SQLTextError) {
        for object in gap.missing where object.kind == .type {
            try TakenNamePlanner(self).refuseTakenName(object)
            plan.add(
                .types, object, .together, "the type is missing",
                "CREATE TYPE \(try qualified(object.name)) AS \(expected[object, .definition] ?? "")",
                "ALTER TYPE \(try qualified(object.name)) OWNER TO \(try comparison.owner(object))")
        }
        for difference in gap.different where difference.object.kind == .type && difference.property == .definition {
            try planValues(of: difference.object, difference.expected ?? "", found: difference.found ?? "")
        }
        for difference in gap.different where difference.object.kind == .type && difference.property == .owner {
            plan.add(
                .types, difference.object, .together, "the type belongs to \(difference.found ?? "another")",
                "ALTER TYPE \(try qualified(difference.object.name)) OWNER TO \(try comparison.owner(difference.object))"
            )
        }
    }

    /// Adds missing values at their places in the order.
    private func planValues(
        of type: CatalogObject, _ expected: String, found: String
    ) throws(SQLTextError) {
        let (wanted, present) = (DeparsedExpression(expected).literals, DeparsedExpression(found).literals)
        guard !present.isEmpty,
            present.elementsEqual(wanted.filter(present.contains), by: { $0.isSame(as: $1) })
        else {
            return plan.refuse(
                type, "expected \(expected), found \(found)",
                cure: "values of a type cannot be taken back: bring it to the expected values and their order by hand")
        }
        for (index, label) in wanted.enumerated() where !present.contains(label) {
            let place = index > 0 ? "AFTER \(wanted[index - 1])" : "BEFORE \(present[0])"
            // In a transaction of its own: a new value cannot be used in the transaction that adds it.
            plan.add(
                .types, type, .briefly([]), "the value \(label) is missing",
                "ALTER TYPE \(try qualified(type.name)) ADD VALUE \(label) \(place)")
        }
    }
}
