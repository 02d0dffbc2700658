import Maintenance
import PostgresClient
import SQLText

extension ForeignCode {
    /// By the OID of what was asked for: the first that the query finds of each.
    static func read(
        _ query: Statement, on connection: Connection
    ) async throws(PostgresError) -> [UInt32: ForeignCode] {
        var found: [UInt32: ForeignCode] = [:]
        for row in try await connection.rows(query) { found[try row.decode("table_oid")] = try ForeignCode(row) }
        return found
    }

    /// What ANALYZE or REFRESH of these relations would run in their indexes and extended statistics.
    ///
    /// - Parameter isBelow: whether it is also done to all that is below them.
    static func left(
        in relations: [UInt32], andBelow isBelow: Bool = false, on connection: Connection
    ) async throws(PostgresError) -> [UInt32: ForeignCode] {
        guard !relations.isEmpty else { return [:] }
        return try await read(CatalogQuery.leftCode(relations, isBelow), on: connection)
    }

    init(_ row: Row) throws(PostgresError) {
        self.init(
            relation: try RelationName(row), owner: try row.decode("owner"), caller: try row.decode("caller"),
            code: try row.decode("code"), codeOwner: try row.decode("code_owner"))
    }
}
