import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Applies a set of migrations over one session: in order, each in one transaction with its row in the set's table of
/// migrations.
package struct MigrationRunner {
    package let connection: Connection
    package let set: MigrationSet
    /// What is recorded beside each migration.
    package let programVersion: String

    package init(connection: Connection, set: MigrationSet, programVersion: String) {
        self.connection = connection
        self.set = set
        self.programVersion = programVersion
    }

    /// How long one statement of a migration may take, and wait for one lock of the application's.
    private static let statementTimeout = "30min"
    private static let lockTimeout = "10s"

    /// What is still to be applied; empty for a database that is up to date. Changes nothing.
    package func pending() async throws(ServerFailure) -> [Migration] {
        try await pending(hasHistory()).migrations
    }

    /// What the database has had, the newest first. Changes nothing.
    package func applied() async throws(ServerFailure) -> [Migration] {
        let hasHistory = try await hasHistory()
        let pending = try await pending(hasHistory).migrations
        return set.migrations.dropLast(pending.count).reversed()
    }

    /// Applies what is pending, under the set's advisory lock, which is given back; the session has its own limits again
    /// then.
    ///
    /// - Parameter progress: called after each commit.
    package func apply(
        progress: @Sendable (AppliedMigration) -> Void = { _ in }
    ) async throws(ServerFailure) -> AppliedMigrations {
        let lock = SchemaLock(connection: connection, set: set)
        try await lock.take()
        do throws(ServerFailure) {
            let applied = try await applyPending(progress)
            try await lock.giveBack()
            return applied
        } catch {
            if !connection.isBroken { try await lock.giveBack() }
            throw error
        }
    }

    /// Records all migrations as applied, of a database that has what they make.
    package func adopt() async throws(ServerFailure) {
        let hasHistory = try await hasHistory()
        let (pending, checksums) = try await pending(hasHistory)
        guard !pending.isEmpty else { return }
        do throws(PostgresError) {
            let createdObjects = set.createdObjectsFile.map { [EmbeddedSQL.text($0)] } ?? []
            let table = hasHistory ? [] : createdObjects + [EmbeddedSQL.query(set.historyTableFile)]
            let records = try pending.map { (migration) throws(PostgresError) in
                try spelled(record(of: migration, checksum: checksums[migration.number] ?? ""))
            }
            try await connection.script(unsafe: (table + records).joined(separator: "\n;\n"))
        } catch {
            throw ServerFailure(error)
        }
    }

    private func applyPending(
        _ progress: @Sendable (AppliedMigration) -> Void
    ) async throws(ServerFailure) -> AppliedMigrations {
        // Only under the lock: while we waited for it another installer may have made the table.
        let hasHistory = try await hasHistory()
        let (pending, checksums) = try await pending(hasHistory)
        if !pending.isEmpty { try await requireRights() }
        try await limitStatements()
        var applied: [AppliedMigration] = []
        for migration in pending {
            let start = ContinuousClock.now
            let isFirst = !hasHistory && applied.isEmpty
            let table = isFirst ? EmbeddedSQL.query(set.historyTableFile) : ""
            try await apply(migration, checksum: checksums[migration.number] ?? "", table)
            let done = AppliedMigration(
                migration: PendingMigration(migration), duration: start.duration(to: .now))
            applied.append(done)
            progress(done)
        }
        return AppliedMigrations(applied: applied, schemaNumber: set.migrations.count)
    }

    // MARK: - Before anything is changed

    private func hasHistory() async throws(ServerFailure) -> Bool {
        do throws(PostgresError) {
            return try await connection.row(set.session).decode("has_history")
        } catch {
            throw ServerFailure(error)
        }
    }

    private func pending(
        _ hasHistory: Bool
    ) async throws(ServerFailure) -> (migrations: [Migration], checksums: [Int: String]) {
        var checksums: [Int: String] = [:]
        var recorded: [SchemaHistory.Record] = []
        do throws(PostgresError) {
            for row in try await connection.rows(
                MigrationQuery.checksums(set.migrations.map(\.number), set.migrations.map(\.text)))
            {
                checksums[try row.decode("number")] = try row.decode("checksum")
            }
            for row in hasHistory ? try await connection.rows(set.history) : [] {
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

    private func requireRights() async throws(ServerFailure) {
        let missing: [MissingRight]
        do throws(PostgresError) {
            missing = try await connection.missingRights(set.rights)
        } catch {
            throw ServerFailure(error)
        }
        guard missing.isEmpty else {
            throw ServerFailure(missing, of: connection.server.user, "apply \(set.title)", otherwise: set.otherwise)
        }
    }

    package func limitStatements() async throws(ServerFailure) {
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
        _ migration: Migration, checksum: String, _ historyTable: String
    ) async throws(ServerFailure) {
        do throws(PostgresError) {
            let record = try spelled(record(of: migration, checksum: checksum))
            // Each from a line of its own: the one before may end in a comment.
            try await connection.script(unsafe: [migration.text, historyTable, record].joined(separator: "\n;\n"))
        } catch {
            throw ServerFailure(error, in: migration)
        }
    }

    private func record(of migration: Migration, checksum: String) throws(SQLTextError) -> String {
        let name = try SQLLiteral(migration.name).quoted
        let version = try SQLLiteral(programVersion).quoted
        return """
            INSERT INTO \(set.historyTable) (number, name, checksum, pgtend_version)
            VALUES (\(migration.number), \(name), \(try SQLLiteral(checksum).quoted), \(version))
            """
    }
}
