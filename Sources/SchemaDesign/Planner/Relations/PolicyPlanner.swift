import SQLText

/// Policies that are missing or differ.
struct PolicyPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planPolicies(of table: CatalogObject) throws(SQLTextError) {
        let isNew = !live.contains(table)
        let name = try qualified(table.name)
        for policy in expected.parts(.policy, of: table.name) {
            let quoted = try SQLIdentifier(policy.name).quoted
            let create = "CREATE POLICY \(quoted) ON \(name) \(expected[policy, .definition] ?? "")"
            if isNew {
                plan.add(.rowSecurity, policy, .together, "the policy is missing", create)
            } else if !live.contains(policy) {
                plan.addBriefly(
                    .rowSecurity, table.name, .accessExclusive, "the policy \(policy.name) is missing", create)
            } else if comparison.isAnother(policy) {
                plan.addBriefly(
                    .rowSecurity, table.name, .accessExclusive, "the policy \(policy.name) is another one",
                    "DROP POLICY \(quoted) ON \(name)", create)
            }
        }
    }
}
