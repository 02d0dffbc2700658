import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads how much partitioned tables have changed.
struct ChangeReader {
    let connection: Connection

    private enum Query: String, EmbeddedQuery {
        case changes = "run/catalog/changes"
    }

    func read(into tables: inout [PartitionedTable]) async throws(PostgresError) {
        guard !tables.isEmpty else { return }
        var found: [UInt32: TableChanges] = [:]
        for row in try await connection.rows(Query.changes(tables.map(\.oid))) {
            found[try row.decode("oid")] = try changes(row)
        }
        let server = ServerCapabilities(versionNumber: connection.server.version.number)
        let code = try await ForeignCode.left(
            in: tables.map(\.oid), andBelow: !server.has(.analyzeOnly), on: connection)
        for index in tables.indices {
            let oid = tables[index].oid
            tables[index].changes = found[oid]
            tables[index].changes?.foreignCode = code[oid]
        }
    }

    private func changes(_ row: Row) throws(PostgresError) -> TableChanges {
        var changes = TableChanges(
            leaves: try row.decode("leaves"), count: try row.decode("changes"), rows: try row.decode("rows"),
            threshold: try row.decode("threshold"), scaleFactor: try row.decode("scale_factor"),
            isAnalyzed: try row.decode("is_analyzed"), lastAnalyzed: try row.instantIfPresent("last_analyzed"),
            mayMaintain: try row.decode("may_maintain"))
        if try row.decode("has_foreign_table", as: Bool.self) {
            changes.foreignTable = try RelationName(row, schema: "foreign_schema", name: "foreign_name")
        }
        if try row.decode("has_other", as: Bool.self) {
            changes.othersLeaf = TableChanges.OthersLeaf(
                name: try RelationName(row, schema: "other_schema", name: "other_name"),
                owner: try row.decode("other_owner"))
        }
        if let schema: String = try row.decodeIfPresent("schema_name") {
            changes.foreignSchema = ForeignSchema(name: schema, owner: try row.decode("schema_owner"))
        }
        return changes
    }
}
