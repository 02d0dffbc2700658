import SQLText

/// Bring one tenant's corpus statistics up to date, in a transaction of its own.
package struct UpdateStatistics: Hashable, Sendable {
    package var corpus: CorpusDefinition
    /// The tenant's key as text, whatever its type.
    package var tenant: String
    /// The role to SET before it; nil works as the role that connected.
    package var role: String?
    package var reason: String
    package var limits: StepLimits

    package init(corpus: CorpusDefinition, tenant: String, role: String?, reason: String, limits: StepLimits) {
        self.corpus = corpus
        self.tenant = tenant
        self.role = role
        self.reason = reason
        self.limits = limits
    }

    package var locks: [LockRequirement] {
        [LockRequirement(.rowExclusive, on: corpus.target)]
            + (corpus.terms.map { [LockRequirement(.rowExclusive, on: $0.table)] } ?? [])
    }
}
