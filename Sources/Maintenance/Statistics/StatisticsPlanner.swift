import SQLText

/// Decides whose corpus statistics are updated.
package struct StatisticsPlanner {
    private let definition: DatabaseDefinition
    private let snapshot: CatalogSnapshot

    package init(definition: DatabaseDefinition, snapshot: CatalogSnapshot) {
        self.definition = definition
        self.snapshot = snapshot
    }

    /// One step a tenant, corpus by corpus, and what is refused.
    package func plan() -> (steps: [UpdateStatistics], refusals: [Refusal], inView: Int) {
        var steps: [UpdateStatistics] = []
        var refusals: [Refusal] = []
        for corpus in snapshot.corpora {
            switch corpus.tenants {
            case .known(let tenants):
                steps += tenants.map { step(corpus, tenant: $0) }
            case .missing(let what):
                refusals.append(
                    refusal(
                        corpus, .missing, "the configuration names \(what), which the database does not have",
                        cure: "correct statistics.corpora, or create \(what)"))
            case .noUniqueTarget:
                let (target, tenant) = (corpus.definition.target, corpus.definition.targetColumns.tenant)
                refusals.append(
                    refusal(
                        corpus, .noUniqueIndex,
                        "\(target) has no unique index on \(RelationName.quoted(tenant)) alone, so a tenant's row could not "
                            + "be found (the server would answer SQLSTATE 42P10)",
                        cure: "CREATE UNIQUE INDEX ON \(target) (\(RelationName.quoted(tenant)))"))
            case .unreadable(let failure):
                refusals.append(
                    refusal(
                        corpus, .unreadable, "its tenants could not be read: \(failure)",
                        cure: failure.cure ?? failure.hint ?? "give the role what the server asks for"))
            }
        }
        return (steps, refusals, snapshot.corpora.count)
    }

    private func step(_ corpus: Corpus, tenant: String) -> UpdateStatistics {
        UpdateStatistics(
            corpus: corpus.definition, tenant: tenant, role: corpus.role,
            reason: "changes of its documents are not recorded between runs, so it is due on every run",
            limits: StepLimits(locks: definition.locks, statementTimeout: definition.statistics.statementTimeout))
    }

    private func refusal(
        _ corpus: Corpus, _ reason: Refusal.Reason, _ explanation: String, cure: String
    ) -> Refusal {
        Refusal(
            task: .statistics, object: corpus.definition.source, reason: reason, explanation: explanation, cure: cure)
    }
}
