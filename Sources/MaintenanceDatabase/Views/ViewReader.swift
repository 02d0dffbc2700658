import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads materialized views, with those that they read: one outside the watched schemas can be a dependency between two
/// inside.
struct ViewReader {
    let connection: Connection

    /// A view as far as it decides whether and how it is refreshed; nil where there is none of that name.
    func read(_ name: RelationName) async throws(PostgresError) -> MaterializedView? {
        guard let row = try await connection.optionalRow(CatalogQuery.view(name.schema, name.name)) else { return nil }
        let oid: UInt32 = try row.decode("oid")
        let code = try await foreignCode([row])
        return MaterializedView(
            oid: oid, name: name, owner: try row.decode("owner"), isPopulated: try row.decode("is_populated"),
            hasUniqueIndex: try row.decode("has_unique_index"), foreignCode: code[oid])
    }

    private func foreignSchema(_ row: Row) throws(PostgresError) -> ForeignSchema? {
        guard let name: String = try row.decodeIfPresent("foreign_schema") else { return nil }
        return ForeignSchema(name: name, owner: try row.decode("foreign_schema_owner"))
    }

    private func foreignCode(_ rows: [Row]) async throws(PostgresError) -> [UInt32: ForeignCode] {
        var computing: [UInt32] = []
        for row in rows where try row.decode("may_run_code") { computing.append(try row.decode("oid")) }
        return try await ForeignCode.left(in: computing, on: connection)
    }

    func read(in schemas: [String], named names: [RelationName]) async throws(PostgresError) -> [MaterializedView] {
        var graph = ViewGraph()
        for row in try await connection.rows(CatalogQuery.viewGraph(schemas, names.map(\.schema), names.map(\.name))) {
            graph.add(try row.decode("node"), try ViewGraph.Node(row), view: try row.decodeIfPresent("view"))
        }
        let materialized = graph.materialized
        guard !materialized.isEmpty else { return [] }
        let rows = try await connection.rows(CatalogQuery.views(materialized))
        let code = try await foreignCode(rows)
        var views: [MaterializedView] = []
        for row in rows {
            let mayActAsOwner: Bool = try row.decode("may_act_as_owner")
            let mayMaintain: Bool = try row.decode("may_maintain")
            let oid: UInt32 = try row.decode("oid")
            var view =
                MaterializedView(
                    oid: oid, name: try RelationName(row), owner: try row.decode("owner"),
                    mayRefresh: mayActAsOwner || mayMaintain, mayActAsOwner: mayActAsOwner,
                    isPopulated: try row.decode("is_populated"), hasUniqueIndex: try row.decode("has_unique_index"),
                    dependsOn: graph.views(readBy: oid), unqualified: graph.unqualifiedNames(in: oid),
                    foreignSchema: try foreignSchema(row), mayPinSchema: try row.decode("may_pin_schema"),
                    foreignCode: code[oid])
            view.uniqueIndexes = try row.decode("unique_indexes")
            view.invalidIndexes = try row.decode("invalid_indexes")
            view.ownerIsSuperuser = try row.decode("owner_is_superuser")
            view.undecodable = UndecodableName(row, of: oid)
            views.append(view)
        }
        return views
    }
}
