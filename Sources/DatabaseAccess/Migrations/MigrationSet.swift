import EmbeddedSQL
import PostgresClient

/// Numbered migrations that belong together: where they are recorded, and what the installer calls them.
package struct MigrationSet: Sendable {
    /// Numbered from 1 on without gaps.
    package var migrations: [Migration]
    /// The subject of a sentence: "the schema".
    package let title: String
    /// Who has had a migration: "the database".
    package let target: String
    /// The table of the record, as it is written in SQL.
    package let historyTable: String
    /// The query of the statements that make it, in the transaction of the first migration, behind its text.
    package let historyTableFile: String
    /// The path of the file that keeps what a migration makes besides its own schema; nil where it makes nothing else. It
    /// belongs before the record of a schema that stood already: what stood before it then has no row.
    package let createdObjectsFile: String?
    /// Whether the record is there: the column `has_history`.
    package let session: Statement
    /// The record.
    package let history: Statement
    /// What the role lacks for applying a migration.
    package let rights: Statement
    /// Who else may do it, where the role lacks a right.
    package let otherwise: String
    /// The second key of the advisory lock, behind ``AdvisoryLock/key``; the kinds of task have the numbers from 1 on.
    package let lockNumber: Int64
    /// For how long that lock is waited for. A backend whose client was killed may hold on for a moment.
    package let lockTimeout: Duration

    package init(
        migrations: [Migration], title: String, target: String, historyTable: String, historyTableFile: String,
        createdObjectsFile: String? = nil, session: Statement, history: Statement, rights: Statement,
        otherwise: String, lockNumber: Int64, lockTimeout: Duration
    ) {
        self.migrations = migrations
        self.title = title
        self.target = target
        self.historyTable = historyTable
        self.historyTableFile = historyTableFile
        self.createdObjectsFile = createdObjectsFile
        self.session = session
        self.history = history
        self.rights = rights
        self.otherwise = otherwise
        self.lockNumber = lockNumber
        self.lockTimeout = lockTimeout
    }
}
