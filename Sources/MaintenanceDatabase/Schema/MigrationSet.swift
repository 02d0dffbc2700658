import EmbeddedSQL

/// Numbered migrations that belong together: where they are recorded, and what the installer calls them.
package struct MigrationSet: Sendable {
    /// Numbered from 1 on without gaps.
    var migrations: [Migration]
    /// The subject of a sentence: "the schema".
    let title: String
    /// Who has had a migration: "the database".
    let possessor: String
    /// The table of the record, as it is written in SQL.
    let historyTable: String
    /// `sql/queries/….sql` of the statements that make it, in the transaction of the first migration, behind its text.
    let historyTableFile: String
    /// The file of `sql/` that keeps what a migration makes besides its own schema; nil where it makes nothing else. It
    /// belongs before the record of a schema that stood already: what stood before it then has no row.
    let makingsFile: String?
    /// Whether the record is there: the column `has_history`.
    let session: SchemaQuery
    /// The record.
    let history: SchemaQuery
    /// What the role lacks for applying a migration.
    let rights: SchemaQuery
    /// Who else may do it, where the role lacks a right.
    let otherwise: String
    /// The second key of the advisory lock, behind ``RunLock/key``; the kinds of task have the numbers from 1 on.
    let lockNumber: Int64
    /// For how long that lock is waited for. A backend whose client was killed may hold on for a moment.
    let lockPatience: Duration

    /// The platform's schema, for `pgtend schema apply`.
    package static let platform = MigrationSet(
        migrations: EmbeddedSQL.migrations, title: "the schema", possessor: "the database",
        historyTable: "pgtend.schema_migrations", historyTableFile: "schema_history_table",
        makingsFile: "m0001_makings.sql", session: .session,
        history: .history, rights: .rights, otherwise: "apply it as a superuser, or let one run", lockNumber: 100,
        lockPatience: .seconds(2))

    /// What the service records. It applies them by itself, so that another service that is at it is waited for.
    package static let ledger = MigrationSet(
        migrations: EmbeddedSQL.ledgerMigrations, title: "the ledger", possessor: "the ledger",
        historyTable: "pgtend_ledger.schema_migrations", historyTableFile: "ledger_migrations_table",
        makingsFile: nil, session: .ledgerSession, history: .ledgerMigrations, rights: .ledgerRights,
        otherwise: "let a superuser run", lockNumber: 101, lockPatience: .seconds(15))
}
