import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads what the planners need to know, in one REPEATABLE READ READ ONLY transaction.
///
/// `pg_get_expr` and `regclass` do not use the transaction's snapshot: a table that is dropped in the meantime may
/// appear as a partition without bounds, or raise an error. Then the transaction is repeated.
struct SnapshotReader {
    private let session: RunSession
    private let definition: DatabaseDefinition
    private let tasks: [TaskKind]
    private let actions: [ActionKind]

    /// - Parameter actions: those of whose objects the planners have to know what is remembered.
    init(
        definition: DatabaseDefinition, tasks: [TaskKind], session: RunSession, remembering actions: [ActionKind] = []
    ) {
        self.session = session
        self.definition = definition
        self.tasks = tasks
        self.actions = actions
    }

    /// How many times it is tried before tables that are dropped during each try are an error.
    private static let tries = 5

    /// Reads the snapshot.
    ///
    /// Locks, until the end of the transaction: ACCESS SHARE on the system catalog, on the partitions whose policies
    /// are read (for at most the lock deadline of a step), and on the tables of corpora whose tenants are listed.
    ///
    /// - Throws: if a query fails, or tables were dropped during each of several tries.
    func read() async throws(ServerFailure) -> CatalogSnapshot {
        var last: PostgresError?
        for _ in 0..<Self.tries {
            do throws(PostgresError) {
                if let snapshot = try await attempt() { return snapshot }
                last = nil
            } catch {
                guard Self.indicatesDroppedTable(error) else { throw ServerFailure(error) }
                last = error
            }
        }
        // If nothing was dropped, the server's message is the only trace of what is wrong.
        throw ServerFailure(
            failureClass: .other, sqlState: last?.sqlState,
            message: "the catalog changed under each of \(Self.tries) readings"
                + (last.map { ", or is damaged: \($0.message)" } ?? ""),
            detail: last?.detail, hint: last?.hint,
            cure: "run pgtend again when fewer tables are dropped")
    }

    /// Whether the error may mean that a table was dropped while it was read: undefined_table, undefined_object, or
    /// internal_error (`cache lookup failed`).
    private static func indicatesDroppedTable(_ error: PostgresError) -> Bool {
        [.undefinedTable, .undefinedObject, .internalError].contains(error.sqlState)
    }

    /// nil if a table was dropped in the meantime.
    private func attempt() async throws(PostgresError) -> CatalogSnapshot? {
        let connection = try await session.connection()
        var snapshot = try await connection.inReadOnlySnapshot { () async throws(PostgresError) in
            try await inTransaction(on: connection)
        }
        // Otherwise there is nothing to plan for, and no sandbox can be made.
        if let corpora = snapshot?.corpora, let server = snapshot?.server, !server.isStandby,
            server.foreignEventTrigger == nil
        {
            let limits = StepLimits(
                locks: definition.locks, statementTimeout: definition.statistics.statementTimeout)
            snapshot?.corpora = try await TenantReader(session: session, limits: limits).withTenants(corpora)
        }
        return snapshot
    }

    private func inTransaction(on connection: Connection) async throws(PostgresError) -> CatalogSnapshot? {
        let row = try await connection.row(CatalogQuery.server())
        let server = ServerFacts(
            versionNumber: try row.decode("version_number"), database: try row.decode("database"),
            role: try row.decode("role"), timeZone: try row.decode("time_zone"),
            isStandby: try row.decode("is_standby"),
            foreignEventTrigger: try row.decodeIfPresent("foreign_event_trigger"),
            excess: try row.decodeIfPresent("excess"))
        var snapshot = CatalogSnapshot(server: server, takenAt: try row.instant("taken_at"))
        if tasks.contains(where: definition.discovers) {
            for row in try await connection.rows(CatalogQuery.schemas(definition.schemas)) {
                snapshot.missingSchemas.append(try row.decode("schema"))
            }
        }
        if tasks.contains(.partitions) {
            guard try await readPartitions(into: &snapshot, on: connection) else { return nil }
        }
        if tasks.contains(.views) {
            snapshot.views = try await ViewReader(connection: connection)
                .read(
                    in: definition.discovers(.views) ? definition.schemas : [],
                    named: definition.viewDefinitions.map(\.view))
        }
        if tasks.contains(.statistics) {
            snapshot.corpora = try await CorpusReader(connection: connection).read(definition)
        }
        if !actions.isEmpty {
            snapshot.remembered = try await LedgerMemory(connection: connection, definition: definition.ledger)
                .read(for: actions)
        }
        return snapshot
    }

    /// false if a table was dropped in the meantime.
    private func readPartitions(
        into snapshot: inout CatalogSnapshot, on connection: Connection
    ) async throws(PostgresError) -> Bool {
        let reader = PartitionReader(connection: connection)
        guard let tables = try await reader.tables(of: definition) else { return false }
        snapshot.tables = tables
        let questions = ZoneQuestions(
            definition: definition, tables: tables, server: snapshot.server, now: snapshot.takenAt)
        if let questions {
            snapshot.zones = try await ZoneReader(connection: connection).answer(questions)
        }
        // A plan with what is known so far shows which names and templates matter.
        let asked = PartitionPlanner(definition: definition, snapshot: snapshot).questions()
        let names = asked.names.sorted()
        if !names.isEmpty {
            let taken = try await connection.rows(CatalogQuery.names(names.map(\.schema), names.map(\.name)))
            for row in taken { snapshot.takenNames.insert(try RelationName(row)) }
            (snapshot.templates, snapshot.unreadTemplates) = try await TemplateReader(connection: connection)
                .read(asked.templates, within: definition.locks.perStep)
            // A sibling that is gone: without its grants and policies, a new partition could expose rows.
            if asked.templates.contains(where: {
                snapshot.templates[$0.parent] == nil && snapshot.unreadTemplates[$0.parent] == nil
            }) {
                return false
            }
        }
        return true
    }
}
