import EmbeddedSQL
import Maintenance
import SQLText

/// A statement that fails where a policy or trigger of a new partition uses something else than that of the sibling of
/// which it is a copy. It was made by its text: whoever may put something in the place of what the text names, such as the
/// owner of its schema, may have done so while it was parsed.
enum CopyProof {
    /// To be executed as soon as the partition is created.
    static func statement(_ step: CreatePartition) throws(SQLTextError) -> String {
        let (partition, sibling) = (step.partition, step.template.relation)
        return try PinnedBlock.statement(
            declaring: "found pg_catalog.record;",
            unsafe: """
                EXECUTE $query$ \(query) $query$ INTO found
                    USING \(partition.literals), \(sibling.literals), \(step.parentOID)::oid;
                IF found.code IS NOT NULL THEN
                    RAISE object_not_in_prerequisite_state USING
                        MESSAGE = format('the %s uses %s, unlike that of %s', found.part, found.code,
                            \(try SQLLiteral("\(sibling)").quoted)),
                        HINT = 'somebody has put another one in its place meanwhile; run again';
                END IF;
                """)
    }

    private static let query = EmbeddedSQL.queryWithoutComments(CatalogQuery.templateCopied.rawValue)
}
