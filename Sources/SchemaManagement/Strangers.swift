import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Roles that have something in the schema, or may put something there, and whose code may run with the rights of whoever
/// repairs, applies or takes back the schema. An administrator looks at what they have, and names them.
struct Strangers {
    /// Beside superusers, the caller and the schema's own role; their members, too.
    let trusted: [String]
    /// Whose record may be read.
    let set: MigrationSet

    /// - Parameters:
    ///   - table: golang-migrate's.
    ///   - isUnderWay: whether steps of the command have been done before. Otherwise nothing was read but catalogs.
    /// - Throws: where somebody else has a part in the schema.
    func refuse(
        in connection: Connection, _ table: GolangMigrateHome?, isUnderWay: Bool = false
    ) async throws(ServerFailure) {
        var found: [String] = []
        var roles: [String] = []
        var (isLeftBehind, isOfDatabase) = (false, false)
        let outcome =
            isUnderWay
            ? "what was done before stays, and nothing more was done"
            : "nothing was read but catalogs, and nothing was changed"
        do throws(PostgresError) {
            let tables = try table.map { (table) throws(PostgresError) in [try spelled(table.table.quoted)] } ?? []
            let texts = [EscapedText(column: "role"), EscapedText(column: "example")]
            let rows = try await connection.rows { form in
                SchemaQuery.strangers.escaping(texts, ["more", "owns_database"], form, trusted, tables)
            }
            for row in rows {
                let (role, example): (String?, String) = (
                    try row.decodeIfPresent("role"), try row.decode("example")
                )
                let more: Int = try row.decode("more")
                if try row.decode("owns_database") { isOfDatabase = true }
                let which = "\(example)\(more > 0 ? " and \(more) more" : "")"
                if let role {
                    found.append("\(role) has \(which)")
                    roles.append(role)
                } else {
                    found.append("somebody who had the table may have left \(which), and that runs a text")
                    isLeftBehind = true
                }
            }
        } catch {
            guard error.sqlState == .queryCanceled else { throw ServerFailure(error) }
            throw ServerFailure(
                failureClass: .refused,
                message: "who has a part in the schema was not to be found within a minute; \(outcome)",
                cure: "look for functions of great number or length, and drop what nobody needs")
        }
        guard !found.isEmpty else { return }
        let unnameable = roles.filter { $0.hasSuffix(EscapedText.mark) }
        let named = roles.filter { $0 != "PUBLIC" && !unnameable.contains($0) }.map { "--trust \(Self.inShell($0))" }
            .joined(separator: " ")
        throw ServerFailure(
            failureClass: .refused,
            message: "code of others could run with the rights of \(RelationName.quoted(connection.server.user)): "
                + found.joined(separator: "; ") + "; \(outcome)",
            cure: .advice(
                [
                    named.isEmpty
                        ? nil : "look at what they have there; where they are trusted with these rights: \(named)",
                    unnameable.isEmpty ? nil : "give the others names that UTF-8 has (ALTER ROLE ... RENAME TO)",
                    roles.containsSame(as: "PUBLIC") ? "revoke from PUBLIC what only some should have" : nil,
                    isOfDatabase
                        ? "what belongs to pg_database_owner is the database owner's: ALTER SCHEMA public OWNER TO ... or "
                            + "ALTER DATABASE ... OWNER TO ... takes it from that role" : nil,
                    isLeftBehind
                        ? "drop what runs a text, whose author the server does not record; where it is still needed, make it "
                            + "again afterwards" : nil,
                ].compactMap(\.self).joined(separator: "; ")))
    }

    /// The name of a role, given as SQL writes it, as a word for a shell.
    private static func inShell(_ role: String) -> String {
        (NameList.first(of: role)?.name ?? role).shellWord
    }

    /// A statement that fails where there are any, for the transaction that fills the schema: somebody may have made it
    /// meanwhile.
    func proof() throws(PostgresError) -> String {
        try proof([.strangers])
    }

    /// The same for the end of that transaction: the schema must not have been anybody else's when the migration came upon
    /// it either, to whom a rollback would give it back.
    func lastProof() throws(PostgresError) -> String {
        try proof([.strangers, .formerStrangers])
    }

    private func proof(_ queries: [SchemaQuery]) throws(PostgresError) -> String {
        let names = try spelled(trusted.map { (name) throws(SQLTextError) in try SQLLiteral(name).quoted })
        let parts = queries.map { query in
            let text = EmbeddedSQL.query(
                SchemaQuery.folder + query.rawValue,
                with: ["ARRAY[\(names.joined(separator: ", "))]", "ARRAY[]"])
            return "SELECT q.role, q.example FROM (\(text)) AS q"
        }
        let body = """
            DECLARE found text; BEGIN
                SELECT string_agg(concat(s.role, ' has ', s.example), '; ') INTO found
                FROM (\(parts.joined(separator: "\nUNION ALL\n"))) AS s;
                IF found IS NOT NULL THEN
                    RAISE insufficient_privilege USING MESSAGE = 'others have a part in the schema: ' || found,
                        HINT = 'Look at what they have there; where they are trusted with the rights of this role: --trust ROLE.';
                END IF;
            END
            """
        return "DO \(try spelled(SQLLiteral(body).quoted))"
    }
}
