import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import Synchronization
import TestSupport
import Testing

@testable import EmbeddedSQL
@testable import SchemaManagement

@Suite("Schema installer")
struct SchemaInstallerTests {
    // MARK: - The embedded schema

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func appliesEveryMigrationWithItsRecordAndThenNothing(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let installer = installer(database, version: "1.2.3")
            let pending = try await installer.plan()
            #expect(pending.map(\.number) == Array(1...EmbeddedSQL.migrations.count))

            let seen = Mutex<[String]>([])
            let first = try await installer.apply { done in seen.withLock { $0.append(done.migration.label) } }
            #expect(first.applied.map(\.migration) == pending)
            #expect(first.schemaVersion == EmbeddedSQL.migrations.count)
            #expect(seen.withLock { $0 } == pending.map(\.label))

            // The record as psql reads it, the checksums as coreutils would compute them: over the files' bytes.
            let record = try await database.psql(
                """
                SELECT number, name, applied_by, pgtend_version, applied_at <= now()
                FROM pgtend.schema_migrations ORDER BY number
                """)
            #expect(record.split(separator: "\n").count == pending.count)
            #expect(record.hasPrefix("1|consolidated_schema|postgres|1.2.3|t"))
            for migration in EmbeddedSQL.migrations {
                let checksum = try await sha256(migration.text)
                let recorded = try await database.psql(
                    "SELECT checksum FROM pgtend.schema_migrations WHERE number = \(migration.number)")
                #expect(recorded == checksum, "\(migration.name)")
            }
            #expect(try await database.psql("SELECT count(*) FROM mcp.embeddings") == "0")

            let second = try await installer.apply()
            #expect(second == AppliedMigrations(applied: [], schemaVersion: pending.count))
            #expect(try await installer.plan().isEmpty)
        }
    }

    @Test func planningLeavesNothingBehind() async throws {
        try await TestDatabase.with { database in
            _ = try await installer(database).plan()
            #expect(try await database.psql("SELECT to_regnamespace('pgtend') IS NULL") == "t")
        }
    }

    @Test func aServerWithoutPgvectorIsRefusedWithThePackageToInstall() async throws {
        try await TestDatabase.with(.v15) { database in
            let failure = try await #require(rejection { try await installer(database).apply() })
            #expect(failure.sqlState == .featureNotSupported)
            #expect(failure.message.contains("0001_consolidated_schema: this schema needs the extension \"vector\""))
            #expect(failure.message.hasSuffix("; nothing was changed"))
            #expect(failure.detail == nil)
            #expect(failure.hint?.contains("postgresql-15-pgvector") == true)
            #expect(try await database.psql("SELECT to_regnamespace('pgtend') IS NULL") == "t")
        }
    }

    @Test func goesOnBehindAnyMigrationAtWhichItWasStopped() async throws {
        try await TestDatabase.with { database in
            for count in 1...small.count {
                let upToHere = installer(database, migrations: Array(small.prefix(count)))
                let applied = try await upToHere.apply().applied
                #expect(applied.map(\.migration.number) == [count])
            }
        }
    }

    // MARK: - What does not fit

    @Test func anEditedMigrationIsNamedWithBothChecksums() async throws {
        try await TestDatabase.with(.v15) { database in
            _ = try await installer(database, migrations: small).apply()
            let edited = [small[0], migration(2, "second", "CREATE TABLE public.second (id bigint)"), small[2]]
            for call in calls {
                let failure = try await #require(rejection { try await call(installer(database, migrations: edited)) })
                #expect(failure.message.contains("0002_second"))
                for text in [small[1].text, edited[1].text] {
                    let checksum = try await sha256(text)
                    #expect(failure.message.contains(checksum))
                }
            }
        }
    }

    @Test func aDatabaseFromANewerVersionIsRefused() async throws {
        try await TestDatabase.with(.v15) { database in
            _ = try await installer(database, migrations: small).apply()
            let older = installer(database, migrations: Array(small.dropLast()))
            let failure = try await #require(rejection { try await older.apply() })
            #expect(failure.message == "the database has had migration 3 (third) of a newer pgtend; this one knows 2")
        }
    }

    @Test func aGapInTheRecordIsRefused() async throws {
        try await TestDatabase.with(.v15) { database in
            _ = try await installer(database, migrations: small).apply()
            try await database.psql("DELETE FROM pgtend.schema_migrations WHERE number = 2")
            let failure = try await #require(rejection { try await installer(database, migrations: small).apply() })
            #expect(failure.message.contains("no row for 0002_second"))
        }
    }

    // MARK: - Failures

    @Test func aFailingMigrationIsNamedWithItsLineAndLeavesNothing() async throws {
        try await TestDatabase.with(.v15) { database in
            let broken = migration(
                2, "broken", "CREATE TABLE public.halfway (id integer);\nSELECT 1\n    FROM public.nowhere;\n-- end")
            let failure = try await #require(
                rejection { try await installer(database, migrations: [small[0], broken]).apply() })
            #expect(failure.sqlState == .undefinedTable)
            #expect(
                failure.message == "0002_broken.sql, line 3: relation \"public.nowhere\" does not exist; "
                    + "nothing of this migration remains, all before it are applied")
            let left =
                "SELECT to_regclass('public.first') IS NOT NULL, to_regclass('public.halfway') IS NULL, "
                + "(SELECT string_agg(name, ',') FROM pgtend.schema_migrations)"
            #expect(try await database.psql(left) == "t|t|first")
        }
    }

    @Test func aTextThatEndsInACommentStillGetsItsRecord() async throws {
        try await TestDatabase.with(.v15) { database in
            let commented = migration(1, "commented", "CREATE TABLE public.commented () -- without a semicolon")
            let applied = try await installer(database, migrations: [commented]).apply().applied
            #expect(applied.count == 1)
            let recorded = try await database.psql("SELECT name FROM pgtend.schema_migrations")
            #expect(recorded == "commented")
        }
    }

    /// A lock of the test's own holds the second migration in its middle; then the task is cancelled.
    @Test func aCancelledCallLeavesWholeMigrationsAndTheNextCompletes() async throws {
        try await TestDatabase.with(.v15) { database in
            let key = "pg_advisory_xact_lock(77)"
            let second = migration(
                2, "second", "CREATE TABLE public.second (id integer); DO $$ BEGIN PERFORM \(key); END $$;")
            let installer = installer(database, migrations: [small[0], second, small[2]])
            let holder = try await Connection.open(ConnectionInfo(parsing: database.conninfo()))
            try await holder.script(unsafe: "BEGIN; SELECT \(key)")

            let task = Task { try await rejection { try await installer.apply() } }
            while try await database.psql(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 77") == "0"
            {}
            task.cancel()
            let failure = try await #require(task.value)
            #expect(failure.failureClass == .cancelled)
            #expect(failure.message == "told to stop during 0002_second, of which nothing remains")
            await holder.close()

            #expect(try await database.psql("SELECT to_regclass('public.second') IS NULL") == "t")
            #expect(try await installer.apply().applied.map(\.migration.number) == [2, 3])
        }
    }

    /// The backend is terminated while it works on the second of three migrations.
    @Test func aKilledBackendLeavesWholeMigrationsAndTheNextCallCompletes() async throws {
        try await TestDatabase.with(.v15) { database in
            let suicide = migration(
                2, "second",
                """
                CREATE TABLE public.second (id integer);
                DO $$ BEGIN
                    IF to_regclass('public.spared') IS NULL THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                END $$;
                """)
            let installer = installer(database, migrations: [small[0], suicide, small[2]])
            let failure = try await #require(rejection { try await installer.apply() })
            #expect(failure.failureClass == .connection)
            #expect(failure.message.contains("applied as a whole or not at all"))
            #expect(try await database.psql("SELECT to_regclass('public.second') IS NULL") == "t")
            try await database.psql("CREATE TABLE public.spared ()")
            #expect(try await installer.apply().applied.map(\.migration.number) == [2, 3])
        }
    }

    @Test func aSecondInstallerIsToldWhoIsAtWork() async throws {
        try await TestDatabase.with(.v15) { database in
            let holder = try await Connection.open(
                ConnectionInfo(parsing: database.conninfo(["application_name": "the other one"])))
            let number = MigrationSet.platform.lockNumber
            try await holder.execute("SELECT pg_advisory_lock(\(AdvisoryLock.key)::integer, \(number)::integer)")
            let pid = holder.server.backendPID
            let failure = try await #require(rejection { try await installer(database, migrations: small).apply() })
            #expect(failure.failureClass == .lockNotAvailable)
            #expect(
                failure.message.hasPrefix(
                    "another pgtend works on the schema of this database: pid \(pid) "
                        + "(postgres, the other one) from local socket, connected since "))
            await holder.close()
            #expect(try await installer(database, migrations: small).apply().applied.count == 3)
        }
    }

    @Test func installersAtTheSameTimeApplyEachMigrationOnce() async throws {
        try await TestDatabase.with(.v15) { database in
            let installer = installer(database, migrations: small)
            // One that waited too long for the lock is told so; on a busy machine that may be any but one.
            let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        do {
                            return try await installer.apply().applied.count
                        } catch let failure as ServerFailure where failure.failureClass == .lockNotAvailable {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.compactMap(\.self).filter { $0 > 0 } == [3])
            #expect(try await installer.plan().isEmpty)
        }
    }

    // MARK: - Rights

    /// Each right that is missing is named with its statement, and the statements are enough.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aRoleWithoutRightsIsToldTheStatementsThatMakeItOneWithEnough(version: PostgresVersion) async throws {
        // A cluster of its own: the roles of the schema are common to all databases of a cluster.
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster) { database in
            let role = "in \"stall\" er"
            try await database.psql(
                "CREATE ROLE \(SQLIdentifier(role).quoted) LOGIN; REVOKE USAGE ON SCHEMA public FROM PUBLIC")
            let installer = SchemaInstaller(
                conninfo: database.conninfo(user: role), applicationName: "test", programVersion: "0")
            let failure = try await #require(rejection { try await installer.apply() })
            #expect(failure.failureClass == .privilege)
            for right in [
                "CREATE on database", "mcp_owner", "mcp_application", "mcp_readonly", "extension vector",
                "USAGE on schema public, in which pgvector lives, to mcp_application, mcp_owner, mcp_readonly",
            ] {
                #expect(failure.message.contains(right))
            }
            let cure = try #require(failure.cure?.description)
            let start = try #require(cure.range(of: "let one run: "))
            try await database.psql(String(cure[start.upperBound...]))
            let done = try await installer.apply()
            #expect(!done.applied.isEmpty)
            #expect(try await installer.plan().isEmpty)
        }
        try await cluster.destroy()
    }

    // MARK: - Tools

    private let small = [
        migration(1, "first", "CREATE TABLE public.first (id integer);"),
        migration(2, "second", "CREATE TABLE public.second (id integer);"),
        migration(3, "third", "CREATE TABLE public.third (id integer);"),
    ]

    private func installer(
        _ database: TestDatabase, version: String = "0", migrations: [Migration] = EmbeddedSQL.migrations
    ) -> SchemaInstaller {
        var set = MigrationSet.platform
        set.migrations = migrations
        return SchemaInstaller(
            conninfo: database.conninfo(), applicationName: "test", programVersion: version, set: set)
    }

    private let calls: [@Sendable (SchemaInstaller) async throws -> Void] = [
        { _ = try await $0.plan() }, { _ = try await $0.apply() },
    ]

    /// What coreutils make of the text.
    private func sha256(_ text: String) async throws -> String {
        let result = try await Program.run("/usr/bin/sha256sum", ["-"], input: .text(text))
        return String(result.standardOutput.prefix(64))
    }
}

/// The failure that `call` ends with; nil when it succeeds. Any other error is the test's.
private func rejection<Value>(_ call: () async throws -> Value) async throws -> ServerFailure? {
    do {
        _ = try await call()
        return nil
    } catch let failure as ServerFailure {
        return failure
    }
}

private func migration(_ number: Int, _ name: String, _ text: String) -> Migration {
    Migration(number: number, name: name, parts: [Migration.Part(path: "000\(number)_\(name).sql", text: text)])
}
