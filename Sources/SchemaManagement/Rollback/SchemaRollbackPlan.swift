import DatabaseAccess
import Maintenance
import SQLText

/// What ``SchemaRollback`` would take back from a database, and what stands in its way.
package struct SchemaRollbackPlan: Sendable, Hashable {
    /// The database by its own name, whatever the connection string or the configuration calls it.
    package let database: String
    /// What would be taken back: every migration that the database has had, the newest first.
    package let migrations: [PendingMigration]
    /// How many objects of the schema stand there, the tables among them: those that the migrations make, and no others.
    package let objects: Int
    /// The tables of the schema; a partition counts as its table.
    package let tables: [Table]
    /// Partitions in other schemas, which go with their tables.
    package let partitionsElsewhere: [RelationName]
    /// What the migrations made, or changed, that others may use as well.
    package let sharedChanges: [SharedChange]
    /// What is somebody else's and stops everything: it depends on the schema, or stands in it, such as
    /// `constraint orders_model_fkey on table shop.orders`.
    package let obstacles: [String]
    /// What is somebody else's and stays with the schema, which the migrations found.
    package let bystanders: [String]
    /// What the role lacks for taking the schema back.
    package let missingRights: [MissingRight]
    /// Tables in which golang-migrate records its state: nobody touches them.
    package let golangMigrateTables: [RelationName]
    /// What would be executed, in one transaction.
    package let script: String

    /// Those that would take rows with them.
    package var tablesWithRows: [Table] { tables.filter { $0.rows > 0 } }

    package struct Table: Sendable, Hashable {
        package let name: RelationName
        package let rows: Int
        /// There may be more: nobody counts on.
        package var isAtLeast: Bool { rows >= Self.bound }

        static let bound = 1_000_000
    }

    package struct SharedChange: Sendable, Hashable {
        package let kind: Kind
        package let name: String
        /// Of `.usage` the role that may use the schema; of `.owner` and `.comment` what the schema had before.
        package let detail: String
        /// Why it stays; nil: it goes, unless the server finds somebody who needs it.
        package let obstacle: String?

        package enum Kind: String, Sendable, Hashable {
            case role, `extension`, schema, usage, owner, comment
        }
    }
}

/// What ``SchemaRollback`` has done.
package struct SchemaRollbackOutcome: Sendable, Hashable {
    /// The newest first; none where there was nothing to take back.
    package let migrations: [PendingMigration]
    /// What stays, and why, in the server's words.
    package let remarks: [String]
}
