/// Decides whose corpus statistics are updated.
package struct StatisticsPlanner {
    private let definition: DatabaseDefinition
    private let snapshot: CatalogSnapshot

    package init(definition: DatabaseDefinition, snapshot: CatalogSnapshot) {
        self.definition = definition
        self.snapshot = snapshot
    }

    /// One step per tenant, corpus by corpus, and what is refused.
    package func plan() -> TaskPlan {
        var plan = TaskPlan(objectsInView: snapshot.corpora.count)
        for corpus in snapshot.corpora {
            if let obstacle = corpus.obstacle {
                plan.refusals.append(
                    Refusal(
                        task: .statistics, object: corpus.definition.source, reason: obstacle.reason,
                        explanation: obstacle.explanation, cure: obstacle.cure))
            } else if case .known(let tenants) = corpus.tenants, let owner = corpus.role {
                plan.steps += tenants.map { step(corpus, tenant: $0, as: owner) }
            }
        }
        return plan
    }

    private func step(_ corpus: Corpus, tenant: String, as owner: String) -> PlanStep {
        PlanStep(
            .updateStatistics(
                UpdateStatistics(
                    corpus: corpus.definition, tenant: tenant, owner: owner, operators: corpus.operators,
                    neighbours: corpus.neighbours)),
            reason: "changes of its documents are not recorded between runs, so it is due on every run",
            limits: StepLimits(locks: definition.locks, statementTimeout: definition.statistics.statementTimeout))
    }
}
