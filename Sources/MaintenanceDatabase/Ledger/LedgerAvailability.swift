import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Whether a session can use the ledger of its database.
enum LedgerAvailability: Sendable {
    case ready
    /// Nobody has installed it, and nobody asked for it.
    case absent
    case unavailable(ServerFailure)
    /// A newer program has installed it.
    case newer(ServerFailure)

    /// - Parameter writing: whether the session has to have the right to write, too.
    /// - Throws: where the server could not be asked.
    static func read(
        on connection: Connection, writing: Bool = true
    ) async throws(PostgresError) -> LedgerAvailability {
        let row = try await connection.row(LedgerQuery.session())
        guard try row.decode("has_history") else { return .absent }
        guard try row.decode("may_read") else { return .unavailable(.noGrants(on: "read", connection.server.user)) }
        let newest = try await connection.rows(LedgerQuery.migrations()).last
        let (found, known) = (try newest?.decode("number", as: Int.self) ?? 0, MigrationSet.ledger.migrations.count)
        if found < known { return .absent }
        if found > known { return .newer(.newerLedger(found, known)) }
        let mayWrite: Bool = try row.decode("may_write")
        return mayWrite || !writing ? .ready : .unavailable(.noGrants(on: "write to", connection.server.user))
    }
}

extension ServerFailure {
    fileprivate static func noGrants(on action: String, _ user: String) -> ServerFailure {
        let role = RelationName.quoted(user)
        return ServerFailure(
            failureClass: .privilege, sqlState: .insufficientPrivilege,
            message: "role \(role) may not \(action) the ledger, which another role has installed",
            cure: "let the owner of schema pgtend_ledger run: GRANT USAGE ON SCHEMA pgtend_ledger TO \(role); "
                + "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgtend_ledger TO \(role);")
    }

    fileprivate static func newerLedger(_ found: Int, _ known: Int) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message: "the ledger has had migration \(found) of a newer pgtend; this one knows \(known)",
            cure: "use the version of pgtend that pgtend_ledger.schema_migrations.pgtend_version names, or a later one")
    }
}

extension MigrationSet {
    /// What the service records. It applies them by itself, so that another service that is at it is waited for.
    package static let ledger = MigrationSet(
        migrations: EmbeddedSQL.ledgerMigrations, title: "the ledger", target: "the ledger",
        historyTable: "pgtend_ledger.schema_migrations", historyTableFile: "ledger/queries/migrations_table",
        session: LedgerQuery.session(), history: LedgerQuery.migrations(), rights: LedgerQuery.rights(),
        otherwise: "let a superuser run", lockNumber: 101, lockTimeout: .seconds(15))
}
