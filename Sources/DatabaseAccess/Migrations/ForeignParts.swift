import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

extension Connection {
    /// Whether a schema of pgtend's own is in other hands: its name alone proves nothing, since anybody who may create
    /// schemas may have made it before us. Reads catalogs only.
    ///
    /// - Returns: the refusal, which says what was found; nil where the schema is not there, or nobody else's.
    package func foreignParts(of schema: String) async throws(PostgresError) -> ServerFailure? {
        guard let row = try await optionalRow(MigrationQuery.foreignParts(schema)) else { return nil }
        let found: String = try row.decode("what")
        return ServerFailure(
            failureClass: .refused,
            message:
                "schema \(schema) is not pgtend's alone: \(found). Nothing in it is read or written, since code of "
                + "others could run with the rights of pgtend's role",
            cure:
                "look at who made it; then drop it, or give it and all that is in it to \(RelationName.quoted(server.user)) "
                + "or to a superuser, without triggers, rules, policies and views")
    }
}

enum ForeignParts {
    /// A statement that fails where the schema has foreign parts, for the end of a transaction that has written in it.
    static func proof(_ schema: String) throws(SQLTextError) -> String {
        let query = EmbeddedSQL.query("migrations/queries/foreign_parts")
            .replacing("$1", with: try SQLLiteral(schema).quoted)
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
    case foreignParts = "migrations/queries/foreign_parts"
}
