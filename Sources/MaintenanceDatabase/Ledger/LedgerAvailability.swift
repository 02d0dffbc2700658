import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Whether a session can use the ledger of its database, and if not, why.
enum LedgerAvailability: Sendable {
    case ready
    /// It is not installed. Nothing of it is read in this session.
    case absent
    /// It lacks the latest migrations, so that this version of pgtend can neither read it nor write to it.
    case older(ServerFailure)
    case unavailable(ServerFailure)
    /// It has migrations that this version of pgtend does not know.
    case newer(ServerFailure)

    /// - Parameters:
    ///   - owner: `LedgerDefinition.owner`.
    ///   - writing: whether the session also needs the privileges to write.
    /// - Throws: if the queries themselves fail.
    static func read(
        on connection: Connection, owner: String?, writing: Bool = true
    ) async throws(PostgresError) -> LedgerAvailability {
        switch try await connection.ownSchema(MigrationSet.ledgerSchema, besides: owner) {
        case .absent: return .absent
        case .foreign(let failure): return .unavailable(failure)
        case .ours: break
        }
        let row = try await connection.row(LedgerQuery.session())
        guard try row.decode("has_history") else { return .absent }
        guard try row.decode("may_read") else { return .unavailable(.noGrants(on: "read", connection.server.user)) }
        let newest = try await connection.rows(LedgerQuery.migrations()).last
        let (found, known) = (try newest?.decode("number", as: Int.self) ?? 0, MigrationSet.ledger.migrations.count)
        if found == 0 { return .absent }
        if found < known { return .older(.olderLedger(found, known)) }
        if found > known { return .newer(.newerLedger(found, known)) }
        let mayWrite: Bool = try row.decode("may_write")
        return mayWrite || !writing ? .ready : .unavailable(.noGrants(on: "write to", connection.server.user))
    }
}

extension LedgerDefinition {
    /// Proves, on a connection that a run has opened anew, that the ledger in which it is recorded is still pgtend's.
    func prove(on connection: Connection) async throws(PostgresError) {
        switch try await connection.ownSchema(MigrationSet.ledgerSchema, besides: owner) {
        case .ours: break
        case .absent: throw PostgresError(.server, "the server that answers now has no ledger of this run")
        case .foreign(let failure): throw PostgresError(.server, failure.message, hint: failure.cure?.description)
        }
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

    fileprivate static func olderLedger(_ found: Int, _ known: Int) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message: "the ledger has had migration \(found) of an older pgtend; this one works with migration \(known)",
            cure: "restart the service with this version: it migrates the ledger at its next slot")
    }

    fileprivate static func newerLedger(_ found: Int, _ known: Int) -> ServerFailure {
        ServerFailure(
            failureClass: .other,
            message: "the ledger has had migration \(found) of a newer pgtend; this one knows \(known)",
            cure: "use the version of pgtend that pgtend_ledger.schema_migrations.pgtend_version names, or a later one")
    }
}

extension MigrationSet {
    fileprivate static let ledgerSchema = "pgtend_ledger"

    /// The migrations of the ledger. The service applies them by itself, so it waits (`lockTimeout`) for another
    /// service that is applying them. For its tables it waits shortly: a long refresh of a service of an older version
    /// holds them, and behind us the steps of all others would wait. The slot is tried again.
    package static let ledger = {
        var set = MigrationSet(
            migrations: EmbeddedSQL.ledgerMigrations, title: "the ledger", target: "the ledger",
            ownSchema: ledgerSchema, historyTable: "pgtend_ledger.schema_migrations",
            historyTableFile: "ledger/queries/migrations_table",
            hasHistoryQuery: LedgerQuery.session(), historyQuery: LedgerQuery.migrations(),
            missingPrivilegesQuery: LedgerQuery.rights(),
            superuserCure: "let a superuser run", lockNumber: 101, lockTimeout: .seconds(15))
        set.tableLockTimeout = .milliseconds(500)
        return set
    }()
}
