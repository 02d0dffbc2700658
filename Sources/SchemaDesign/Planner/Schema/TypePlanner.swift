import SQLText

/// Types that are missing or differ, and the values of enums.
struct TypePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planTypes() throws(SQLTextError) {
        for object in gap.missing where object.kind == .type {
            if comparison.foresight.typesAside.contains(object) {
                try planReplacement(of: object)
            } else {
                try TakenNamePlanner(self).refuseTakenName(object)
            }
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
        for (index, label) in wanted.enumerated() where !present.contains(label) {
            let place = index > 0 ? "AFTER \(wanted[index - 1])" : "BEFORE \(present[0])"
            // In a transaction of its own: a new value cannot be used in the transaction that adds it.
            plan.add(
                .types, type, .briefly([]), "the value \(label) is missing",
                "ALTER TYPE \(try qualified(type.name)) ADD VALUE \(label) \(place)")
        }
    }

    // MARK: - Types that are replaced

    private func planReplacement(of type: CatalogObject) throws(SQLTextError) {
        let (name, aside) = (try qualified(type.name), ReservedName.old(type.name))
        let found = live[CatalogObject(.type, aside), .definition] ?? ""
        plan.note(
            "type \(type.name) is \(found), of which \(expected[type, .definition] ?? "") cannot be made: it becomes "
                + "\(aside), with the originals of its columns, which are converted. Until a column is, the server does not "
                + "take a value for it that a program casts to \(name)")
        plan.add(
            .types, type, .together, "its values are others",
            "ALTER TYPE \(name) RENAME TO \(try SQLIdentifier(aside).quoted)")
    }

    /// Whether the values are none that a type can be brought to: none can be taken back, and their order stays.
    static func isReplaced(_ difference: SchemaGap.Difference) -> Bool {
        guard difference.object.kind == .type, difference.property == .definition, let wanted = difference.expected,
            let found = difference.found, wanted.hasPrefix("ENUM ("), found.hasPrefix("ENUM (")
        else { return false }
        let (labels, present) = (DeparsedExpression(wanted).literals, DeparsedExpression(found).literals)
        return present.isEmpty || !present.elementsEqual(labels.filter(present.contains), by: { $0.isSame(as: $1) })
    }
}
