import EmbeddedSQL

/// A migration that this program has: one that the database has not had yet, one that has just been applied, or one that
/// is taken back.
package struct PendingMigration: Hashable, Sendable {
    /// From 1 on, in the order of application.
    package let number: Int
    /// What it makes, such as `consolidated_schema`.
    package let name: String

    /// Number and name, such as `0001_consolidated_schema`.
    package let label: String

    /// Its statements, for one transaction.
    package let text: String

    package init(_ migration: Migration) {
        number = migration.number
        name = migration.name
        label = migration.label
        text = migration.text
    }
}
