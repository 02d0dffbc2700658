/// What one call of ``SchemaInstaller/apply(progress:)`` did.
package struct AppliedMigrations: Hashable, Sendable {
    /// Those that it applied, in order: none where the database was up to date.
    package let applied: [AppliedMigration]
    /// The number of the newest migration that the database has had.
    package let schemaNumber: Int

    package init(applied: [AppliedMigration], schemaNumber: Int) {
        self.applied = applied
        self.schemaNumber = schemaNumber
    }
}

/// One migration, committed.
package struct AppliedMigration: Hashable, Sendable {
    package let migration: PendingMigration
    package let duration: Duration
}
