import EmbeddedSQL
import PostgresClient

/// Numbered migrations that are applied together, with the table that records them and their names in messages.
package struct MigrationSet: Sendable {
    /// In order, numbered from 1 without gaps.
    package var migrations: [Migration]
    /// What the migrations install, in messages: "the schema".
    package let title: String
    /// What the migrations are applied to, in messages: "the database".
    package let target: String
    /// The schema of the history table: nobody but pgtend's role and superusers may have anything in it.
    package let ownSchema: String
    /// A role that is trusted with that schema beside them.
    package var schemaOwner: String?
    /// A statement that fails where the migrations must not be applied: in the transaction of each before its text, behind
    /// all that may wait for others.
    package var firstProof: String?
    /// The last of that transaction: what the migration makes may have to wait for others, who do something meanwhile.
    package var lastProof: String?
    /// The history table, which has a row for each migration that was applied; qualified, as written in SQL.
    package let historyTable: String
    /// The embedded file, without `.sql`, that creates the history table. It runs after the first migration, in the
    /// same transaction.
    package let historyTableFile: String
    /// The embedded file that creates the table of the objects that a migration creates outside its own schema; nil if
    /// it creates none. ``MigrationRunner/adopt()`` runs it before it records a schema that existed already, so that
    /// the objects that are older than the table have no row in it.
    package let createdObjectsFile: String?
    /// Whether the history table exists: one row with the column `has_history`.
    package let hasHistoryQuery: Statement
    /// The rows of the history table, in the order of their numbers.
    package let historyQuery: Statement
    /// The privileges that the role lacks for applying a migration, as ``Connection/missingPrivileges(_:)`` reads them.
    package let missingPrivilegesQuery: Statement
    /// What to do instead of granting the missing privileges oneself; the GRANT statements follow it in the message.
    package let superuserCure: String
    /// The second key of the set's advisory lock (see ``AdvisoryLock``).
    package let lockNumber: Int64
    /// How long to wait for that lock. The backend of a client that was killed may hold it for a moment longer.
    package let lockTimeout: Duration
    /// How long a migration waits for one lock on a table, while others wait behind it.
    package var tableLockTimeout = Duration.seconds(10)

    package init(
        migrations: [Migration], title: String, target: String, ownSchema: String, historyTable: String,
        historyTableFile: String, createdObjectsFile: String? = nil, hasHistoryQuery: Statement,
        historyQuery: Statement,
        missingPrivilegesQuery: Statement,
        superuserCure: String, lockNumber: Int64, lockTimeout: Duration
    ) {
        self.migrations = migrations
        self.title = title
        self.target = target
        self.ownSchema = ownSchema
        self.historyTable = historyTable
        self.historyTableFile = historyTableFile
        self.createdObjectsFile = createdObjectsFile
        self.hasHistoryQuery = hasHistoryQuery
        self.historyQuery = historyQuery
        self.missingPrivilegesQuery = missingPrivilegesQuery
        self.superuserCure = superuserCure
        self.lockNumber = lockNumber
        self.lockTimeout = lockTimeout
    }
}
