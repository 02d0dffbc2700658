import DatabaseAccess
import Maintenance
import PostgresClient
import SchemaDesign

/// Reads what a schema holds, from one snapshot.
struct FactsReader {
    let connection: Connection
    let schema: String
    /// The roles whose grants are properties of what they are on.
    let roles: [String]

    /// Locks: ACCESS SHARE on catalogs, and for the deparse on the tables, which waits 5 seconds for whoever rewrites
    /// one.
    ///
    /// - Throws: also when a table was dropped meanwhile, since `pg_get_expr` does not follow the snapshot.
    func read() async throws(PostgresError) -> CatalogFacts {
        try await connection.readingOneSnapshot { () async throws(PostgresError) in
            var facts = CatalogFacts()
            for row in try await connection.rows(SchemaQuery.facts(schema, roles)) {
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
