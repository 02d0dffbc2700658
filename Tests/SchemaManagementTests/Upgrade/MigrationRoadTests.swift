import DatabaseAccess
import Maintenance
import PostgresClient
import SchemaDesign
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

/// One source, three roads: an empty database runs a migration as a whole, one with rows step by step, and golang-migrate
/// as a whole beside the rows. They end alike.
@Suite("Roads of a later migration")
struct MigrationRoadTests {
    private static let recorded = "SELECT string_agg(number::text, ',' ORDER BY number) FROM pgtend.schema_migrations"

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func endAlike(version: PostgresVersion) async throws {
        let release = try await LaterMigrations.release(version)
        let whole = try await TestDatabase.with(version) { database in
            guard case .installed(let applied, let after) = try await Self.apply(database, release) else {
                throw TestFailure("not installed")
            }
            #expect(applied.applied.map(\.migration.number) == [1, 2, 3])
            #expect(after.isWhole)
            #expect(try await database.psql(Self.recorded) == "1,2,3")
            try await database.psql(LaterMigrations.rows)
            try await database.psql("UPDATE mcp.models SET is_active = false WHERE provider = 'gone'")
            return (try await database.facts(), try await LaterMigrations.content(database))
        }
        let stepwise = try await TestDatabase.with(version, template: LaterMigrations.withRows) { database in
            let verifier = SchemaVerifier(
                conninfo: database.conninfo(), applicationName: "pgtend test", release: release)
            #expect(try await verifier.verify().pending == ["0002_agent_handles", "0003_retired_models"])
            guard case .completed(let after) = try await Self.apply(database, release) else {
                throw TestFailure("not completed")
            }
            #expect(after.verification.gap.isClosed && after.plan.steps == [] && after.plan.refusals == [])
            #expect(try await verifier.verify().isWhole)
            #expect(try await database.psql(Self.recorded) == "1,2,3")
            #expect(
                try await database.psql(
                    "SELECT string_agg(step, ' ' ORDER BY number, step), sum(rows_changed) FROM pgtend.migration_steps")
                    == "01_regions 02_handle_function 03_handle 04_handles 05_validation 06_handle_index 07_keys "
                    + "08_region_names 01_retire|2020")
            guard case .upToDate = try await Self.apply(database, release) else { throw TestFailure("work is left") }
            return (try await database.facts(), try await LaterMigrations.content(database))
        }
        let byGolangMigrate = try await TestDatabase.with(version, template: LaterMigrations.withRows) { database in
            // Nothing but what golang-migrate knows.
            try await database.psql("DROP TABLE pgtend.schema_migrations")
            for migration in LaterMigrations.all {
                try await database.psql(LaterMigrations.asGolangMigrate(migration))
            }
            // That which changes rows alone is run once more, and finds nothing to do.
            _ = try await Self.apply(database, release)
            #expect(try await database.psql(Self.recorded) == "1,2,3")
            #expect(
                try await database.psql("SELECT number, step, rows_changed FROM pgtend.migration_steps")
                    == "3|01_retire|0")
            return (try await database.facts(), try await LaterMigrations.content(database))
        }
        #expect(stepwise.0.differences(from: whole.0) == [])
        #expect(byGolangMigrate.0.differences(from: whole.0) == [])
        #expect(stepwise.1 == whole.1 && byGolangMigrate.1 == whole.1)
    }

    /// A database that has lost something since: that is mended first, and by the planner of differences.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func beginWhereDriftIsMended(version: PostgresVersion) async throws {
        let release = try await LaterMigrations.release(version)
        try await TestDatabase.with(version, template: LaterMigrations.withRows) { database in
            try await database.psql("DROP INDEX mcp.agents_model_idx; DROP POLICY tenant_isolation ON mcp.agents")
            let repair = database.repairing(release: release)
            let plan = try await repair.plan()
            #expect(plan.plan.steps.allSatisfy { $0.migration == nil } && !plan.plan.steps.isEmpty)
            let after = try await repair.run(begun: { _ in }, done: { _, _ in })
            #expect(after.verification.gap.isClosed && after.plan.steps == [])
            #expect(try await database.psql(Self.recorded) == "1,2,3")
            #expect(try await database.psql("SELECT count(*) FROM mcp.agents WHERE handle = lower(name)") == "2000")
        }
    }

    /// The platform's own database, which has neither a record nor anything of the later migrations.
    @Test func leadFromTheDriftedDatabaseToTheEnd() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await TestDatabase.with(.v18, template: DriftedDatabase.small) { database in
            try await database.psql("UPDATE mcp.models SET provider = 'gone'")
            let after = try await database.repairing(release: release).run(begun: { _ in }, done: { _, _ in })
            #expect(after.plan.refusals == [])
            #expect(after.verification.gap.isClosed && after.plan.steps == [])
            #expect(try await database.psql(Self.recorded) == "1,2,3")
            #expect(try await database.psql("SELECT count(*) FROM mcp.models WHERE is_active") == "0")
            #expect(
                try await database.psql("SELECT count(*) FROM mcp.agents WHERE handle IS DISTINCT FROM lower(name)")
                    == "0")
            #expect(try await database.psql("SELECT version, dirty FROM public.schema_migrations") == "3|f")
        }
    }

    /// The index stands, as where the call ended before it was recorded; then the last migration alone is left.
    @Test func goOnFromWhatTheCatalogSays() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await TestDatabase.with(.v18, template: LaterMigrations.withRows) { database in
            var second = release
            second.set.migrations.removeLast()
            second.facts.removeLast()
            try await database.psql(
                "ALTER TABLE mcp.agents ADD COLUMN handle text; CREATE INDEX agents_handle_idx ON mcp.agents (tenant_id, handle)"
            )
            // The column is in the way of its step: the first two are recorded.
            #expect(
                await ServerFailure.of { _ = try await Self.apply(database, second) }?.sqlState?.rawValue == "42701")
            try await database.psql("ALTER TABLE mcp.agents DROP COLUMN handle CASCADE")
            _ = try await Self.apply(database, second)
            #expect(try await database.psql("SELECT count(*) FROM pgtend.migration_steps") == "8")
            try await database.psql(
                "DELETE FROM pgtend.migration_steps WHERE step >= '06'; DELETE FROM pgtend.schema_migrations WHERE number = 2"
            )
            _ = try await Self.apply(database, second)
            #expect(try await database.psql("SELECT count(*) FROM pgtend.migration_steps") == "8")

            let verification = try await SchemaVerifier(
                conninfo: database.conninfo(), applicationName: "pgtend test", release: release
            ).verify()
            #expect(verification.gap.isClosed && !verification.isWhole)
            #expect(verification.pending == ["0003_retired_models"])
        }
    }

    @Test func areRefusedWhereAStepIsNoLongerWhatItWas() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await TestDatabase.with(.v18, template: LaterMigrations.withRows) { database in
            try await database.psql(
                "ALTER TABLE mcp.agents ADD CONSTRAINT agents_handle_present CHECK (id IS NOT NULL)")
            _ = await ServerFailure.of { _ = try await Self.apply(database, release) }
            try await database.psql(
                "UPDATE pgtend.migration_steps SET checksum = repeat('0', 64) WHERE step = '01_regions'")
            let failure = await ServerFailure.of { _ = try await Self.apply(database, release) }
            #expect(failure?.failureClass == .refused)
            #expect(
                failure?.message
                    == "step 01_regions of 0002_agent_handles is not the one that the database has had; nothing was changed"
            )
        }
    }

    @Test func areRefusedWhereSomebodyHasMadeAPart() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await TestDatabase.with(.v18, template: LaterMigrations.withRows) { database in
            try await database.psql(
                """
                DROP TABLE pgtend.schema_migrations; CREATE TABLE mcp.regions (name text PRIMARY KEY);
                ALTER TABLE mcp.regions OWNER TO mcp_owner
                """)
            let refusals = try await database.repairing(release: release).plan().plan.refusals
            #expect(refusals.count == 1)
            #expect(
                refusals.first?.reason.hasPrefix(
                    "nothing says whether the database has had migration 0002_agent_handles") ?? false)
        }
    }

    @Test func areTakenBackWhereTheyHaveBegun() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await withDatabase(.v18) { database in
            try await LaterMigrations.installFirst(in: database)
            // A name that is taken, of something that nobody expects, keeps the third step from being done.
            try await database.psql(
                LaterMigrations.rows
                    + "ALTER TABLE mcp.agents ADD CONSTRAINT agents_handle_present CHECK (id IS NOT NULL)")
            let failure = await ServerFailure.of { _ = try await Self.apply(database, release) }
            #expect(failure?.sqlState?.rawValue == "42710")
            #expect(try await database.psql("SELECT count(*) FROM pgtend.migration_steps WHERE number = 2") == "2")
            #expect(try await database.psql(Self.recorded) == "1")
            try await database.psql("ALTER TABLE mcp.agents DROP CONSTRAINT agents_handle_present")
            let outcome = try await rollback(database, release: release).run(on: database.name, dropsRows: true)
            #expect(outcome.migrations.map(\.number) == [2, 1])
            #expect(
                try await database.psql("SELECT to_regnamespace('mcp') IS NULL, to_regnamespace('pgtend') IS NULL")
                    == "t|t")
        }
    }

    @Test func keepNoWriterWaiting() async throws {
        let release = try await LaterMigrations.release(.v18)
        try await TestDatabase.with(.v18, template: LaterMigrations.withRows) { database in
            try await database.psql(
                """
                INSERT INTO mcp.agents (tenant_id, name)
                SELECT md5('tenant' || i % 7)::uuid, 'More ' || i FROM generate_series(1, 20000) AS i
                """)
            let isOver = Atomic(false)
            async let written = Self.write(to: database) { isOver.load(ordering: .acquiring) }
            let locks = LockBudget(perStep: .milliseconds(300), perTableAndHour: .seconds(30))
            let failure = await ServerFailure.of { _ = try await Self.apply(database, release, locks) }
            isOver.store(true, ordering: .releasing)
            let (count, longest) = try await written
            #expect(failure == nil)
            #expect(count > 10)
            // For the statement itself, and whatever the machine makes anybody wait.
            #expect(longest < .milliseconds(300 + 400))
            #expect(
                try await database.psql(
                    "SELECT count(*) - \(count), count(*) FILTER (WHERE handle IS DISTINCT FROM lower(name)) FROM mcp.agents"
                )
                    == "22000|0")
            #expect(try await database.psql(Self.recorded) == "1,2,3")
        }
    }

    /// - Returns: how many rows were inserted, and the longest time that a statement took.
    private static func write(
        to database: TestDatabase, until isOver: () -> Bool
    ) async throws -> (count: Int, longest: Duration) {
        let connection = try await database.connect(as: "writer")
        var (count, longest) = (0, Duration.zero)
        while !isOver() {
            let start = ContinuousClock.now
            try await connection.execute(
                "INSERT INTO mcp.agents (tenant_id, name) VALUES (gen_random_uuid(), \("Writer \(count)"))")
            try await connection.execute(
                "UPDATE mcp.agents SET description = 'seen' WHERE id = md5('agent' || \(count % 2000 + 1)::integer)::uuid"
            )
            longest = max(longest, start.duration(to: .now))
            count += 1
        }
        await connection.close()
        return (count, longest)
    }

    private static func apply(
        _ database: TestDatabase, _ release: SchemaRelease, _ locks: LockBudget = TestDatabase.patientLocks
    ) async throws -> SchemaApplication.Outcome {
        try await SchemaApplication(
            conninfo: database.conninfo(), applicationName: "pgtend test", programVersion: "1.2.3", locks: locks,
            release: release
        ).apply(progress: { _ in }, begun: { _ in }, done: { _, _ in })
    }
}

extension CatalogFacts {
    /// What differs, a line each.
    fileprivate func differences(from other: CatalogFacts) -> [String] {
        Set(objects).union(other.objects).filter { self[$0] != other[$0] }.map { object in
            "\(object): \(self[object] ?? [:]) instead of \(other[object] ?? [:])"
        }.sorted()
    }
}
