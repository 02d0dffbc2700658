import SQLText

/// What somebody has added and what undoes what the schema does, or runs code where it should not. Why it is there, only
/// a person can tell.
struct UnexpectedPartPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseUnexpected() throws(SQLTextError) {
        for (object, found) in unexpected {
            switch object.kind {
            case .policy where comparison.isTenantIsolation(object): continue
            // An earlier call was interrupted.
            case .policy where object.name.isSame(as: ReservedName.formerOwner): continue
            case .policy:
                plan.refuse(
                    object, "expected no such policy, found one that adds to what sessions see or write: \(found)",
                    cure: "run: DROP POLICY \(try target(object))",
                    option: "--drop \(PartChoice(object).description.shellWord)")
            case .rule:
                plan.refuse(
                    object, "expected no rule, found one that changes what statements do: \(found)",
                    cure: "run: DROP RULE \(try target(object))")
            case .cast, .operator, .operatorClass, .statistics:
                let kind = object.kind.rawValue
                plan.refuse(
                    object, "expected no such \(kind), found what may run code as the schema's own role: \(found)",
                    cure: "run: DROP \(kind.uppercased()) \(object.name)")
            default: continue
            }
        }
    }

    /// A function that is replaced would run there from then on, for whoever writes to that table.
    func refuseTriggersElsewhere() throws(SQLTextError) {
        for difference in gap.different where difference.property == .triggersElsewhere {
            guard let found = difference.found else { continue }
            plan.refuse(
                difference.object, "expected no trigger that calls it on a table outside of the schema, found \(found)",
                cure: "run: " + NameList.parts(of: found).map { "DROP TRIGGER \($0)" }.joined(separator: "; "))
        }
        for (object, found) in unexpected where object.kind == .trigger {
            plan.refuse(
                object, "expected no trigger on an unknown table that calls a function of the schema, found \(found)",
                cure: "run: DROP TRIGGER \(try target(object))",
                option: "--drop \(PartChoice(object).description.shellWord)")
        }
    }

    private var unexpected: [(CatalogObject, definition: String)] {
        gap.different.compactMap { difference in
            guard difference.property == .definition, !expected.contains(difference.object) else { return nil }
            return difference.found.map { (difference.object, $0) }
        }
    }

    private func target(_ object: CatalogObject) throws(SQLTextError) -> String {
        "\(try SQLIdentifier(object.name).quoted) ON \(try qualified(object.relation))"
    }
}
