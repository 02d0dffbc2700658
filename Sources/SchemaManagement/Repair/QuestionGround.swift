import DatabaseAccess
import PostgresClient
import SQLText
import SchemaDesign

/// What questions about rows are asked of.
struct QuestionGround {
    let live: CatalogFacts
    /// Those of the schema, as they were when the facts were read.
    let tables: [KnownTable]
    let pin: SchemaPin

    /// - Parameters:
    ///   - live: what the schema holds.
    ///   - identity: of the schema, when the facts were read.
    static func read(
        _ connection: Connection, _ live: CatalogFacts, of schema: String, _ identity: SchemaIdentity
    ) async throws(PostgresError) -> Self {
        let tables = try await connection.rows(SchemaQuery.repairTables(schema)).map { (row) throws(PostgresError) in
            KnownTable(try RelationName(row), oid: try row.decode("oid"), isView: try row.decode("is_view"))
        }
        return Self(live: live, tables: tables, pin: SchemaPin([schema: identity.pinned]))
    }

    /// For the transaction that reads rows of them: they are those that the facts are about until its end.
    ///
    /// - Parameter role: their owner; nil for a superuser.
    func statements(
        holding relations: [String], as role: String?
    ) throws(PostgresError) -> [String] {
        let known = try relations.map { (relation) throws(PostgresError) in
            guard let table = tables.first(where: { $0.name.name.isSame(as: relation) }) else {
                throw PostgresError(.server, "table \(relation) was made or dropped while the schema was looked at")
            }
            return table
        }
        return try spelled(KnownTable.statements(holding: Set(known), in: .accessShare, pinning: pin, as: role))
    }
}
