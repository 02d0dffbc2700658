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
        let rows = try await connection.rows(CatalogQuery.views(schemas, names.map(\.schema), names.map(\.name)))
        var graph = ViewGraph()
        for row in rows {
            graph.add(
                try row.decode("oid"), isMaterialized: try row.decode("is_materialized"),
                reads: try row.decode("reads"), functions: try row.decode("unpinned_functions"))
        }
        let code = try await foreignCode(rows)
        var views: [MaterializedView] = []
        for row in rows where try row.decode("is_materialized", as: Bool.self) {
            let mayActAsOwner: Bool = try row.decode("may_act_as_owner")
            let mayMaintain: Bool = try row.decode("may_maintain")
            let oid: UInt32 = try row.decode("oid")
            let (dependsOn, functions) = graph.reached(from: oid)
            var view =
                MaterializedView(
                    oid: oid, name: try RelationName(row), owner: try row.decode("owner"),
                    mayRefresh: mayActAsOwner || mayMaintain, mayActAsOwner: mayActAsOwner,
                    isPopulated: try row.decode("is_populated"), hasUniqueIndex: try row.decode("has_unique_index"),
                    dependsOn: dependsOn, unpinnedFunctions: functions,
                    foreignSchema: try foreignSchema(row), mayPinSchema: try row.decode("may_pin_schema"),
                    foreignCode: code[oid])
            view.ownerIsSuperuser = try row.decode("owner_is_superuser")
            view.undecodable = UndecodableName(row, of: oid)
            views.append(view)
        }
        return views
    }
}

/// Which views read which. Whoever replaces views can make circles of them.
private struct ViewGraph {
    private struct Node {
        let isMaterialized: Bool
        let reads: [UInt32]
        let functions: [String]
    }

    private var nodes: [UInt32: Node] = [:]

    mutating func add(_ oid: UInt32, isMaterialized: Bool, reads: [UInt32], functions: [String]) {
        nodes[oid] = Node(isMaterialized: isMaterialized, reads: reads, functions: functions)
    }

    /// From a materialized view through plain views, up to the next materialized ones.
    ///
    /// - Returns: these, and the functions on the way, at most twenty, sorted.
    func reached(from start: UInt32) -> (views: Set<UInt32>, functions: [String]) {
        var (views, functions) = (Set<UInt32>(), Set<String>())
        var (seen, waiting) = (Set([start]), [start])
        while let oid = waiting.popLast() {
            guard let node = nodes[oid] else { continue }
            functions.formUnion(node.functions)
            for read in node.reads {
                if nodes[read]?.isMaterialized == true {
                    views.insert(read)
                } else if seen.insert(read).inserted {
                    waiting.append(read)
                }
            }
        }
        return (views, Array(functions.sorted().prefix(20)))
    }
}
