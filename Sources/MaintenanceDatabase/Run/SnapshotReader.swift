import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Reads what the planners need to know, in one REPEATABLE READ READ ONLY transaction; what code of owners may see, which are
/// tenants of corpora and rows in DEFAULT partitions, after it, each in one of its own.
///
/// `pg_get_expr` and `regclass` do not use the transaction's snapshot: a table that is dropped in the meantime may
/// appear as a partition without bounds, or raise an error. Then the transaction is repeated. Somebody may drop tables
/// all the time: what still fails for one in the last try is told of that one alone.
struct SnapshotReader {
    private let session: RunSession
    private let definition: DatabaseDefinition
    private let tasks: [TaskKind]
    private let actions: [ActionKind]
    private let counting: DefaultCounting

    /// - Parameters:
    ///   - actions: those of whose objects the planners have to know what is remembered.
    ///   - counting: for which new partitions rows are looked for in DEFAULT partitions.
    init(
        definition: DatabaseDefinition, tasks: [TaskKind], session: RunSession, remembering actions: [ActionKind] = [],
        counting: DefaultCounting = .bridges
    ) {
        self.counting = counting
        self.session = session
        self.definition = definition
        self.tasks = tasks
        self.actions = actions
    }

    /// How many times it is tried before what is dropped during each try is told of.
    private static let tries = 5

    /// Reads the snapshot.
    ///
    /// Locks, until the end of the transaction: ACCESS SHARE on the system catalog, on the partitions whose policies
    /// are read (for at most the lock deadline of a step), and on the tables of corpora whose tenants are listed and DEFAULT partitions, while they are read.
    ///
    /// - Throws: if a query fails that is about all objects.
    func read() async throws(ServerFailure) -> CatalogSnapshot {
        for _ in 1..<Self.tries {
            do throws(PostgresError) {
                return try await attempt(isLast: false)
            } catch {
                guard error.indicatesDroppedObject else { throw ServerFailure(error) }
            }
        }
        do throws(PostgresError) {
            return try await attempt(isLast: true)
        } catch {
            guard error.indicatesDroppedObject else { throw ServerFailure(error) }
            // If nothing was dropped, the server's message is the only trace of what is wrong.
            var failure = ServerFailure(error)
            failure.message =
                "the catalog changed under each of \(Self.tries) readings, or is damaged: \(error.message)"
            failure.cure = "run pgtend again when fewer tables are dropped"
            throw failure
        }
    }

    /// - Parameter isLast: whether what may have been dropped meanwhile is no reason for another one.
    private func attempt(isLast: Bool) async throws(PostgresError) -> CatalogSnapshot {
        let connection = try await session.connection()
        var snapshot = try await connection.inReadOnlySnapshot { () async throws(PostgresError) in
            try await inTransaction(on: connection, isLast: isLast)
        }
        // Otherwise there is nothing to plan for, and no sandbox can be made.
        if !snapshot.server.isStandby, snapshot.server.foreignEventTrigger == nil {
            let limits = StepLimits(
                locks: definition.locks, statementTimeout: definition.statistics.statementTimeout)
            snapshot.corpora = try await TenantReader(session: session, limits: limits).withTenants(snapshot.corpora)
            let questions = PartitionPlanner(definition: definition, snapshot: snapshot).defaultQuestions(counting)
            snapshot.defaultRows = try await DefaultReader(session: session, definition: definition, counting: counting)
                .read(questions)
        }
        return snapshot
    }

    private func inTransaction(
        on connection: Connection, isLast: Bool
    ) async throws(PostgresError) -> CatalogSnapshot {
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
        let unread = try await PartitionReader(connection: connection).read(definition, for: tasks, into: &snapshot)
        for (oid, error) in unread {
            if !isLast, error.indicatesDroppedObject { throw error }
            snapshot.unreadTemplates[oid] = ServerFailure(error)
        }
        if tasks.contains(.views) {
            snapshot.views = try await ViewReader(connection: connection)
                .read(
                    in: definition.discovers(.views) ? definition.schemas : [],
                    named: definition.viewDefinitions.map(\.view))
        }
        if tasks.contains(.statistics) {
            snapshot.corpora = try await CorpusReader(connection: connection).read(definition) {
                $0.indicatesDroppedObject && !isLast
            }
        }
        if !actions.isEmpty {
            snapshot.remembered = try await LedgerMemory(connection: connection, definition: definition.ledger)
                .read(for: actions)
        }
        return snapshot
    }
}
