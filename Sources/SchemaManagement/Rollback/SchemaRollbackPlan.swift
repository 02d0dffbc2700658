import DatabaseAccess
import EmbeddedSQL
import Maintenance
import SQLText

/// What ``SchemaRollback`` would take back from a database, and what stands in its way.
package struct SchemaRollbackPlan: Sendable, Hashable {
    /// The database by its own name, whatever the connection string or the configuration calls it.
    package let database: String
    /// What would be taken back: every migration that the database has had, the newest first.
    package let migrations: [Migration]
    /// How many objects of the schema exist, tables included: only those that the migrations create.
    package let objects: Int
    /// The tables of the schema, each with the rows of its partitions.
    package let tables: [Table]
    /// Partitions in other schemas, which go with their tables.
    package let partitionsElsewhere: [RelationName]
    /// Partitions whose detach has begun and is not complete: their tables do not show their rows, and they go all the
    /// same.
    package let detachedPartitions: [RelationName]
    /// What the migrations created or changed that others may use as well.
    package let sharedChanges: [SharedChange]
    /// Other objects that prevent the rollback, since they depend on the schema or are in it, such as `constraint
    /// orders_model_fkey on table shop.orders`.
    package let obstacles: [String]
    /// Other objects in a schema that existed before the migrations, and that stay there.
    package let bystanders: [String]
    /// The rights that the connected role lacks for the rollback.
    package let missingPrivileges: [MissingPrivilege]
    /// Tables in which golang-migrate records its state. They are left as they are.
    package let golangMigrateTables: [RelationName]
    /// The SQL that would be executed, in one transaction.
    package let script: String

    /// Those that would take rows with them.
    package var tablesWithRows: [Table] { tables.filter { $0.rows > 0 } }

    package struct Table: Sendable, Hashable {
        package let name: RelationName
        package let rows: Int
        /// Whether there may be more rows: counting stops at the bound.
        package var isAtLeast: Bool { rows >= Self.bound }

        static let bound = 1_000_000
    }

    package struct SharedChange: Sendable, Hashable {
        package let kind: Kind
        package let name: String
        /// Of `.usage` the role that may use the schema; of `.owner` and `.comment` what the schema had before.
        package let detail: String
        /// Why it is kept; nil if it is removed, unless the server finds that something needs it.
        package let obstacle: String?

        package enum Kind: String, Sendable, Hashable {
            case role, `extension`, schema, usage, owner, comment
        }
    }
}

/// What ``SchemaRollback`` has done.
package struct SchemaRollbackOutcome: Sendable, Hashable {
    /// The newest first; none where there was nothing to take back.
    package let migrations: [Migration]
    /// What is kept, and why, in the server's words.
    package let remarks: [String]
}
