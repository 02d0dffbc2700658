import DatabaseAccess
import EmbeddedSQL

extension MigrationSet {
    /// What the service records. It applies them by itself, so that another service that is at it is waited for.
    package static let ledger = MigrationSet(
        migrations: EmbeddedSQL.ledgerMigrations, title: "the ledger", target: "the ledger",
        historyTable: "pgtend_ledger.schema_migrations", historyTableFile: "ledger/queries/migrations_table",
        session: LedgerQuery.session(), history: LedgerQuery.migrations(), rights: LedgerQuery.rights(),
        otherwise: "let a superuser run", lockNumber: 101, lockTimeout: .seconds(15))
}
