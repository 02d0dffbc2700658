import SQLText

/// Policies and rules that somebody has added and that undo what the schema does. Why they are there, only a person can
/// tell.
struct UnexpectedPartPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseUnexpected() throws(SQLTextError) {
        for difference in gap.different where difference.property == .definition {
            let object = difference.object
            guard !expected.contains(object), let found = difference.found else { continue }
            let target = "\(try SQLIdentifier(object.name).quoted) ON \(try qualified(object.relation))"
            switch object.kind {
            case .policy:
                plan.refuse(
                    object, "expected no such policy, found one that adds to what sessions see or write: \(found)",
                    cure: "run: DROP POLICY \(target)")
            case .rule:
                plan.refuse(
                    object, "expected no rule, found one that changes what statements do: \(found)",
                    cure: "run: DROP RULE \(target)")
            default: continue
            }
        }
        try refuseTriggersElsewhere()
    }

    /// A function that is replaced would run there from then on, for whoever writes to that table.
    private func refuseTriggersElsewhere() throws(SQLTextError) {
        for difference in gap.different where difference.property == .triggersElsewhere {
            guard let found = difference.found else { continue }
            plan.refuse(
                difference.object, "expected no trigger that calls it on a table outside of the schema, found \(found)",
                cure: "run: " + NameList.parts(of: found).map { "DROP TRIGGER \($0)" }.joined(separator: "; "))
        }
    }
}
