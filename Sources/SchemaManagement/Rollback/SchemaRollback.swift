import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign
import Synchronization

/// Takes a schema that is embedded in the program back out of a database: every migration that the database has had,
/// the newest first, in one transaction with the record of it.
///
/// However a call ends, everything is gone or everything is there.
package struct SchemaRollback: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let set: MigrationSet
    /// How long each lock is waited for.
    var lockPatience = Duration.seconds(10)

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
            try irreversible(migrations)
            try await limitLocks(connection)
            let standing = try await standing(connection)
            do throws(PostgresError) {
                return try await plan(connection, migrations, standing)
            } catch {
                switch FailureClass(error) {
                case .lockNotAvailable:
                    throw ServerFailure(
                        error, countingRows: try await blockers(of: standing, "ACCESS SHARE", connection, after: error))
                // Who may not even read is told all that is missing, and not the first table of many.
                case .privilege:
                    try await requireRights(standing, connection)
                    throw ServerFailure(error)
                default: throw ServerFailure(error)
                }
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
            let standing = try await standing(connection)
            try await requireRights(standing, connection)
            try await runner.limitStatements()
            try await limitLocks(connection)
            do throws(PostgresError) {
                try await connection.execute(
                    "SELECT set_config('pgtend.rollback_tables', \(Self.made.names(.table))::text[]::text, false)")
                try await connection.script(unsafe: script(migrations, dropsRows: dropsRows))
            } catch {
                let blockers =
                    FailureClass(error) == .lockNotAvailable
                    ? try await blockers(of: standing, LockMode.accessExclusive.rawValue, connection, after: error) : []
                throw ServerFailure(error, takingBack: migrations, blockers)
            }
            return SchemaRollbackOutcome(migrations: migrations.map(PendingMigration.init), remarks: remarks.all)
        }
    }

    // MARK: - What stands there

    /// What the migrations make, by what servers told of the schema: an object that somebody else has made under such a
    /// name is dropped, too.
    private struct Made {
        let objects: [CatalogObject]
        /// On the schema.
        let comment: String?

        func names(_ kind: CatalogObject.Kind) -> [String] { objects.filter { $0.kind == kind }.map(\.name) }
    }

    private static let made: Made = {
        let recorded = RecordedFacts.platform
        let facts = recorded.facts(major: recorded.majors[0], extensionSchemas: [:])
        return Made(
            objects: [.table, .view, .materializedView, .function, .type].flatMap { facts.objects($0) },
            comment: facts[CatalogObject(.schema, recorded.schema), .comment])
    }()

    /// What of it stands in the database, with pgtend's record, and what was made besides.
    private struct Standing {
        /// One object, by its place in the catalogs.
        struct Object {
            let kind: String
            let name: RelationName
            let catalog: Int
            let oid: Int

            var isRelation: Bool {
                ![CatalogObject.Kind.function.rawValue, CatalogObject.Kind.type.rawValue].contains(kind)
            }
        }

        struct Making {
            let making: SchemaRollbackPlan.Making
            let maker: String
        }

        let database: String
        let objects: [Object]
        let makings: [Making]

        func objects(_ kind: CatalogObject.Kind) -> [Object] { objects.filter { $0.kind == kind.rawValue } }
        /// Of the schema itself.
        var own: [Object] { objects.filter { $0.kind != "record" && $0.kind != CatalogObject.Kind.partition.rawValue } }
        var relations: [Object] { objects.filter(\.isRelation) }
        var routinesAndTypes: [Object] { objects.filter { !$0.isRelation } }
    }

    private func standing(_ connection: Connection) async throws(ServerFailure) -> Standing {
        do throws(PostgresError) {
            let session = try await connection.row(SchemaQuery.rollbackSession())
            let made = Self.made.objects
            let objects = try await connection.rows(
                SchemaQuery.rollbackObjects(made.map(\.kind.rawValue), made.map(\.name))
            ).map { (row) throws(PostgresError) in
                Standing.Object(
                    kind: try row.decode("kind"), name: try RelationName(row), catalog: try row.decode("class"),
                    oid: try row.decode("object"))
            }
            var makings: [Standing.Making] = []
            if try session.decode("has_makings") {
                makings = try await connection.rows(
                    SchemaQuery.rollbackMakings(objects.map(\.catalog), objects.map(\.oid), Self.made.comment)
                ).map { (row) throws(PostgresError) in
                    Standing.Making(
                        making: SchemaRollbackPlan.Making(
                            kind: try row.decode("kind"), name: try row.decode("name"),
                            detail: try row.decode("detail"),
                            obstacle: try row.decodeIfPresent("obstacle")),
                        maker: try row.decode("made_by"))
                }
            }
            return Standing(database: try session.decode("database"), objects: objects, makings: makings)
        } catch {
            throw ServerFailure(error)
        }
    }

    // MARK: - What would be done

    private func plan(
        _ connection: Connection, _ migrations: [Migration], _ standing: Standing
    ) async throws(PostgresError) -> SchemaRollbackPlan {
        var tables: [SchemaRollbackPlan.Table] = []
        for name in standing.objects(.table).map(\.name) {
            let bounded = "SELECT FROM \(try spelled(name.quoted)) LIMIT \(SchemaRollbackPlan.Table.bound)"
            do throws(PostgresError) {
                let count = try await connection.row(
                    Statement(unsafe: "SELECT count(*) AS rows FROM (\(bounded)) AS r"))
                tables.append(SchemaRollbackPlan.Table(name: name, rows: try count.decode("rows")))
            } catch {
                // Somebody else has taken the schema back since.
                guard error.sqlState == .undefinedTable || error.sqlState == .invalidSchemaName else { throw error }
            }
        }
        var (obstacles, bystanders): ([String], [String]) = ([], [])
        // What is not recorded has no maker.
        let made = standing.makings.filter { !$0.maker.isEmpty }.map(\.making)
        let makesSchema = made.contains { $0.kind == .schema && $0.name == RecordedFacts.platform.schema }
        let extensions = made.filter { $0.kind == .extension }.map(\.name)
        let catalogs = standing.objects.map(\.catalog)
        for row in try await connection.rows(
            SchemaQuery.rollbackForeign(catalogs, standing.objects.map(\.oid), makesSchema, extensions))
        {
            let stops: Bool = try row.decode("stops")
            if stops { obstacles.append(try row.decode("name")) } else { bystanders.append(try row.decode("name")) }
        }
        var records: [RelationName] = []
        for row in try await connection.rows(SchemaQuery.foreignRecords(nil)) { records.append(try RelationName(row)) }
        let partitions = standing.objects(.partition).map(\.name)
        return SchemaRollbackPlan(
            database: standing.database, migrations: migrations.map(PendingMigration.init),
            objects: standing.own.count, tables: tables,
            partitionsElsewhere: partitions.filter { $0.schema != RecordedFacts.platform.schema },
            makings: standing.makings.map(\.making), obstacles: obstacles, bystanders: bystanders,
            missingRights: try await missingRights(standing, connection),
            foreignRecords: records, script: script(migrations, dropsRows: true))
    }

    /// One message of the simple protocol, which the server runs as one transaction.
    private func script(_ migrations: [Migration], dropsRows: Bool) -> String {
        let guardian = dropsRows ? [] : [EmbeddedSQL.query("mcp/queries/rollback/guard")]
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
            failureClass: .refused, message: "\(migration.label) only goes forward; nothing was changed",
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

    private func limitLocks(_ connection: Connection) async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.script(unsafe: "SET lock_timeout = '\(lockPatience.milliseconds)ms'")
        } catch {
            throw ServerFailure(error)
        }
    }

    private func requireRights(_ standing: Standing, _ connection: Connection) async throws(ServerFailure) {
        let missing: [MissingRight]
        do throws(PostgresError) {
            missing = try await missingRights(standing, connection)
        } catch {
            throw ServerFailure(error)
        }
        guard missing.isEmpty else {
            throw ServerFailure(
                missing, of: connection.server.user, "take the schema back",
                otherwise: "do it as a superuser, or let one run")
        }
    }

    private func missingRights(
        _ standing: Standing, _ connection: Connection
    ) async throws(PostgresError) -> [MissingRight] {
        // A partition goes with its table, whoever owns it.
        let owned = standing.objects.filter { $0.kind != CatalogObject.Kind.partition.rawValue }
        // What stays takes no right.
        let makings = standing.makings.filter { $0.making.obstacle == nil }
        return try await connection.missingRights(
            SchemaQuery.rollbackRights(
                owned.map(\.catalog), owned.map(\.oid), makings.map(\.making.kind.rawValue), makings.map(\.making.name),
                makings.map(\.making.detail), makings.map(\.maker)))
    }

    /// Asked right after the failure: whoever held the lock for all that time mostly still has it.
    ///
    /// - Throws: the failure itself where that cannot be asked: it is what is told.
    private func blockers(
        of standing: Standing, _ mode: String, _ connection: Connection, after failure: PostgresError
    ) async throws(ServerFailure) -> [Blocker] {
        do throws(PostgresError) {
            return try await connection.blockers(
                of: standing.relations.map { ($0.name, mode) },
                dropping: standing.routinesAndTypes.map { ($0.name, $0.catalog, $0.oid) })
        } catch {
            throw ServerFailure(failure)
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

extension SchemaRollbackPlan.Making.Kind: ColumnDecodable {
    package static var expectation: String { "role, extension, schema, usage, owner or comment" }

    package init?(column: String?, type: UInt32) {
        guard let kind = column.flatMap(Self.init(rawValue:)) else { return nil }
        self = kind
    }
}
