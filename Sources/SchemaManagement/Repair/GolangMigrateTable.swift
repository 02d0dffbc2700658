import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// In which table golang-migrate records the state of the schema. Other programs of the database may have one each.
package enum GolangMigrateTable: Hashable, Sendable {
    /// `schema_migrations`, in the schema itself or in `public`.
    case `default`
    /// As SQL writes its name.
    case named(String)
    /// The tool was never used, or nothing is to be told to it.
    case none

    /// From what a caller gives: `TABLE`, `SCHEMA.TABLE` or the word `none`; nil where it is none of these.
    package init?(_ text: String) {
        if text == "none" {
            self = .none
        } else if text.wholeMatch(of: #/(?:"(?:[^"]|"")+"|[^".\s]+)(?:\.(?:"(?:[^"]|"")+"|[^".\s]+))?/#) != nil {
            self = .named(text)
        } else {
            return nil
        }
    }
}

extension Connection {
    /// Golang-migrate's table; nil where there is none. Needs no right.
    ///
    /// - Throws: where it is not to be told which table is meant, and where it is a superuser's and more than the tool makes.
    func golangMigrateTable(_ wanted: GolangMigrateTable) async throws(ServerFailure) -> GolangMigrateHome? {
        let name: String?
        switch wanted {
        case .none: return nil
        case .default: name = nil
        case .named(let text): name = text
        }
        let tables: [GolangMigrateHome]
        do throws(PostgresError) {
            tables = try await rows(SchemaQuery.golangMigrateTables(name)).map { (row) throws(PostgresError) in
                GolangMigrateHome(
                    table: try RelationName(row), owner: try row.decodeIfPresent("owner"),
                    oid: try row.decode("oid"), excess: try row.decodeIfPresent("excess"))
            }
        } catch {
            throw ServerFailure(error)
        }
        if let name, tables.isEmpty { throw .noTable(name) }
        guard tables.count < 2 else { throw .several(tables.map(\.table)) }
        // A superuser has no sandbox: what somebody left there, who owned it once, would run with all rights.
        if let table = tables.first, table.owner == nil, let excess = table.excess {
            throw .notPlain(table.table, excess)
        }
        return tables.first
    }
}

extension ServerFailure {
    static let golangMigrateTableOption = "--migrations-table SCHEMA.TABLE, or 'none' where there is none"

    fileprivate static func noTable(_ name: String) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message:
                "\(name) is no table of golang-migrate: expected one with the columns version and dirty, and no other; "
                + "nothing was changed",
            cure: "name the table in which the platform's golang-migrate records its state: \(golangMigrateTableOption)"
        )
    }

    fileprivate static func notPlain(_ table: RelationName, _ excess: String) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message:
                "\(table), golang-migrate's table, belongs to a superuser and has \(excess): golang-migrate makes none of "
                + "that, and code of whoever did could run with a superuser's rights; nothing was read but catalogs, and "
                + "nothing was changed",
            cure:
                "look at it, and drop it, so that the table has nothing but version bigint, dirty boolean and a primary "
                + "key; or give the table to the role that migrates the platform: ALTER TABLE \(table) OWNER TO ...")
    }

    fileprivate static func several(_ tables: [RelationName]) -> ServerFailure {
        ServerFailure(
            failureClass: .refused,
            message:
                "golang-migrate has \(tables.map(\.description).joined(separator: " and ")), and nothing says which of "
                + "them is about this schema; nothing was changed",
            cure: "say which: \(golangMigrateTableOption)")
    }
}
