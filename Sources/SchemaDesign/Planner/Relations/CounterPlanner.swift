import SQLText

/// Counters that triggers of another table keep: counted anew where the triggers were missing or the number is wrong.
struct CounterPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planCounters() throws(SQLTextError) {
        for rule in comparison.rules {
            guard let counted = rule.counted, let value = rule.value else { continue }
            let column = CatalogObject(.column, rule.column, of: rule.table)
            guard live.contains(CatalogObject(.table, rule.table)), expected.contains(column) else { continue }
            let name = try SQLIdentifier(rule.column).quoted
            let condition = "r.\(name) IS DISTINCT FROM \(value)"
            let wrong = try comparison.lack(column, condition, by: rule)
            plan.pose(wrong)
            guard !live.contains(column) || !isKept(rule) || comparison.isAnsweredByRows(wrong) else { continue }
            let counting = Backfill(
                tables: comparison.storages(of: rule.table), assignment: "\(name) = \(value)", condition: condition,
                locksRows: true, searchPath: try comparison.triggerPath(of: rule.table))
            let count = SchemaStep(column, .inBatches(counting), "\(rule.column) is counted anew", [])
            // The first count is about right, so that the triggers have something to subtract from as soon as they
            // exist.
            plan.append(count, to: .views)
            plan.append(
                SchemaStep(
                    CatalogObject(.table, counted),
                    .briefly([LockRequirement(.shareRowExclusive, on: RelationName(schema: schema, name: counted))]),
                    "whoever wrote to \(counted) before its triggers counted has to be done", []), to: .counts)
            plan.append(count, to: .counts)
        }
    }

    /// Whether the triggers and their function are what they should be.
    private func isKept(_ rule: RepairRule) -> Bool {
        guard let counted = rule.counted, let keeper = rule.keeper else { return true }
        let triggers = expected.parts(.trigger, of: counted).filter {
            DeparsedExpression(expected[$0, .definition] ?? "").names.contains(keeper)
        }
        let functions = expected.objects(.function).filter { $0.name.hasPrefix("\(keeper)(") }
        return (triggers + functions).allSatisfy { object in
            [.definition, .uses, .state].allSatisfy { live[object, $0].isSame(as: expected[object, $0]) }
        }
    }
}
