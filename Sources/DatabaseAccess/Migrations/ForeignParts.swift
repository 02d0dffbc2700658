import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

extension Connection {
    /// Whether a schema of pgtend's own is in other hands: its name alone proves nothing, since anybody who may create
    /// schemas may have made it before us. Reads catalogs only.
    ///
    /// - Parameter owner: a role that is trusted beside our own and superusers.
    /// - Returns: the refusal, which says what was found; nil where the schema is not there, or nobody else's.
    package func foreignParts(of schema: String, besides owner: String?) async throws(PostgresError) -> ServerFailure? {
        guard let row = try await optionalRow(MigrationQuery.foreignParts(schema, owner)) else { return nil }
        let found: String = try row.decode("what")
        return ServerFailure(
            failureClass: .refused,
            message:
                "schema \(schema) is not pgtend's alone: \(found). Nothing in it is read or written, since code of "
                + "others could run with the rights of pgtend's role",
            cure:
                "look at who made it; then drop it, or give it and all that is in it to \(RelationName.quoted(server.user)), "
                + "to a superuser or to the role that ledger.owner names, without triggers, rules, policies and views")
    }
}

extension MigrationSet {
    /// A statement that fails where the set's own schema has foreign parts, for the end of a transaction that has written
    /// in it: whoever made the schema while we were about to would have it filled.
    package func proof() throws(PostgresError) -> String {
        try spelled(Self.proof(ownSchema, besides: schemaOwner))
    }

    private static func proof(_ schema: String, besides owner: String?) throws(SQLTextError) -> String {
        let query = EmbeddedSQL.query("migrations/queries/foreign_parts")
            .replacing("$1", with: try SQLLiteral(schema).quoted)
            .replacing(
                "$2", with: try owner.map { (name) throws(SQLTextError) in try SQLLiteral(name).quoted } ?? "NULL")
        let body = """
            DECLARE found text; BEGIN
                found := (\(query));
                IF found IS NOT NULL THEN
                    RAISE insufficient_privilege USING MESSAGE = 'the schema is not pgtend''s alone: ' || found;
                END IF;
            END
            """
        return "DO \(try SQLLiteral(body).quoted)"
    }
}

/// The queries about migrations.
enum MigrationQuery: String, EmbeddedQuery {
    case checksums = "migrations/queries/checksums"
    case eventTrigger = "migrations/queries/event_trigger"
    case foreignParts = "migrations/queries/foreign_parts"
}
