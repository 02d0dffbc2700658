import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// A row of golang-migrate's `schema_migrations`.
///
/// Its number counts the files of the folder from which the tool was run. That may be the platform's own, of which pgtend
/// knows nothing: what a database has of the schema is told by the verification alone.
package struct GolangMigrateRecord: Hashable, Sendable {
    package let table: RelationName
    package let version: Int
    /// Whether a migration has failed: golang-migrate then applies no further ones.
    package let isDirty: Bool
    /// Of the table, which is the platform's: it is read and written as that role, in its sandbox. nil for a superuser.
    let owner: String?
    let oid: Int

    /// Whether the number cannot be one of this schema's migrations.
    func isOfAnotherFolder(than set: MigrationSet) -> Bool { version > set.migrations.count }
}

/// golang-migrate's table and whose it is.
struct GolangMigrateHome {
    let table: RelationName
    let owner: String?
    let oid: Int
    /// What it has beyond what the tool makes.
    var excess: String?
}

extension Connection {
    /// The state that golang-migrate has recorded.
    ///
    /// - Parameter limit: columns that somebody has added may run code of the table's owner, which may never end.
    func golangMigrateRecords(
        in home: GolangMigrateHome?, within limit: Duration = .seconds(30)
    ) async throws(PostgresError) -> [GolangMigrateRecord] {
        guard let home else { return [] }
        let name = try spelled(home.table.quoted)
        let query = "SELECT to_jsonb(m)::text FROM ONLY \(name) AS m ORDER BY m.version"
        let held = try spelled(Self.held(KnownTable(home.table, oid: home.oid), .accessShare, home.owner))
        let records = try await read(
            try spelled(Sandbox(reading: query, as: home.owner)), after: held, limits: Self.limits(within: limit))
        return try await rows(Self.records(records, "version bigint, dirty boolean")).map {
            (row) throws(PostgresError) in
            GolangMigrateRecord(
                table: home.table, version: try row.decode("version"), isDirty: try row.decode("dirty"),
                owner: home.owner, oid: home.oid)
        }
    }

    /// Whoever owns its schema could put a view in its place, which would be read, or written, with the rights of a superuser.
    private static func held(
        _ table: KnownTable, _ mode: LockMode, _ owner: String?
    ) throws(SQLTextError) -> [String] {
        try KnownTable.statements(holding: [table], in: mode, pinning: SchemaPin([table.name.schema]), as: owner)
    }

    private static func limits(within limit: Duration) -> String {
        "\(limits); SET LOCAL statement_timeout = '\(limit.milliseconds)ms'"
    }

    /// Gives the row another version, and takes its mark away.
    ///
    /// - Parameter limit: a trigger of the table's owner may never end.
    func set(
        _ record: GolangMigrateRecord, to version: Int, within limit: Duration = .seconds(30)
    ) async throws(PostgresError) {
        let name = try spelled(record.table.quoted)
        let update =
            "UPDATE ONLY \(name) SET version = \(version), dirty = false "
            + "WHERE version = \(record.version)"
        let sandbox = try spelled(Sandbox(as: record.owner, unsafe: [update]))
        let limits = Self.limits(within: limit)
        let held = try spelled(Self.held(KnownTable(record.table, oid: record.oid), .rowExclusive, record.owner))
        try await inTransaction(unsafe: ([limits] + held).joined(separator: ";\n")) {
            () async throws(PostgresError) in
            // Under the lock nobody makes a trigger; before it, whoever had TRIGGER on it could.
            if record.owner == nil {
                let homes = try await rows(SchemaQuery.golangMigrateTables(name))
                guard let home = homes.first, try home.decodeIfPresent("excess", as: String.self) == nil else {
                    throw PostgresError(.server, "\(record.table) has more by now than golang-migrate makes")
                }
            }
            try await run(sandbox, limits: limits)
        }
    }
}

extension ServerFailure {
    /// The tool keeps one row at most.
    static func severalRows(_ records: [GolangMigrateRecord]) -> ServerFailure? {
        guard records.count > 1, let table = records.first?.table else { return nil }
        return ServerFailure(
            failureClass: .refused,
            message: "\(table) has \(records.count) rows, of which golang-migrate keeps one alone; nothing was changed",
            cure: "look at who has written them; delete all but the one that says what is there: "
                + "SELECT version, dirty FROM \(table)")
    }

    /// What was written is not what stands there: a trigger of the table's owner may have kept it away.
    static func notSet(_ record: GolangMigrateRecord, to version: Int) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message: "the schema is what it should be, but \(record.table) still says version \(record.version)"
                + "\(record.isDirty ? ", dirty" : ""), though it was set to \(version)",
            cure: "look for what keeps it so, such as a trigger of that table, and repeat the command; "
                + "or tell the tool: migrate force \(version)")
    }
}
