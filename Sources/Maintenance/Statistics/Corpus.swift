import SQLText

/// A corpus as found in the database, and its tenants.
package struct Corpus: Hashable, Sendable {
    package var definition: CorpusDefinition
    /// The one owner of its tables and its function, as whom the work is done: an owner normally bypasses row-level
    /// security. nil where there is none.
    package var role: String?
    package var operators: TenantOperators
    /// The tables of other owners' that writing the figures reaches by foreign keys.
    package var neighbours: [CorpusNeighbour] = []
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
        /// Its tables, their partitions, its function and their schemas belong to several roles, so that code of each would run with
        /// the rights of another.
        case noOneOwner([String])
        /// pgtend's role may not SET ROLE to its role.
        case notOwner(NotOwner)
        /// Work on its tables would run code of another owner's.
        case foreignCode(ForeignCode)
        /// A foreign key reaches a table that pgtend's role cannot lock, since it may not become its owner.
        case strangeNeighbour(CorpusNeighbour, grant: String?)
        /// Its role can make no temporary procedure, in which code of its tables is confined, in that database.
        case noSandbox(database: String)
        /// They could not be read, for example because row-level security would have hidden some.
        case unreadable(ServerFailure)
    }

    /// Why pgtend's role may not do the work as the owner.
    package struct NotOwner: Hashable, Sendable {
        package let isSuperuser: Bool
        package let isMember: Bool
        /// Whether its code could be confined once pgtend's role may become it.
        package let mayHaveSandbox: Bool
        /// The GRANT that it takes.
        package let grant: String

        package init(isSuperuser: Bool, isMember: Bool, mayHaveSandbox: Bool, grant: String) {
            self.isSuperuser = isSuperuser
            self.isMember = isMember
            self.mayHaveSandbox = mayHaveSandbox
            self.grant = grant
        }
    }

    package init(
        definition: CorpusDefinition, role: String? = nil, operators: TenantOperators = .builtIn, tenants: Tenants
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
        package let cure: Cure
    }

    /// Whether nothing of that kind is there: no reason to speak of it where it was only looked for.
    package var isAbsent: Bool {
        switch tenants {
        case .missing, .noUniqueTarget: true
        case .known, .noTable, .noOneOwner, .notOwner, .foreignCode, .strangeNeighbour, .noSandbox, .unreadable: false
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
                cure: .statement("CREATE UNIQUE INDEX ON \(target) (\(tenant))"))
        case .noTable(let relation, let kind):
            return Obstacle(
                reason: .noTable,
                explanation: "\(relation) is \(kind), and only tables are read: reading it would run code of its owner",
                cure: "name a table in its place in statistics.corpora")
        case .noOneOwner(let owners):
            return Obstacle(
                reason: .noOneOwner,
                explanation: "its tables, their partitions, its function and the schemas of these belong to several "
                    + "roles (\(owners.joined(separator: ", "))), and code of each would run with the rights of another",
                cure: .advice(
                    "give them one owner (ALTER TABLE, ALTER FUNCTION and ALTER SCHEMA ... OWNER TO), which pgtend's role may "
                        + "become; a schema may be a superuser's as well"))
        case .notOwner(let lack):
            let owner = role ?? "their owner"
            return Obstacle(
                reason: .notOwner,
                explanation: "it is updated as the owner of its tables, and pgtend's role may not become \(owner) "
                    + "(the server would answer SQLSTATE 42501)",
                cure: lack.isSuperuser
                    ? .advice(
                        "give its tables to a role that is no superuser, and let pgtend's role become that; with "
                            + "\(lack.grant) it could do everything")
                    : .statement(lack.grant))
        case .foreignCode(let code):
            return Obstacle(
                reason: .foreignCode, explanation: code.explanation(as: role ?? "the owner"),
                cure: code.cure(as: role ?? "the owner"))
        case .strangeNeighbour(let neighbour, let grant):
            let worker = RelationName.quoted(role ?? "the owner")
            return Obstacle(
                reason: .foreignCode,
                explanation:
                    "a foreign key reaches \(neighbour.relation) of \(neighbour.owner), "
                    + (grant == nil ? "a superuser, beneath a table of another owner's, " : "")
                    + "whose code could come to "
                    + "run with the rights of \(role ?? "the owner") at any time: pgtend's role may not become "
                    + "\(neighbour.owner) to lock the table against that",
                cure: .advice(
                    (grant.map { "\($0); or " } ?? "")
                        + "ALTER TABLE \(neighbour.relation) OWNER TO \(worker); or drop the foreign key"
                        + (grant == nil ? "; or run pgtend as a superuser" : "")))
        case .unreadable(let failure):
            return Obstacle(
                reason: .unreadable, explanation: "its tenants could not be read: \(failure)",
                cure: failure.cure ?? .advice(failure.hint ?? "give the role what the server asks for"))
        }
    }
}
