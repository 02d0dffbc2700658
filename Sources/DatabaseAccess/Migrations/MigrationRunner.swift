import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText

/// Applies a set of migrations over one session: in order, each in one transaction together with its row in the set's
/// history table.
package struct MigrationRunner {
    package let connection: Connection
    package let set: MigrationSet
    /// Recorded with each migration.
    package let programVersion: String

    package init(connection: Connection, set: MigrationSet, programVersion: String) {
        self.connection = connection
        self.set = set
        self.programVersion = programVersion
    }

    /// The limit of one statement of a migration.
    private static let statementTimeout = "30min"

    /// The migrations that are still to be applied, in order; empty if the database is up to date. Changes nothing.
    package func pending() async throws(ServerFailure) -> [Migration] {
        try await pending(hasHistory()).migrations
    }

    /// The migrations that have been applied, the newest first. Changes nothing.
    package func applied() async throws(ServerFailure) -> [Migration] {
        let hasHistory = try await hasHistory()
        let pending = try await pending(hasHistory).migrations
        return set.migrations.dropLast(pending.count).reversed()
    }

    /// Applies the pending migrations while holding the set's advisory lock. Afterwards the lock is released, and the
    /// session has its own settings again.
    ///
    /// - Parameter progress: called after each commit.
    /// - Throws: before anything is changed if the lock is not available, the history does not match, or a privilege is
    ///   missing; later the failure of a migration, of which nothing remains.
    package func apply(
        progress: @Sendable (AppliedMigration) -> Void = { _ in }
    ) async throws(ServerFailure) -> AppliedMigrations {
        let lock = MigrationLock(connection: connection, set: set)
        try await lock.acquire()
        do throws(ServerFailure) {
            let applied = try await applyPending(progress)
            try await lock.release()
            return applied
        } catch {
            if !connection.isBroken { try await lock.release() }
            throw error
        }
    }

    /// Records migrations as applied without running them, for a database that already has their objects.
    ///
    /// - Parameter last: the number of the last one; nil for all.
    package func adopt(through last: Int? = nil) async throws(ServerFailure) {
        let hasHistory = try await hasHistory()
        var (pending, checksums) = try await pending(hasHistory)
        if let last { pending.removeAll { $0.number > last } }
        guard !pending.isEmpty else { return }
        do throws(PostgresError) {
            let table = hasHistory ? [] : createdObjects + [EmbeddedSQL.query(set.historyTableFile)]
            let records = try pending.map { (migration) throws(PostgresError) in
                try spelled(
                    self.set.record(
                        of: migration, checksum: SQLLiteral(checksums[migration.number] ?? "").quoted,
                        by: programVersion))
            }
            try await connection.script(
                unsafe: (table + records + [try set.revocation(areAllNew: !hasHistory), try set.proof()]).joined(
                    separator: Self.separator))
        } catch {
            throw ServerFailure(error)
        }
    }

    private func applyPending(
        _ progress: @Sendable (AppliedMigration) -> Void
    ) async throws(ServerFailure) -> AppliedMigrations {
        // Asked under the lock only: another installer may have created the table while this one waited.
        let hasHistory = try await hasHistory()
        let (pending, checksums) = try await pending(hasHistory)
        if !pending.isEmpty { try await requirePrivileges() }
        try await setTimeouts()
        var applied: [AppliedMigration] = []
        for migration in pending {
            let start = ContinuousClock.now
            let isFirst = !hasHistory && applied.isEmpty
            let table = isFirst ? EmbeddedSQL.query(set.historyTableFile) : ""
            try await apply(migration, checksum: checksums[migration.number] ?? "", table, areAllNew: !hasHistory)
            let done = AppliedMigration(
                migration: migration, duration: start.duration(to: .now))
            applied.append(done)
            progress(done)
        }
        return AppliedMigrations(applied: applied, schemaVersion: set.migrations.count)
    }

    // MARK: - Before anything is changed

    private func hasHistory() async throws(ServerFailure) -> Bool {
        guard try await connection.hasRecord(of: set) else { return false }
        do throws(PostgresError) {
            return try await connection.row(set.hasHistoryQuery).decode("has_history")
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
            for row in hasHistory ? try await connection.rows(set.historyQuery) : [] {
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

    private func requirePrivileges() async throws(ServerFailure) {
        let missing: [MissingPrivilege]
        do throws(PostgresError) {
            missing = try await connection.missingPrivileges(set.missingPrivilegesQuery)
        } catch {
            throw ServerFailure(error)
        }
        guard missing.isEmpty else {
            throw ServerFailure(
                missing, of: connection.server.user, "apply \(set.title)", superuserCure: set.superuserCure)
        }
    }

    /// Sets `lock_timeout` of the session to the set's `tableLockTimeout`, and `statement_timeout` to 30 minutes.
    package func setTimeouts() async throws(ServerFailure) {
        do throws(PostgresError) {
            try await connection.script(
                unsafe: "SET lock_timeout = '\(set.tableLockTimeout.milliseconds)ms'; "
                    + "SET statement_timeout = '\(Self.statementTimeout)'")
        } catch {
            throw ServerFailure(error)
        }
    }

    // MARK: - One migration

    /// Sends the migration and its history row as one simple query message, which the server runs as one transaction:
    /// there is no separate COMMIT that could be lost or cancelled.
    ///
    /// - Parameters:
    ///   - historyTable: the statements that create the history table, or an empty string if it exists.
    ///   - areAllNew: whether there was none when the call began.
    private func apply(
        _ migration: Migration, checksum: String, _ historyTable: String, areAllNew: Bool
    ) async throws(ServerFailure) {
        // Whoever made our schema while we were about to would have it filled: so this is proved before the first row.
        var before = ""
        do throws(PostgresError) {
            let (proof, revocation) = (try set.proof(), try set.revocation(areAllNew: areAllNew))
            // Each part begins on a new line, since the one before it may end in a comment.
            before = (createdObjects + [revocation, proof] + [set.firstProof].compactMap(\.self) + [""]).joined(
                separator: Self.separator)
            let record = try spelled(
                self.set.record(of: migration, checksum: SQLLiteral(checksum).quoted, by: programVersion))
            let parts =
                [before + migration.text, historyTable, record, revocation, proof]
                + [set.lastProof].compactMap(\.self)
            try await connection.script(unsafe: parts.joined(separator: Self.separator))
        } catch {
            throw ServerFailure(error, in: migration, after: before.unicodeScalars.count)
        }
    }

    /// Makes the table of the objects outside the set's schema, unless it stands.
    private var createdObjects: [String] { self.set.createdObjectsFile.map { [EmbeddedSQL.text($0)] } ?? [] }

    private static let separator = "\n;\n"
}

extension MigrationSet {
    /// The statement that records a migration as applied.
    ///
    /// - Parameters:
    ///   - checksum: of its text, as an expression of SQL.
    ///   - programVersion: of the program that applies it.
    package func record(
        of migration: Migration, checksum: String, by programVersion: String
    ) throws(SQLTextError) -> String {
        let name = try SQLLiteral(migration.name).quoted
        let version = try SQLLiteral(programVersion).quoted
        return """
            INSERT INTO \(historyTable) (number, name, checksum, pgtend_version)
            VALUES (\(migration.number), \(name), \(checksum), \(version))
            """
    }
}

/// The result of ``MigrationRunner/apply(progress:)``.
package struct AppliedMigrations: Hashable, Sendable {
    /// The migrations that the call applied, in order; empty if the database was up to date.
    package let applied: [AppliedMigration]
    /// The number of the newest migration that the database has.
    package let schemaVersion: Int

    package init(applied: [AppliedMigration], schemaVersion: Int) {
        self.applied = applied
        self.schemaVersion = schemaVersion
    }
}

/// A migration that was committed.
package struct AppliedMigration: Hashable, Sendable {
    package let migration: Migration
    package let duration: Duration
}
