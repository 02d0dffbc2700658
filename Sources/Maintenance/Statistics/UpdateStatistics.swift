import SQLText

/// Brings the corpus statistics of one tenant up to date, in a transaction of its own.
package struct UpdateStatistics: StepAction {
    package static let kind = ActionKind.updateStatistics
    package static let task = TaskKind.statistics

    package var corpus: CorpusDefinition
    /// The tenant's key as text, whatever its type.
    package var tenant: String
    /// The role for SET ROLE before the work: the owner of the tables, never the role that connected for want of it.
    package var owner: String
    package var role: String? { owner }
    package var operators: TenantOperators
    /// `Corpus.neighbours`.
    package var neighbours: [CorpusNeighbour]

    package init(
        corpus: CorpusDefinition, tenant: String, owner: String, operators: TenantOperators = .builtIn,
        neighbours: [CorpusNeighbour] = []
    ) {
        self.neighbours = neighbours
        self.corpus = corpus
        self.operators = operators
        self.tenant = tenant
        self.owner = owner
    }

    package var object: RelationName { corpus.target }
    package var identity: [String] { ["\(corpus.source)", "\(corpus.target)", tenant] }
    package var attributes: [StepAttribute] { [.tenant(tenant)] }
    package var description: String { "update statistics \(corpus.target) of tenant \(tenant)" }

    /// They keep from coming what would run in the work: an index, a CHECK, a trigger, a foreign key; statistics of a
    /// neighbour, too, whose expressions are computed when it is read.
    package var locks: [LockRequirement] {
        written.map { LockRequirement(.rowExclusive, on: $0) }
            + neighbours.map { LockRequirement(.shareUpdateExclusive, on: $0.relation) }
    }

    /// The tables that are written to.
    package var written: [RelationName] { [corpus.target] + (corpus.terms.map { [$0.table] } ?? []) }
}

extension UpdateStatistics {
    /// Why this step no longer fits the corpus as it is now; nil if it does.
    package func supersession(by corpus: Corpus) -> String? {
        if let obstacle = corpus.obstacle { return "\(obstacle.explanation); run again" }
        if corpus.operators != operators { return "the tenants of \(object) are of another type by now; run again" }
        if !corpus.role.isSame(as: owner) {
            return "\(corpus.definition.target) belongs to another role by now; run again"
        }
        return corpus.neighbours == neighbours
            ? nil : "\(corpus.definition.target) has other foreign keys by now; run again"
    }
}

extension PlanStep {
    /// The action of a step that updates a tenant's statistics.
    package var updateStatistics: UpdateStatistics? {
        if case .updateStatistics(let action) = action { action } else { nil }
    }
}
