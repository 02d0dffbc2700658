import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

/// Takes a schema that is embedded in the program back out of a database: every migration that the database has had,
/// the newest first, in one transaction with the record of it.
///
/// However a call ends, everything is gone or everything is there.
package struct SchemaRollback: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let release: SchemaRelease
    private var set: MigrationSet { release.set }
    private let strangers: Strangers
    /// How long to wait for each lock.
    var lockTimeout = Duration.seconds(10)

    /// - Parameters:
    ///   - conninfo: of the database; its role has to own what is dropped, or to be a superuser.
    ///   - applicationName: what `pg_stat_activity` shows.
    ///   - trusted: roles whose code may run, beside superusers, the caller and the schema's own role.
    package init(
        conninfo: String, applicationName: String, release: SchemaRelease = .platform, trusting trusted: [String] = []
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.release = release
        strangers = Strangers(trusted: trusted, set: release.set)
    }

    /// What `run` would take back. Changes nothing; counts a million rows of each table at most.
    ///
    /// - Throws: also if the recorded migrations are not this program's, as those of a newer version.
    package func plan() async throws(ServerFailure) -> SchemaRollbackPlan {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await connection.asking(about: release.schema) { (identity) async throws(ServerFailure) in
                try await plan(connection, identity)
            }
        }
    }

    private func plan(
        _ connection: Connection, _ identity: SchemaIdentity
    ) async throws(ServerFailure) -> SchemaRollbackPlan {
        let hasRecord = try await admit(connection)
        let migrations = try await RecordedMigrations.read(connection, set).newestFirst
        try irreversible(migrations)
        try await limitLocks(connection)
        let installed = try await InstalledObjects.read(connection, of: release, hasRecord: hasRecord)
        try await refuseCountingAsSuperuser(installed, connection)
        do throws(PostgresError) {
            return try await assemblePlan(connection, migrations, installed, identity)
        } catch {
            switch FailureClass(error) {
            case .lockNotAvailable:
                throw ServerFailure(
                    error,
                    countingRows: try await blockers(
                        of: installed, LockMode.accessShare.rawValue, connection, after: error))
            // A role that may not read the tables is told of all missing rights, instead of the first table only.
            case .privilege:
                try await requireRights(installed, connection)
                throw ServerFailure(error)
            default: throw ServerFailure(error)
            }
        }
    }

    /// Takes the schema back. Cancelling the task cancels the transaction on the server, and nothing is changed.
    ///
    /// Locks: an advisory one against an installer; ACCESS EXCLUSIVE on everything that is dropped, waiting 10 seconds
    /// at most for each.
    ///
    /// - Parameters:
    ///   - database: the name of the database that is meant, as a safeguard.
    ///   - dropsRows: whether to drop tables with rows; if not, they are a failure.
    /// - Throws: after a rollback of the transaction; nothing has been changed.
    package func run(
        on database: String, dropsRows: Bool
    ) async throws(ServerFailure) -> SchemaRollbackOutcome {
        let remarks = ServerRemarks()
        return try await Connection.forSchema(conninfo, applicationName, holding: set, onNotice: remarks.add) {
            (connection, keeper) async throws(ServerFailure) in
            let identity = try await connection.knownIdentity(of: release.schema)
            let hasRecord = try await admit(connection)
            let runner = runner(connection)
            let migrations = try await RecordedMigrations.read(connection, set).newestFirst
            guard !migrations.isEmpty else { return SchemaRollbackOutcome(migrations: [], remarks: []) }
            try irreversible(migrations)
            try await requireName(database, connection)
            let installed = try await InstalledObjects.read(connection, of: release, hasRecord: hasRecord)
            try await requireRights(installed, connection)
            if !dropsRows { try await refuseCountingAsSuperuser(installed, connection) }
            try await runner.setTimeouts()
            try await limitLocks(connection)
            do throws(PostgresError) {
                let guardian = dropsRows ? [] : try spelled(installed.guardian(limits: limits))
                let pin = try spelled(SchemaPin([release.schema: identity.pinned]).statement())
                try await connection.inTransaction(unsafe: "\(limits);\n\(pin)") { () async throws(PostgresError) in
                    // All that was asked so far was about this one.
                    guard try await connection.identity(of: release.schema) == identity else {
                        throw .replaced(release.schema)
                    }
                    try await connection.script(unsafe: guardian.joined(separator: Self.separator))
                    // Up to here code of the owners could say whatever it likes; what follows runs none of it.
                    remarks.forget()
                    try await connection.script(
                        unsafe: ([Self.audible] + statements(migrations)).joined(separator: Self.separator))
                    try await installed.requireGone(connection)
                    try await keeper.requireLock()
                }
            } catch {
                let blockers =
                    FailureClass(error) == .lockNotAvailable && error.schema == nil
                    ? try await blockers(of: installed, LockMode.accessExclusive.rawValue, connection, after: error)
                    : []
                throw ServerFailure(error, takingBack: migrations, blockers)
            }
            return SchemaRollbackOutcome(migrations: migrations, remarks: remarks.all)
        }
    }

    // MARK: - What would be done

    private func assemblePlan(
        _ connection: Connection, _ migrations: [Migration], _ installed: InstalledObjects, _ identity: SchemaIdentity
    ) async throws(PostgresError) -> SchemaRollbackPlan {
        var tables: [SchemaRollbackPlan.Table] = []
        for table in installed.objects(.table) {
            let name = table.name
            do throws(PostgresError) {
                let bounded = "SELECT FROM \(try spelled(name.quoted)) LIMIT \(SchemaRollbackPlan.Table.bound)"
                let query = "SELECT count(*)::text FROM (\(bounded)) AS r"
                let held = try spelled(
                    KnownTable.statements(
                        holding: [table.known], in: .accessShare, pinning: SchemaPin([release.schema: identity.pinned]),
                        as: table.owner))
                let count = try await connection.read(
                    try spelled(Sandbox(reading: query, as: table.owner)), after: held, limits: limits)
                tables.append(SchemaRollbackPlan.Table(name: name, rows: count.first.flatMap { Int($0) } ?? 0))
            } catch {
                // Somebody else has taken the schema back meanwhile.
                guard error.sqlState == .undefinedTable || error.sqlState == .invalidSchemaName else { throw error }
            }
        }
        var (obstacles, bystanders): ([String], [String]) = ([], [])
        // A change without a maker is not recorded.
        let made = installed.sharedChanges.filter { !$0.maker.isEmpty }.map(\.change)
        let makesSchema = made.contains { $0.kind == .schema && $0.name == release.schema }
        let extensions = made.filter { $0.kind == .extension }.map(\.name)
        let catalogs = installed.objects.map(\.catalog)
        let others = try await connection.rows { form in
            SchemaQuery.rollbackOtherObjects.escaping(
                [EscapedText(column: "name")], ["stops"], form, catalogs, installed.objects.map(\.oid), makesSchema,
                extensions)
        }
        for row in others {
            let stops: Bool = try row.decode("stops")
            if stops { obstacles.append(try row.decode("name")) } else { bystanders.append(try row.decode("name")) }
        }
        var records: [RelationName] = []
        for row in try await connection.rows(SchemaQuery.golangMigrateTables(nil)) {
            records.append(try RelationName(row))
        }
        let partitions = installed.objects(.partition).map(\.name)
        return SchemaRollbackPlan(
            database: installed.database, migrations: migrations,
            objects: installed.own.count, tables: tables,
            partitionsElsewhere: partitions.filter { $0.schema != release.schema },
            detachedPartitions: installed.objects(.partition).filter(\.isDetaching).map(\.name),
            sharedChanges: installed.sharedChanges.map(\.change), obstacles: obstacles, bystanders: bystanders,
            missingPrivileges: try await installed.missingPrivileges(of: connection),
            golangMigrateTables: records, script: statements(migrations).joined(separator: Self.separator))
    }

    /// Whatever the settings of the role or the database are.
    private static let audible = "SET LOCAL client_min_messages = notice"

    private func statements(_ migrations: [Migration]) -> [String] {
        // The record goes first: taking back the first migration drops its table.
        migrations.flatMap { migration in
            ["DELETE FROM \(set.historyTable) WHERE number = \(migration.number)", migration.down?.text ?? ""]
        }
    }

    /// Rows are counted as the owner of their table, and a superuser has no sandbox: what somebody has left in one of his
    /// tables, whosever it is by now, would run with all rights.
    private func refuseCountingAsSuperuser(
        _ installed: InstalledObjects, _ connection: Connection
    ) async throws(ServerFailure) {
        var calling: [String] = []
        do throws(PostgresError) {
            for row in try await connection.rows(SchemaQuery.repairCalling()) { calling.append(try row.decode("name")) }
        } catch {
            throw ServerFailure(error)
        }
        let tables = installed.objects(.table).filter { $0.owner == nil && calling.containsSame(as: $0.name.name) }
            .map(\.name)
        guard let first = tables.first else { return }
        throw ServerFailure(
            failureClass: .refused,
            message:
                "rows of \(tables.map(\.description).joined(separator: ", ")) are not counted: a superuser has the "
                + "table, and to read it may run functions that are not the server's own; nothing was changed",
            cure: "ALTER TABLE \(first) OWNER TO mcp_owner, then repeat the command")
    }

    /// Of the transaction; a sandbox takes back what the session has set.
    private var limits: String {
        "SET LOCAL lock_timeout = '\(lockTimeout.milliseconds)ms'; SET LOCAL statement_timeout = '30min'"
    }

    private static let separator = "\n;\n"

    // MARK: - Before anything is changed

    /// - Returns: whether pgtend's record may be read. Asked once only.
    /// - Throws: where code of others could run.
    private func admit(_ connection: Connection) async throws(ServerFailure) -> Bool {
        try await connection.requirePrimary()
        try await connection.refuseForeignEventTrigger()
        try await strangers.refuse(in: connection, nil)
        return try await connection.hasRecord(of: set)
    }

    private func runner(_ connection: Connection) -> MigrationRunner {
        // Nothing is recorded, so that no version is needed.
        MigrationRunner(connection: connection, set: set, programVersion: "")
    }

    private func irreversible(_ migrations: [Migration]) throws(ServerFailure) {
        guard let migration = migrations.first(where: { $0.down == nil }) else { return }
        throw ServerFailure(
            failureClass: .refused, message: "\(migration.label) only goes forward; nothing was changed",
            cure: "restore a backup from before it")
    }

    private func requireName(_ wanted: String, _ connection: Connection) async throws(ServerFailure) {
        let name = try await connection.databaseName()
        guard name == wanted else {
            throw ServerFailure(
                failureClass: .other, message: "this is database \(name), not \(wanted); nothing was changed")
        }
    }

    private func limitLocks(_ connection: Connection) async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.script(unsafe: "SET lock_timeout = '\(lockTimeout.milliseconds)ms'")
        } catch {
            throw ServerFailure(error)
        }
    }

    private func requireRights(_ installed: InstalledObjects, _ connection: Connection) async throws(ServerFailure) {
        let missing: [MissingPrivilege]
        do throws(PostgresError) {
            missing = try await installed.missingPrivileges(of: connection)
        } catch {
            throw ServerFailure(error)
        }
        guard missing.isEmpty else {
            throw ServerFailure(
                missing, of: connection.server.user, "take the schema back",
                superuserCure: "do it as a superuser, or let one run")
        }
    }

    /// Asked right after the failure, when whoever held the lock usually still has it.
    ///
    /// - Throws: the given failure if the query fails, too.
    private func blockers(
        of installed: InstalledObjects, _ mode: String, _ connection: Connection, after failure: PostgresError
    ) async throws(ServerFailure) -> [Blocker] {
        do throws(PostgresError) {
            return try await connection.blockers(
                of: installed.relations.map { ($0.name, mode) },
                dropping: installed.routinesAndTypes.map { ($0.name, $0.catalog, $0.oid) })
        } catch {
            throw ServerFailure(failure)
        }
    }
}
