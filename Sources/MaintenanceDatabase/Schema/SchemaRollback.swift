import EmbeddedSQL
import Maintenance
import PostgresClient
import Synchronization

/// Takes a schema that is embedded in the program back out of a database: every migration that the database has had,
/// the newest first, in one transaction with the record of it.
///
/// However a call ends, everything is gone or everything is there.
package struct SchemaRollback: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let set: MigrationSet

    /// - Parameters:
    ///   - conninfo: of the database; its role has to own what is dropped, or to be a superuser.
    ///   - applicationName: what `pg_stat_activity` shows.
    package init(conninfo: String, applicationName: String, set: MigrationSet = .platform) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.set = set
    }

    /// What `run` would take back. Changes nothing; counts rows, a million a table at most.
    ///
    /// - Throws: also where the record of the migrations does not fit this program's: of a newer version, for one.
    package func plan() async throws(ServerFailure) -> SchemaRollbackPlan {
        try await Connection.forSchema(conninfo, applicationName) { (connection) async throws(ServerFailure) in
            try await connection.requirePrimary()
            let migrations = try await runner(connection).applied()
            do throws(PostgresError) {
                return try await plan(connection, migrations)
            } catch {
                throw ServerFailure(error)
            }
        }
    }

    /// Takes the schema back. Cancelling the task cancels it on the server, and everything is there again.
    ///
    /// Locks: an advisory one against an installer; ACCESS EXCLUSIVE on everything that is dropped, waiting 10 seconds
    /// at most for each.
    ///
    /// - Parameters:
    ///   - database: which one is meant, by its own name.
    ///   - dropsRows: else a table with rows is a failure.
    /// - Throws: with nothing changed.
    package func run(
        on database: String, dropsRows: Bool
    ) async throws(ServerFailure) -> SchemaRollbackOutcome {
        let remarks = Remarks()
        return try await Connection.forSchema(conninfo, applicationName, onNotice: remarks.add) {
            (connection) async throws(ServerFailure) in
            try await connection.requirePrimary()
            let runner = runner(connection)
            try await SchemaLock(connection: connection, set: set).take()
            let migrations = try await runner.applied()
            guard !migrations.isEmpty else { return SchemaRollbackOutcome(migrations: [], remarks: []) }
            try irreversible(migrations)
            try await requireName(database, connection)
            try await runner.limitStatements()
            do throws(PostgresError) {
                try await connection.script(unsafe: script(migrations, dropsRows: dropsRows))
            } catch {
                throw ServerFailure(error, takingBack: migrations)
            }
            return SchemaRollbackOutcome(migrations: migrations.map(PendingMigration.init), remarks: remarks.all)
        }
    }

    // MARK: - What would be done

    private func plan(
        _ connection: Connection, _ migrations: [Migration]
    ) async throws(PostgresError) -> SchemaRollbackPlan {
        let session = try await connection.row(SchemaQuery.rollbackSession())
        var tables: [SchemaRollbackPlan.Table] = []
        for row in try await connection.rows(SchemaQuery.rollbackTables()) {
            let name = try RelationName(row)
            let bounded = "SELECT FROM \(try name.quoted) LIMIT \(SchemaRollbackPlan.Table.bound)"
            let count = try await connection.row(Statement(unsafe: "SELECT count(*) AS rows FROM (\(bounded)) AS r"))
            tables.append(SchemaRollbackPlan.Table(name: name, rows: try count.decode("rows")))
        }
        var makings: [SchemaRollbackPlan.Making] = []
        if try session.decode("has_makings") {
            for row in try await connection.rows(SchemaQuery.rollbackMakings()) {
                makings.append(
                    SchemaRollbackPlan.Making(
                        kind: try row.decode("kind"), name: try row.decode("name"),
                        obstacle: try row.decodeIfPresent("obstacle")))
            }
        }
        var records: [RelationName] = []
        for row in try await connection.rows(SchemaQuery.foreignRecords(nil)) { records.append(try RelationName(row)) }
        return SchemaRollbackPlan(
            database: try session.decode("database"), migrations: migrations.map(PendingMigration.init),
            tables: tables, makings: makings, foreignRecords: records, script: script(migrations, dropsRows: true))
    }

    /// One message of the simple protocol, which the server runs as one transaction.
    private func script(_ migrations: [Migration], dropsRows: Bool) -> String {
        let guardian = dropsRows ? [] : [EmbeddedSQL.query(named: "schema_rollback_guard")]
        // The record first: the first migration, when it is taken back, takes the whole table with it.
        let texts = migrations.flatMap { migration in
            ["DELETE FROM \(set.historyTable) WHERE number = \(migration.number)", migration.down?.text ?? ""]
        }
        return (guardian + texts).joined(separator: "\n;\n")
    }

    // MARK: - Before anything is changed

    private func runner(_ connection: Connection) -> MigrationRunner {
        // Nothing is recorded, so that no version is needed.
        MigrationRunner(connection: connection, set: set, programVersion: "")
    }

    private func irreversible(_ migrations: [Migration]) throws(ServerFailure) {
        guard let migration = migrations.first(where: { $0.down == nil }) else { return }
        throw ServerFailure(
            failureClass: .other, message: "\(migration.label) only goes forward; nothing was changed",
            cure: "restore a backup from before it")
    }

    private func requireName(_ wanted: String, _ connection: Connection) async throws(ServerFailure) {
        let name: String
        do throws(PostgresError) {
            name = try await connection.row(SchemaQuery.rollbackSession()).decode("database")
        } catch {
            throw ServerFailure(error)
        }
        guard name == wanted else {
            throw ServerFailure(
                failureClass: .other, message: "this is database \(name), not \(wanted); nothing was changed")
        }
    }
}

/// What the server says while it works. It comes on the connection's own queue.
private final class Remarks: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ notice: Notice) {
        let detail = notice.detail.map { " (\($0.split(separator: "\n").joined(separator: ", ")))" } ?? ""
        lines.withLock { $0.append(notice.message + detail) }
    }
}
