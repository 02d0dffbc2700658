import Maintenance
import PostgresClient
import SQLText

/// A row of golang-migrate's `schema_migrations`.
package struct GolangMigrateRecord: Hashable, Sendable {
    package let table: RelationName
    package let version: Int
    /// Whether a migration has failed: golang-migrate then applies no further ones.
    package let isDirty: Bool
}

extension Connection {
    /// The state that golang-migrate has recorded. Needs SELECT on its table.
    func golangMigrateRecords(in table: RelationName?) async throws(PostgresError) -> [GolangMigrateRecord] {
        guard let table else { return [] }
        let query = Statement(unsafe: "SELECT version, dirty FROM \(try spelled(table.quoted)) ORDER BY version")
        return try await rows(query).map { (row) throws(PostgresError) in
            GolangMigrateRecord(table: table, version: try row.decode("version"), isDirty: try row.decode("dirty"))
        }
    }
}

extension ServerFailure {
    /// - Parameter known: how many migrations this program has.
    static func newer(_ record: GolangMigrateRecord, _ known: Int) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message:
                "golang-migrate (\(record.table)) is at version \(record.version), of which this pgtend knows nothing: "
                + "it knows \(known); nothing was changed",
            cure:
                "use a newer pgtend; or, where that table is another program's, name the right one: \(golangMigrateTableOption)"
        )
    }
}
