import EmbeddedSQL

/// A migration that this program has and the database has not had.
package struct PendingMigration: Hashable, Sendable {
    /// From 1 on, in the order of application.
    package let number: Int
    /// What it makes, such as `embedding_models`.
    package let name: String

    /// As the file is called under `sql`.
    package let fileName: String

    init(_ migration: Migration) {
        number = migration.number
        name = migration.name
        fileName = migration.fileName
    }
}
