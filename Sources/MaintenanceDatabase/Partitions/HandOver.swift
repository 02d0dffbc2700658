import EmbeddedSQL
import Maintenance
import SQLText

/// The statements that give a new partition to the owner of its siblings, where that is another role than the parent's
/// owner. They run no code of anybody's. Executed as the role that pgtend connects as.
///
/// ATTACH PARTITION requires the same owner for both, so the owner changes afterwards. That also changes the owner's
/// privileges and the grantor, so privileges are granted last.
struct HandOver {
    private let step: CreatePartition
    private let parent: String
    private let partition: String
    /// The new owner, as a literal.
    private let owner: String

    init(_ step: CreatePartition) throws(SQLTextError) {
        self.step = step
        parent = try step.parent.literals
        partition = try step.partition.literals
        owner = try SQLLiteral(step.template.owner).quoted
    }

    /// - Parameter grants: as the new owner.
    func statements(grants: [String]) throws(SQLTextError) -> [String] {
        let role = try SQLIdentifier(step.template.owner).quoted
        return [try proof, "ALTER TABLE \(try step.partition.quoted) OWNER TO \(role)", "SET LOCAL ROLE \(role)"]
            + grants + ["SET LOCAL ROLE NONE", try proofOfIdentity]
    }

    /// Code of the parent's owner has run since the partition was created: a rule or a grant of its making would become the
    /// new owner's. What it has from its parent must not run with his rights either.
    private var proof: String {
        get throws(SQLTextError) {
            let grantees = try step.template.defaultGrantees.map { (name) throws(SQLTextError) in
                try SQLLiteral(name).quoted
            }
            let code = """
                'its ' || stranger.caller || ' calls ' || stranger.code || ' of ' || stranger.code_owner
                    || ', which would run with the rights of ' || \(owner)
                """
            return try PinnedBlock.statement(
                declaring: "made pg_catalog.record; doubt pg_catalog.text; stranger pg_catalog.record;",
                unsafe: """
                    EXECUTE $query$ \(Self.made) $query$ INTO made USING \(partition), \(step.parentOID)::oid;
                    EXECUTE $query$ \(Self.changes) $query$ INTO doubt
                        USING \(partition), \(parent), \(try SQLLiteral(step.parentOwner).quoted),
                            ARRAY[\(grantees.joined(separator: ", "))]::text[];
                    IF doubt IS NOT NULL THEN
                        \(try refusal("is not as it was created, and was not given to \(step.template.owner): ", "doubt",
                            hint: "code of \(step.parentOwner) that attaching it runs has changed it"))
                    END IF;
                    EXECUTE $query$ \(Self.code) $query$ INTO stranger USING ARRAY[made.oid], \(owner), true;
                    IF stranger.name IS NOT NULL THEN
                        \(try refusal(
                            "was not given to \(step.template.owner), the owner of its siblings: ", code,
                            hint: "give \(step.parent) and its partitions one owner; or let \(step.template.owner) or a "
                                + "superuser own what is called; or drop what calls it from \(step.parent)"))
                    END IF;
                    PERFORM set_config('pgtend.made', made.oid::text, true);
                    """)
        }
    }

    /// Statements go by name, and whoever owns the schema may put another one, with a view of that name, in its place.
    private var proofOfIdentity: String {
        get throws(SQLTextError) {
            try PinnedBlock.statement(
                declaring: "made pg_catalog.record;",
                unsafe: """
                    EXECUTE $query$ \(Self.made) $query$ INTO made USING \(partition), \(step.parentOID)::oid;
                    IF (made.oid::text, made.owner) IS DISTINCT FROM (current_setting('pgtend.made'), \(owner)) THEN
                        \(try refusal("is another relation than the one that was created, and was not given away", "''",
                            hint: "schema \(RelationName.quoted(step.partition.schema)) was renamed meanwhile"))
                    END IF;
                    """)
        }
    }

    /// - Parameter what: an SQL expression, the end of the message.
    private func refusal(_ text: String, _ what: String, hint: String) throws(SQLTextError) -> String {
        """
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = \(try SQLLiteral("\(step.partition) \(text)").quoted) || \(what),
            HINT = \(try SQLLiteral(hint).quoted);
        """
    }

    private static let made = text(.templateMade)
    private static let changes = text(.templateHandOver)
    private static let code = text(.templateForeignCode)

    private static func text(_ query: CatalogQuery) -> String {
        EmbeddedSQL.queryWithoutComments(query.rawValue)
    }
}
