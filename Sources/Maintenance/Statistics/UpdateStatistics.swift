import SQLText

/// Bring one tenant's corpus statistics up to date, in a transaction of its own.
package struct UpdateStatistics: StepAction {
    package static let kind = ActionKind.updateStatistics
    package static let task = TaskKind.statistics

    package var corpus: CorpusDefinition
    /// The tenant's key as text, whatever its type.
    package var tenant: String
    /// The role to SET before it; nil works as the role that connected.
    package var role: String?

    package init(corpus: CorpusDefinition, tenant: String, role: String?) {
        self.corpus = corpus
        self.tenant = tenant
        self.role = role
    }

    package var object: RelationName { corpus.target }
    package var identity: [String] { ["\(corpus.source)", "\(corpus.target)", tenant] }
    package var attributes: [StepAttribute] { [.tenant(tenant)] }
    package var description: String { "update statistics \(corpus.target) of tenant \(tenant)" }

    package var locks: [LockRequirement] {
        [LockRequirement(.rowExclusive, on: corpus.target)]
            + (corpus.terms.map { [LockRequirement(.rowExclusive, on: $0.table)] } ?? [])
    }
}

extension UpdateStatistics {
    /// Why the corpus, as it is now, is not to be updated so any more; nil where it is.
    package func supersession(by corpus: Corpus) -> String? {
        if let obstacle = corpus.obstacle { return "\(obstacle.explanation); run again" }
        return corpus.role == role ? nil : "\(corpus.definition.target) belongs to another role by now; run again"
    }
}

extension PlanStep {
    /// The action of a step that updates a tenant's statistics.
    package var updateStatistics: UpdateStatistics? {
        if case .updateStatistics(let action) = action { action } else { nil }
    }
}
