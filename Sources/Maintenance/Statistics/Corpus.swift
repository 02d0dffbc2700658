/// A corpus that stands in the database, and its tenants.
package struct Corpus: Hashable, Sendable {
    package var definition: CorpusDefinition
    /// The owner of both of its tables, if our role may SET ROLE to it: row-level security does not bind an owner.
    package var role: String?
    /// Every tenant with a document or a row of statistics, as text, in the order of the key.
    package var tenants: Tenants

    package enum Tenants: Hashable, Sendable {
        case known([String])
        /// A relation, a column or the function that the definition names does not exist.
        case missing(String)
        /// The target has no unique index on its tenant column alone, by which pgtend's own statement finds the row.
        case noUniqueTarget
        /// The server would not tell, for example because row-level security would have hidden some.
        case unreadable(ServerFailure)
    }

    package init(definition: CorpusDefinition, role: String? = nil, tenants: Tenants) {
        self.definition = definition
        self.role = role
        self.tenants = tenants
    }
}
