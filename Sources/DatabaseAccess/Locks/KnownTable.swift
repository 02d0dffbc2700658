import EmbeddedSQL
import SQLText

/// A table, plain or partitioned, as a catalog has shown it; or a view that is meant to be read as its owner.
///
/// Who reads or writes it by name may come upon something else by then, such as a view whose code would run with his rights.
package struct KnownTable: Hashable, Sendable {
    package let name: RelationName
    package let oid: Int
    package let isView: Bool

    package init(_ name: RelationName, oid: Int, isView: Bool = false) {
        self.name = name
        self.oid = oid
        self.isView = isView
    }

    /// Statements that lock tables, and then prove by their OIDs that the names lead to what was locked: for the transaction
    /// that is about to read or write them, before it becomes READ ONLY.
    ///
    /// Locks: the mode on each, in the order of their names. They run no code of anybody's. They fail with
    /// `object_not_in_prerequisite_state` (55000) where a name leads to something else.
    ///
    /// - Parameters:
    ///   - pin: of the schemas; nil where the transaction has pinned them already.
    ///   - role: whose privileges LOCK TABLE asks for; nil keeps the role that connected.
    package static func statements(
        holding tables: some Sequence<KnownTable>, in mode: LockMode, pinning pin: SchemaPin?, as role: String?
    ) throws(SQLTextError) -> [String] {
        let tables = tables.sorted { $0.name < $1.name }
        var statements = try pin.map { (pin) throws(SQLTextError) in [try pin.statement()] } ?? []
        for table in tables { statements += try LockRequirement(mode, on: table.name).statements(as: role) }
        guard !tables.isEmpty else { return statements }
        let rows = try tables.map { (table) throws(SQLTextError) in
            let (schema, name) = (try SQLLiteral(table.name.schema).quoted, try SQLLiteral(table.name.name).quoted)
            return "(\(schema)::name, \(name)::name, \(table.oid)::oid, \(table.isView ? "'v'" : "'rp'"))"
        }
        let block = EmbeddedSQL.query("run/locks/known_tables", with: [rows.joined(separator: ", ")])
        return statements + ["DO \(try SQLLiteral(block).quoted)"]
    }
}
