import EmbeddedSQL
import Maintenance
import SQLText

/// Proves that what was given, granted and published has come to the partition that was created, and to no other table.
/// Statements go by name, and whoever owns the schema may have put another table of that name in its place for a moment,
/// which belongs to somebody who knows nothing of it.
enum PlacementProof {
    /// - Parameter published: the names of the publications that it was added to.
    /// - Returns: a statement that fails where it has not got all of it; nil where there was nothing to get.
    static func statement(_ step: CreatePartition, published: [String]) throws(SQLTextError) -> String? {
        let grants =
            (step.template.grants ?? []).map { ($0, "") } + step.template.columnGrants.map { ($0.grant, $0.column) }
        let isGivenAway = !step.template.owner.isSame(as: step.parentOwner)
        guard isGivenAway || !grants.isEmpty || !published.isEmpty else { return nil }
        let arrays = [grants.map(\.0.privilege), grants.map(\.0.grantee), grants.map(\.1), published]
        var literals: [String] = []
        for array in arrays {
            let elements = try array.map { (text) throws(SQLTextError) in try SQLLiteral(text).quoted }
            literals.append("ARRAY[\(elements.joined(separator: ", "))]::text[]")
        }
        let schema = RelationName.quoted(step.partition.schema)
        return try PinnedBlock.statement(
            declaring: "lack pg_catalog.text;",
            unsafe: """
                EXECUTE $query$ \(EmbeddedSQL.queryWithoutComments(CatalogQuery.templatePlaced.rawValue)) $query$ INTO lack
                    USING \(try SQLLiteral(step.partition.name).quoted), \(step.parentOID)::oid,
                        \(literals.joined(separator: ", "));
                IF lack IS NOT NULL THEN
                    RAISE object_not_in_prerequisite_state USING
                        MESSAGE = \(try SQLLiteral("\(step.partition) was not created: another table has got ").quoted) || lack,
                        HINT = \(try SQLLiteral("schema \(schema) was renamed meanwhile").quoted);
                END IF;
                """)
    }
}
