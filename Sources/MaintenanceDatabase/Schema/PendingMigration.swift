import EmbeddedSQL

/// A migration that this program has and the database has not had.
package struct PendingMigration: Hashable, Sendable {
    /// From 1 on, in the order of application.
    package let number: Int
    /// What it makes, such as `embedding_models`.
    package let name: String

    init(_ migration: Migration) {
        number = migration.number
        name = migration.name
    }

    /// As the file is called under `sql/migrations`.
    package var fileName: String {
        "m" + String(repeating: "0", count: max(0, 4 - String(number).count)) + "\(number)_\(name).sql"
    }
}
