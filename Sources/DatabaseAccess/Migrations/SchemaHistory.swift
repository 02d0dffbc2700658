import EmbeddedSQL
import Maintenance

/// Compares the migrations that a database has recorded with those that the program has.
package struct SchemaHistory {
    /// A row of the set's history table.
    package struct Record: Equatable {
        let number: Int
        let name: String
        let checksum: String
    }

    private let recorded: [Record]
    private let set: MigrationSet
    /// The checksums of the program's migrations, by number.
    private let checksums: [Int: String]

    private var migrations: [Migration] { self.set.migrations }

    /// - Parameter recorded: in the order of their numbers.
    package init(recorded: [Record], set: MigrationSet, checksums: [Int: String]) {
        self.recorded = recorded
        self.set = set
        self.checksums = checksums
    }

    /// The migrations that are still to be applied: all after the last recorded one.
    ///
    /// - Throws: `.refused` if the recorded migrations are not the first ones of the program's list: a newer program
    ///   wrote them, one is missing, or one was edited after it had been applied.
    package func pending() throws(ServerFailure) -> [Migration] {
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
            failureClass: .refused,
            message: "\(set.target) has had migration \(last.number) (\(last.name)) of a newer pgtend; "
                + "this one knows \(migrations.count)",
            cure: "use the version of pgtend that \(set.historyTable).pgtend_version names, or a later one")
    }

    private func gap(_ migration: Migration) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message: "\(set.historyTable) has no row for \(migration.label), "
                + "although it has one for a later migration",
            cure: "restore the row from a backup: migrations are applied in order, so it has been there")
    }

    private func edited(_ migration: Migration, _ record: Record) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message: "\(migration.label) is not the migration that \(set.target) has had: "
                + "its text has the checksum \(checksums[migration.number] ?? "?"), "
                + "recorded as \(record.name) is \(record.checksum)",
            cure: "a migration never changes once it is released: use a build of pgtend whose sql/ was not edited, "
                + "and put the change into a migration of its own")
    }
}
