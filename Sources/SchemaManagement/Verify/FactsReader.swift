import DatabaseAccess
import Maintenance
import PostgresClient
import SchemaDesign

/// Reads what a schema holds, from one snapshot.
struct FactsReader {
    let connection: Connection
    let schema: String
    /// The roles of the schema: their privileges are properties of the objects that these are on.
    let roles: [String]
    /// Which of them should own everything; nil if nobody has to.
    var owner: String?
    /// Of relations, functions and types that should be there, whatever extension they are a member of.
    var names: [String] = []

    /// What UTF-8 has no equivalent of is told by its bytes, as `caf\351`.
    ///
    /// Locks: ACCESS SHARE on catalogs, and on the tables whose expressions are deparsed, waiting 5 seconds at most.
    ///
    /// - Throws: also when a table is dropped meanwhile, since `pg_get_expr` does not follow the snapshot.
    func read() async throws(PostgresError) -> CatalogFacts {
        do throws(PostgresError) {
            return try await read(.noUTF8)
        } catch {
            guard error.sqlState == .untranslatableCharacter else { throw error }
            return try await read(.anythingButASCII)
        }
    }

    private func read(_ form: EscapedText.Form) async throws(PostgresError) -> CatalogFacts {
        let texts = [
            EscapedText(column: "relation", isName: true), EscapedText(column: "name", isName: true),
            EscapedText(column: "value"),
        ]
        let query = SchemaQuery.facts.escaping(texts, ["kind", "property"], form, schema, roles, owner, names)
        return try await connection.inReadOnlySnapshot { () async throws(PostgresError) in
            var facts = CatalogFacts()
            for row in try await connection.rows(query) {
                let kind: String = try row.decode("kind")
                guard let kind = CatalogObject.Kind(rawValue: kind) else {
                    throw PostgresError(
                        .shape, "the catalog has an object of kind \"\(kind)\", which pgtend does not know")
                }
                let object = CatalogObject(kind, try row.decode("name"), of: try row.decode("relation"))
                facts.add(object, CatalogProperty(rawValue: try row.decode("property")), try row.decode("value"))
            }
            return facts
        }
    }
}
