import SQLText

/// A corpus as found in the database, and its tenants.
package struct Corpus: Hashable, Sendable {
    package var definition: CorpusDefinition
    /// The owner of both of its tables, if pgtend's role may SET ROLE to it: an owner normally bypasses row-level
    /// security.
    package var role: String?
    /// The schema of the operators that compare tenants: those of the default order of their type.
    package var operators: String
    /// Every tenant with a document or a row of statistics, as text, ordered by the key.
    package var tenants: Tenants
    package enum Tenants: Hashable, Sendable {
        case known([String])
        /// A relation, a column or the function that the definition names does not exist; a phrase that names it.
        case missing(String)
        /// The target has no unique index on its tenant column alone, which the ON CONFLICT of pgtend's statement
        /// needs.
        case noUniqueTarget
        /// Where the definition names a table there is something else, such as a view, whose reading would run code.
        case noTable(RelationName, String)
        /// Its tables and its function have no one owner that pgtend's role may become, so that their code would run as
        /// pgtend's role, which may become others.
        case noOneOwner([String])
        /// Its role can make no temporary procedure, in which code of its tables is confined, in that database.
        case noSandbox(database: String)
        /// They could not be read, for example because row-level security would have hidden some.
        case unreadable(ServerFailure)
    }

    package init(
        definition: CorpusDefinition, role: String? = nil, operators: String = "pg_catalog", tenants: Tenants
    ) {
        self.definition = definition
        self.operators = operators
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

    /// Whether nothing of that kind is there: no reason to speak of it where it was only looked for.
    package var isAbsent: Bool {
        switch tenants {
        case .missing, .noUniqueTarget: true
        case .known, .noTable, .noOneOwner, .noSandbox, .unreadable: false
        }
    }

    /// nil if it can be maintained.
    package var obstacle: Obstacle? {
        switch tenants {
        case .known: return nil
        case .noSandbox(let database):
            let refusal = Refusal.noSandbox(.statistics, definition.source, of: role, in: database)
            return Obstacle(reason: refusal.reason, explanation: refusal.explanation, cure: refusal.cure)
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
        case .noTable(let relation, let kind):
            return Obstacle(
                reason: .noTable,
                explanation: "\(relation) is \(kind), and only tables are read: reading it would run code of its owner",
                cure: "name a table in its place in statistics.corpora")
        case .noOneOwner(let owners):
            return Obstacle(
                reason: .notOwner,
                explanation: owners.count == 1
                    ? "pgtend's role may not become \(owners[0]), who owns its tables, and their code would run as "
                        + "pgtend's role, which may become others"
                    : "its tables and its function belong to several roles (\(owners.joined(separator: ", "))), and code "
                        + "of each would run with the rights of another",
                cure: owners.count == 1
                    ? "GRANT \(RelationName.quoted(owners[0])) to the role that pgtend connects as"
                    : "give them one owner, and let pgtend's role become it")
        case .unreadable(let failure):
            return Obstacle(
                reason: .unreadable, explanation: "its tenants could not be read: \(failure)",
                cure: failure.cure ?? failure.hint ?? "give the role what the server asks for")
        }
    }
}
