import EmbeddedSQL
import SQLText

/// Keeps schemas from being renamed, dropped or given to another owner until the end of a transaction.
///
/// Statements go by name, and `ALTER SCHEMA … RENAME` waits for nobody who works in the schema: whoever owns it can make a
/// statement wait for a lock, and meanwhile put another schema in its place, in which the name is then looked for. It does
/// wait for a row lock on `pg_namespace`, which superusers alone may take. For any other role it is proved that the names lead
/// to the schemas that are meant, and nothing is locked: such a role is confined by what it may do.
///
/// Within such a schema a name may still come to mean another object: a relation is to be locked, and compared by its OID.
package struct SchemaPin: Sendable {
    /// Which schema a name has to lead to.
    package enum Identity: Sendable, Hashable {
        /// Whichever it is; there has to be one.
        case any
        /// Whichever it is, or none.
        case anyOrNone
        /// The one with that OID.
        case oid(Int)
        /// None: it is about to be created.
        case absent

        /// The one that a catalog has shown; nil where it showed none.
        package init(found oid: Int?) {
            self = oid.map(Self.oid) ?? .absent
        }
    }

    private var schemas: [(name: String, identity: Identity)]

    /// - Parameter schemas: by name.
    package init(_ schemas: [String: Identity]) {
        self.schemas = schemas.map { ($0.key, $0.value) }
    }

    /// Whichever schemas have these names when they are pinned.
    package init(_ names: some Sequence<String>) {
        schemas = []
        for name in names { add(name, .any) }
    }

    /// Pins another one as well. Of a name that it has already, nothing changes.
    package mutating func add(_ name: String, _ identity: Identity) {
        if !schemas.contains(where: { $0.name.isSame(as: name) }) { schemas.append((name, identity)) }
    }

    /// A statement for the beginning of a transaction that may write, under its `lock_timeout`: before it no name is resolved
    /// that counts. It runs no code of anybody's; for psql, too.
    ///
    /// Locks: a share of each schema's row in `pg_namespace`, in the order of their names. Others may use the schemas as
    /// before and create in them; `ALTER SCHEMA`, `DROP SCHEMA` and `GRANT … ON SCHEMA` wait.
    ///
    /// It fails with `lock_not_available` (55P03), naming who does one of these; with `object_not_in_prerequisite_state`
    /// (55000) where a name leads to another schema; both of them name it in the field `schema`. With `invalid_schema_name`
    /// (3F000) where there is none.
    package func statement() throws(SQLTextError) -> String {
        let rows = try schemas.map { (name, identity) throws(SQLTextError) in
            let oid =
                switch identity {
                case .any, .anyOrNone: "NULL"
                case .oid(let oid): String(oid)
                case .absent: "0"
                }
            return "(\(try SQLLiteral(name).quoted)::name, \(oid)::oid, \(identity != .anyOrNone))"
        }
        guard !rows.isEmpty else { return "DO 'BEGIN END'" }
        let block = EmbeddedSQL.query("run/locks/pin_schemas", with: [rows.joined(separator: ", ")])
        // As a literal, not dollar-quoted: a name can contain any dollar quote.
        return "DO \(try SQLLiteral(block).quoted)"
    }
}
