import EmbeddedSQL
import Maintenance

/// The migrations that a database has had, against those that the program has.
struct SchemaHistory {
    /// A row of `pgtend.schema_migrations`.
    struct Record: Equatable {
        let number: Int
        let name: String
        let checksum: String
    }

    private let recorded: [Record]
    private let migrations: [Migration]
    /// By number, of the program's own texts.
    private let checksums: [Int: String]

    /// - Parameter recorded: in the order of their numbers.
    init(recorded: [Record], migrations: [Migration], checksums: [Int: String]) {
        self.recorded = recorded
        self.migrations = migrations
        self.checksums = checksums
    }

    /// What is still to be applied: everything behind the recorded ones.
    ///
    /// - Throws: where the record is no beginning of the program's list: a newer program wrote it, a migration is
    ///   missing from it, or one was edited after it had been applied.
    func pending() throws(ServerFailure) -> [Migration] {
        if let last = recorded.last, last.number > migrations.count { throw newer(last) }
        for (index, record) in recorded.enumerated() {
            let migration = migrations[index]
            guard record.number == migration.number else { throw gap(migration) }
            guard record.checksum == checksums[migration.number] else { throw edited(migration, record) }
        }
        return Array(migrations.dropFirst(recorded.count))
    }

    private func newer(_ last: Record) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message: "the database has had migration \(last.number) (\(last.name)) of a newer pgtend; "
                + "this one knows \(migrations.count)",
            cure: "use the version of pgtend that pgtend.schema_migrations.pgtend_version names, or a later one")
    }

    private func gap(_ migration: Migration) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message: "pgtend.schema_migrations has no row for \(PendingMigration(migration).fileName), "
                + "although it has one for a later migration",
            cure: "restore the row from a backup: migrations are applied in order, so it has been there")
    }

    private func edited(_ migration: Migration, _ record: Record) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message: "\(PendingMigration(migration).fileName) is not the migration that this database has had: "
                + "its text has the checksum \(checksums[migration.number] ?? "?"), "
                + "recorded as \(record.name) is \(record.checksum)",
            cure: "a migration never changes once it is released: use a build of pgtend whose sql/ was not edited, "
                + "and put the change into a migration of its own")
    }
}
