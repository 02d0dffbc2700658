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

    // MARK: - Policies of the same effect

    /// Replaced by the schema's own in one transaction. Any other is refused.
    func planReplacedPolicies() throws(SQLTextError) {
        let replaced = live.objects(.policy).filter(comparison.isTenantIsolation)
        noteOtherSetting(replaced)
        for policy in replaced {
            plan.addBriefly(
                .rowSecurity, policy.relation, .accessExclusive,
                "the policy \(policy.name) shows what the schema's own do: \(live[policy, .definition] ?? "")",
                "DROP POLICY \(try SQLIdentifier(policy.name).quoted) ON \(try qualified(policy.relation))")
        }
    }

    /// The platform's own function may read another setting: its programs would see nothing any more.
    private func noteOtherSetting(_ replaced: [CatalogObject]) {
        let function = CatalogObject(.function, "current_tenant_id()")
        guard !replaced.isEmpty, let found = live[function, .definition], difference(function, .definition) != nil
        else {
            return
        }
        let settings = DeparsedExpression(found).literals.filter {
            $0.hasPrefix("'app.") && $0 != "'app.current_tenant'"
        }
        guard !settings.isEmpty else { return }
        plan.note(
            "current_tenant_id() reads \(Set(settings).sorted().joined(separator: ", ")) so far, and 'app.current_tenant' "
                + "afterwards: programs that do not set it see no rows any more, so let them set both before that")
    }
}

extension SchemaComparison {
    /// Whether an unexpected policy on one of the schema's tables shows no more than the rows of the tenant that
    /// `app.current_tenant` names, as the schema's own policies do.
    func isTenantIsolation(_ policy: CatalogObject) -> Bool {
        guard !expected.contains(policy), expected[CatalogObject(.table, policy.relation), .rowSecurity] != nil,
            let definition = live[policy, .definition]
        else { return false }
        // Only whole definitions: `AS … FOR … TO …`, then one expression or two.
        let words = DeparsedExpression(definition).tokens.filter { $0.text != " " && $0.text != "(" && $0.text != ")" }
        let parts = words.map(\.raw).split { $0 == "USING" || $0 == "CHECK" }
        guard (2...3).contains(parts.count), parts[0].starts(with: ["AS", "PERMISSIVE", "FOR"]) else { return false }
        return parts.dropFirst().allSatisfy { part in
            let expression = part.last == "WITH" ? part.dropLast() : part
            return tenantExpressions.contains(expression.joined(separator: " "))
        }
    }

    /// As the server deparses them, without parentheses.
    private var tenantExpressions: Set<String> {
        let setting = [
            "current_setting 'app.current_tenant' : : text", "current_setting 'app.current_tenant' : : text , true",
        ]
        let tenants =
            setting.map { "\($0) : : uuid" } + setting.map { "NULLIF \($0) , '' : : text : : uuid" }
            + ["\(schema) . current_tenant_id", "SELECT \(schema) . current_tenant_id AS current_tenant_id"]
        return Set(tenants.flatMap { ["tenant_id = \($0)", "\($0) = tenant_id"] })
    }
}
