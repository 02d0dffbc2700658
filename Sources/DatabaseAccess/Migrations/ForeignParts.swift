import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// In whose hands a schema of pgtend's own is: its name alone proves nothing, since anybody who may create schemas may
/// have made it before us.
package enum OwnSchema: Sendable {
    /// Nothing in it is to be read until this has been asked again: a stranger may make it at any moment.
    case absent
    /// Nobody's but pgtend's, and so it stays: others can put nothing there.
    case ours
    /// The refusal says what was found.
    case foreign(ServerFailure)
}

extension Connection {
    /// Whether a schema of pgtend's own is in other hands. Reads catalogs only.
    ///
    /// - Parameter owner: a role that is trusted beside our own and superusers.
    package func ownSchema(_ schema: String, besides owner: String?) async throws(PostgresError) -> OwnSchema {
        guard let proof = try await optionalRow(MigrationQuery.ownSchema(schema, owner)) else { return .absent }
        if try proof.decode("is_ours") { return .ours }
        guard let row = try await optionalRow(MigrationQuery.foreignParts(schema, owner)) else { return .absent }
        let found: String = try row.decode("what")
        if found.isEmpty { return .ours }
        return .foreign(.foreign(schema, found, server.user, revocation: try row.decode("revocation")))
    }
}

extension Connection {
    /// Whether the set's own schema stands, and is pgtend's alone: whoever makes it from then on makes it for nothing.
    ///
    /// - Throws: where it is in other hands.
    package func hasRecord(of set: MigrationSet) async throws(ServerFailure) -> Bool {
        let schema: OwnSchema
        do throws(PostgresError) {
            schema = try await ownSchema(set.ownSchema, besides: set.schemaOwner)
        } catch {
            throw ServerFailure(error)
        }
        switch schema {
        case .absent: return false
        case .ours: return true
        case .foreign(let failure): throw failure
        }
    }
}

extension ServerFailure {
    fileprivate static func foreign(
        _ schema: String, _ found: String, _ user: String, revocation: String
    ) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message:
                "schema \(schema) is not pgtend's alone: \(found). Nothing in it is read or written, since code of "
                + "others could run with the rights of pgtend's role",
            cure:
                "look at who made it; then drop it, or give it and all that is in it to \(RelationName.quoted(user)), "
                + "to a superuser or to the role that ledger.owner names, with nothing but what pgtend has made in it"
                + (revocation.isEmpty ? "" : "; and take from others what lets them write to it: \(revocation)"))
    }
}

extension MigrationSet {
    /// A statement that fails where the set's own schema has foreign parts, for the end of a transaction that has written
    /// in it: whoever made the schema while we were about to would have it filled.
    package func proof() throws(PostgresError) -> String {
        try spelled(Self.proof(ownSchema, besides: schemaOwner))
    }

    /// Takes from others what ALTER DEFAULT PRIVILEGES has given them of tables that are made in the set's own schema, which
    /// they could write to. For a transaction that makes some, before its proof; whoever could write to older ones was
    /// refused by the proof before.
    ///
    /// - Parameter areAllNew: whether the schema had no table before.
    package func revocation(areAllNew: Bool) throws(PostgresError) -> String {
        try spelled(Self.revocation(ownSchema, besides: schemaOwner, areAllNew))
    }

    private static func revocation(
        _ schema: String, besides owner: String?, _ areAllNew: Bool
    ) throws(SQLTextError) -> String {
        let values = try values(schema, owner) + ["\(areAllNew)"]
        let body = """
            DECLARE revocation text; BEGIN
                FOR revocation IN \(EmbeddedSQL.query(MigrationQuery.newGrants.rawValue, with: values)) LOOP
                    EXECUTE revocation;
                END LOOP;
            END
            """
        return "DO \(try SQLLiteral(body).quoted)"
    }

    private static func values(_ schema: String, _ owner: String?) throws(SQLTextError) -> [String] {
        let role = try owner.map { (name) throws(SQLTextError) in try SQLLiteral(name).quoted } ?? "NULL"
        return [try SQLLiteral(schema).quoted, role]
    }

    private static func proof(_ schema: String, besides owner: String?) throws(SQLTextError) -> String {
        let values = try values(schema, owner)
        let proof = EmbeddedSQL.query(MigrationQuery.ownSchema.rawValue, with: values)
        let parts = EmbeddedSQL.query(MigrationQuery.foreignParts.rawValue, with: values)
        let search = "SELECT p.what FROM (\(parts)) AS p"
        // Executed, so that what is asked only now and then is not parsed each time.
        let body = """
            DECLARE found text; BEGIN
                IF NOT (\(proof)) THEN
                    EXECUTE \(try SQLLiteral(search).quoted) INTO found;
                    IF found <> '' THEN
                        RAISE insufficient_privilege USING MESSAGE = 'the schema is not pgtend''s alone: ' || found;
                    END IF;
                END IF;
            END
            """
        return "DO \(try SQLLiteral(body).quoted)"
    }
}

/// The queries about migrations.
enum MigrationQuery: String, EmbeddedQuery {
    case checksums = "migrations/queries/checksums"
    case ownSchema = "migrations/queries/own_schema"
    case foreignParts = "migrations/queries/foreign_parts"
    case newGrants = "migrations/queries/new_grants"
    case server = "run/catalog/server"
}
