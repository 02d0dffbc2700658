import EmbeddedSQL
import Maintenance
import PostgresClient

/// Brings a database to a schema that is embedded in the program: a set of migrations, in order, each in one
/// transaction with its row in the set's table of migrations.
///
/// However a call ends, every migration is there as a whole or not at all, and the next call goes on behind the last
/// one. What was applied before is compared by checksum first: a database whose record is no beginning of this
/// program's list is left alone.
package struct SchemaInstaller: Sendable {
    private let conninfo: String
    private let applicationName: String
    private let programVersion: String
    private let set: MigrationSet
    private let acceptsSessionPooler: Bool

    /// How long one statement of a migration may take, and wait for one lock of the application's.
    private static let statementTimeout = "30min"
    private static let lockTimeout = "10s"

    /// - Parameters:
    ///   - conninfo: of the database; its role has to be a superuser, or to have the rights that `apply` asks for.
    ///   - applicationName: what `pg_stat_activity` shows.
    ///   - programVersion: what is recorded beside each migration.
    ///   - acceptsSessionPooler: as in `SessionOptions`.
    package init(
        conninfo: String, applicationName: String, programVersion: String, set: MigrationSet = .platform,
        acceptsSessionPooler: Bool = false
    ) {
        self.conninfo = conninfo
        self.applicationName = applicationName
        self.programVersion = programVersion
        self.set = set
        self.acceptsSessionPooler = acceptsSessionPooler
    }

    /// What `apply` would apply now, in order; empty for a database that is up to date. Changes nothing, and needs no
    /// right beyond connecting.
    package func plan() async throws(ServerFailure) -> [PendingMigration] {
        try await connected { (connection, hasHistory) async throws(ServerFailure) in
            try await pending(on: connection, hasHistory).migrations.map(PendingMigration.init)
        }
    }

    /// Applies what is pending. Cancelling the task cancels the running migration on the server, which rolls it back;
    /// those before it stay.
    ///
    /// Locks: an advisory one against a second installer for as long as it works; each migration what its DDL needs,
    /// waiting 10 seconds at most for each.
    ///
    /// - Parameter progress: called after each commit.
    /// - Throws: before anything is changed: a standby, a pooling proxy, another installer at work, a record that does
    ///   not fit, missing rights. Later: the migration that failed, with the server's words; nothing of it remains.
    package func apply(
        progress: @Sendable (AppliedMigration) -> Void = { _ in }
    ) async throws(ServerFailure) -> AppliedMigrations {
        try await connected { (connection, _) async throws(ServerFailure) in
            try await SchemaLock(connection: connection, set: set).take()
            // Only now: while we waited for the lock another installer may have made the table.
            let hasHistory = try await hasHistory(on: connection)
            let (pending, checksums) = try await pending(on: connection, hasHistory)
            if !pending.isEmpty { try await requireRights(connection) }
            try await limitStatements(connection)
            var applied: [AppliedMigration] = []
            for migration in pending {
                let start = ContinuousClock.now
                let isFirst = !hasHistory && applied.isEmpty
                let table = isFirst ? EmbeddedSQL.query(named: set.historyTableFile) : ""
                try await apply(migration, checksum: checksums[migration.number] ?? "", table, on: connection)
                let done = AppliedMigration(
                    migration: PendingMigration(migration), duration: start.duration(to: .now))
                applied.append(done)
                progress(done)
            }
            return AppliedMigrations(applied: applied, schemaNumber: set.migrations.count)
        }
    }

    // MARK: - Before anything is changed

    private func connected<Value: Sendable>(
        _ body: (Connection, _ hasHistory: Bool) async throws(ServerFailure) -> Value
    ) async throws(ServerFailure) -> Value {
        let connection: Connection
        do throws(PostgresError) {
            connection = try await Connection.open(
                ConnectionInfo(parsing: conninfo),
                options: SessionOptions(
                    applicationName: applicationName, acceptsSessionPooler: acceptsSessionPooler))
        } catch {
            throw ServerFailure(error)
        }
        do throws(ServerFailure) {
            try await connection.requirePrimary()
            let value = try await body(connection, try await hasHistory(on: connection))
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private func hasHistory(on connection: Connection) async throws(ServerFailure) -> Bool {
        do throws(PostgresError) {
            return try await connection.row(set.session()).decode("has_history")
        } catch {
            throw ServerFailure(error)
        }
    }

    private func pending(
        on connection: Connection, _ hasHistory: Bool
    ) async throws(ServerFailure) -> (migrations: [Migration], checksums: [Int: String]) {
        var checksums: [Int: String] = [:]
        var recorded: [SchemaHistory.Record] = []
        do throws(PostgresError) {
            for row in try await connection.rows(
                SchemaQuery.checksums(set.migrations.map(\.number), set.migrations.map(\.text)))
            {
                checksums[try row.decode("number")] = try row.decode("checksum")
            }
            for row in hasHistory ? try await connection.rows(set.history()) : [] {
                recorded.append(
                    SchemaHistory.Record(
                        number: try row.decode("number"), name: try row.decode("name"),
                        checksum: try row.decode("checksum")))
            }
        } catch {
            throw ServerFailure(error)
        }
        let history = SchemaHistory(recorded: recorded, set: set, checksums: checksums)
        return (try history.pending(), checksums)
    }

    private func requireRights(_ connection: Connection) async throws(ServerFailure) {
        var missing: [String] = []
        var cures: [String] = []
        do throws(PostgresError) {
            for row in try await connection.rows(set.rights()) {
                missing.append(try row.decode("missing"))
                cures.append(try row.decode("cure") + ";")
            }
        } catch {
            throw ServerFailure(error)
        }
        guard missing.isEmpty else {
            throw ServerFailure(
                failureClass: .privilege, sqlState: SQLState.insufficientPrivilege.rawValue,
                message: "role \(connection.server.user) may not apply \(set.title), and nothing was changed; "
                    + "it lacks: \(missing.joined(separator: "; "))",
                cure: "\(set.otherwise): \(cures.joined(separator: " "))")
        }
    }

    private func limitStatements(_ connection: Connection) async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.script(
                unsafe: "SET lock_timeout = '\(Self.lockTimeout)'; SET statement_timeout = '\(Self.statementTimeout)'")
        } catch {
            throw ServerFailure(error)
        }
    }

    // MARK: - One migration

    /// Text and record go as one message of the simple protocol, which the server runs as one transaction: there is no
    /// COMMIT of ours that could be lost or cancelled on its way.
    ///
    /// - Parameter historyTable: the statements that make the table of the record, where it is not there yet.
    private func apply(
        _ migration: Migration, checksum: String, _ historyTable: String, on connection: Connection
    ) async throws(ServerFailure) {
        do throws(PostgresError) {
            let name = try SQLLiteral(migration.name).quoted
            let version = try SQLLiteral(programVersion).quoted
            let record = """
                INSERT INTO \(set.historyTable) (number, name, checksum, pgtend_version)
                VALUES (\(migration.number), \(name), \(try SQLLiteral(checksum).quoted), \(version))
                """
            // Each from a line of its own: the one before may end in a comment.
            try await connection.script(unsafe: [migration.text, historyTable, record].joined(separator: "\n;\n"))
        } catch {
            throw ServerFailure(error, in: migration)
        }
    }
}
