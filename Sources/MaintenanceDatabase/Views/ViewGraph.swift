import Maintenance
import PostgresClient

/// What views are made of: views, functions, operators and types. Whoever replaces views or functions can make circles of
/// them.
struct ViewGraph {
    struct Node {
        let isMaterialized: Bool
        /// A function that sets its own search_path, by which whatever it calls finds names, too.
        let isPinned: Bool
        let function: UnqualifiedNames.Function?
        let textReaders: [String]
        let leadsTo: [Int64]
    }

    private var nodes: [Int64: Node] = [:]
    private var nodeOfView: [UInt32: Int64] = [:]
    private var viewOfNode: [Int64: UInt32] = [:]

    /// - Parameter view: its OID, if the node is a view.
    mutating func add(_ key: Int64, _ node: Node, view: UInt32?) {
        nodes[key] = node
        guard let view else { return }
        nodeOfView[view] = key
        viewOfNode[key] = view
    }

    var materialized: [UInt32] {
        viewOfNode.filter { nodes[$0.key]?.isMaterialized == true }.map(\.value).sorted()
    }

    /// The next materialized views on every way from one, through plain views and recorded code. A function may read the
    /// very view that calls it; that is no order.
    func views(readBy start: UInt32) -> Set<UInt32> {
        var views = Set<UInt32>()
        walk(from: start) { key, node in
            if node.isMaterialized, let view = viewOfNode[key] { views.insert(view) }
            return !node.isMaterialized
        }
        views.remove(start)
        return views
    }

    /// Twenty functions at most, sorted.
    func unqualifiedNames(in start: UInt32) -> UnqualifiedNames {
        var (functions, readers) = (Set<UnqualifiedNames.Function>(), Set<String>())
        walk(from: start) { _, node in
            if node.isMaterialized || node.isPinned { return false }
            if let function = node.function { functions.insert(function) }
            readers.formUnion(node.textReaders)
            return true
        }
        if let own = nodeOfView[start].flatMap({ nodes[$0] }) { readers.formUnion(own.textReaders) }
        return UnqualifiedNames(
            functions: Array(functions.sorted { $0.name < $1.name }.prefix(20)), textReaders: readers.sorted())
    }

    /// - Parameter visit: is given each node once but the first; whether the way goes on through it.
    private func walk(from start: UInt32, _ visit: (Int64, Node) -> Bool) {
        guard let first = nodeOfView[start] else { return }
        var (seen, waiting) = (Set([first]), [first])
        while let key = waiting.popLast() {
            guard let node = nodes[key], key == first || visit(key, node) else { continue }
            for next in node.leadsTo where seen.insert(next).inserted { waiting.append(next) }
        }
    }
}

extension ViewGraph.Node {
    init(_ row: Row) throws(PostgresError) {
        var function: UnqualifiedNames.Function?
        if let name: String = try row.decodeIfPresent("function") {
            function = UnqualifiedNames.Function(name: name, schema: try row.decode("function_schema"))
        }
        self.init(
            isMaterialized: try row.decode("is_materialized"), isPinned: try row.decode("is_pinned"),
            function: function,
            textReaders: try row.decode("text_readers"), leadsTo: try row.decode("leads_to"))
    }
}
