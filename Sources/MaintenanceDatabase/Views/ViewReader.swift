import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads materialized views, with those that they read: one outside the watched schemas can be a dependency between two
/// inside.
struct ViewReader {
    let connection: Connection

    func read(in schemas: [String], named names: [RelationName]) async throws(PostgresError) -> [MaterializedView] {
        var views: [MaterializedView] = []
        for row in try await connection.rows(CatalogQuery.views(schemas, names.map(\.schema), names.map(\.name))) {
            let mayActAsOwner: Bool = try row.decode("may_act_as_owner")
            let mayMaintain: Bool = try row.decode("may_maintain")
            let owner: String = try row.decode("owner")
            views.append(
                MaterializedView(
                    oid: try row.decode("oid"), name: try RelationName(row), owner: owner,
                    mayRefresh: mayActAsOwner || mayMaintain, mayActAsOwner: mayActAsOwner,
                    isPopulated: try row.decode("is_populated"), hasUniqueIndex: try row.decode("has_unique_index"),
                    dependsOn: Set(try row.decode("depends_on", as: [UInt32].self)),
                    unpinnedFunctions: try row.decode("unpinned_functions")))
        }
        return views
    }
}
