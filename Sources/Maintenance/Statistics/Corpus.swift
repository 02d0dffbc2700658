import SQLText

/// A corpus as found in the database, and its tenants.
package struct Corpus: Hashable, Sendable {
    package var definition: CorpusDefinition
    /// The owner of both of its tables, if pgtend's role may SET ROLE to it: an owner normally bypasses row-level
    /// security.
    package var role: String?
    /// Every tenant with a document or a row of statistics, as text, ordered by the key.
    package var tenants: Tenants

    package enum Tenants: Hashable, Sendable {
        case known([String])
        /// A relation, a column or the function that the definition names does not exist; a phrase that names it.
        case missing(String)
        /// The target has no unique index on its tenant column alone, which the ON CONFLICT of pgtend's statement
        /// needs.
        case noUniqueTarget
        /// They could not be read, for example because row-level security would have hidden some.
        case unreadable(ServerFailure)
    }

    package init(definition: CorpusDefinition, role: String? = nil, tenants: Tenants) {
        self.definition = definition
        self.role = role
        self.tenants = tenants
    }
}

extension Corpus {
    /// Why a corpus cannot be maintained.
    package struct Obstacle {
        package let reason: Refusal.Reason
        package let explanation: String
        package let cure: String
    }

    /// nil if it can be maintained.
    package var obstacle: Obstacle? {
        switch tenants {
        case .known: return nil
        case .missing(let what):
            return Obstacle(
                reason: .missing, explanation: "the configuration names \(what), which the database does not have",
                cure: "correct statistics.corpora, or create \(what)")
        case .noUniqueTarget:
            let (target, tenant) = (definition.target, RelationName.quoted(definition.targetColumns.tenant))
            return Obstacle(
                reason: .noUniqueIndex,
                explanation: "\(target) has no unique index on \(tenant) alone, so a tenant's row could not "
                    + "be found (the server would answer SQLSTATE 42P10)",
                cure: "CREATE UNIQUE INDEX ON \(target) (\(tenant))")
        case .unreadable(let failure):
            return Obstacle(
                reason: .unreadable, explanation: "its tenants could not be read: \(failure)",
                cure: failure.cure ?? failure.hint ?? "give the role what the server asks for")
        }
    }
}
