import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

/// The budget of lock waits, for steps that name their locks and for those whose statements take them by themselves.
@Suite("Runner of schema steps")
struct SchemaStepRunnerTests {
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func givesUpWhenTheWaitsForATableReachTheirBudget(namesItsLock: Bool) async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                "CREATE SCHEMA s; CREATE TABLE s.things (id integer); CREATE VIEW s.v AS SELECT 1 AS one")
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "s",
                locks: LockBudget(perStep: .milliseconds(50), perTableAndHour: .milliseconds(300)),
                programVersion: "1.2.3")
            try await runner.prepare()
            let holder = try await database.connect(as: "holder")
            try await holder.script(unsafe: "BEGIN; LOCK TABLE s.things; SELECT FROM s.v")
            let things = RelationName(schema: "s", name: "things")
            let step =
                namesItsLock
                ? SchemaStep(
                    CatalogObject(.table, "things"), .briefly([LockRequirement(.accessExclusive, on: things)]), "test",
                    ["ALTER TABLE s.things ADD COLUMN note text"])
                : SchemaStep(CatalogObject(.view, "v"), .briefly([]), "test", ["ALTER VIEW s.v RENAME TO w"])
            await #expect {
                try await runner.execute([step])
            } throws: { error in
                (error as? PostgresError).map(FailureClass.init) == .lockNotAvailable
            }
            #expect(runner.blockers.map(\.application) == ["holder"])
            await holder.close()
            await connection.close()
        }
    }

    /// It has no process, and what the server calls it differs between versions.
    @Test(arguments: PostgresVersion.underTest)
    func namesAPreparedTransactionThatHoldsALock(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version, configuration: ["max_prepared_transactions": "4"])
        try await TestDatabase.with(cluster) { database in
            try await database.psql(
                "CREATE TABLE public.things (); CREATE TABLE public.others (); "
                    + "BEGIN; LOCK TABLE public.others; PREPARE TRANSACTION 'another'; "
                    + "BEGIN; LOCK TABLE public.things; PREPARE TRANSACTION 'forgotten'")
            let connection = try await database.connect()
            let blockers = try await connection.blockers(of: [
                (RelationName(schema: "public", name: "things"), LockMode.rowExclusive.rawValue)
            ])
            #expect(blockers.map(\.pid) == [0])
            let description = blockers.first?.description ?? ""
            #expect(description.hasPrefix("the prepared transaction forgotten (postgres, for "))
            #expect(description.hasSuffix(" s) holds AccessExclusiveLock on public.things"))
            try await database.psql("ROLLBACK PREPARED 'forgotten'")
            try await database.psql("ROLLBACK PREPARED 'another'")
            await connection.close()
        }
        try await cluster.destroy()
    }

    /// The snapshot of a session that sleeps keeps an index from being built for as long as that likes.
    @Test(.timeLimit(.minutes(1)), arguments: PostgresVersion.underTest)
    func anIndexWaitsForOldTransactionsForAWhile(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA s; CREATE TABLE s.things (id integer)")
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "s", locks: LockBudget(), programVersion: "1.2.3")
            runner.snapshotWait = .milliseconds(300)
            try await runner.prepare()
            let holder = try await database.connect(as: "holder")
            try await holder.script(unsafe: "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class")
            let index = CatalogObject(.index, "i", of: "things")
            let step = SchemaStep(
                index, .concurrently(index: "i"), "test", ["CREATE INDEX CONCURRENTLY i ON s.things (id)"])
            for _ in 1...2 {
                await #expect {
                    try await runner.execute([step])
                } throws: { error in
                    guard let error = error as? PostgresError else { return false }
                    let told = ServerFailure(error, in: [step]).message
                    return FailureClass(error) == .lockNotAvailable && told.contains("(holder, postgres) since ")
                        && told.contains(#""s"."i" is left behind, not valid"#)
                }
            }
            await holder.close()
            try await runner.execute([step])
            #expect(
                try await database.psql("SELECT indisvalid FROM pg_index WHERE indexrelid = 's.i'::regclass") == "t")
            await connection.close()
        }
    }

    /// Each of two goes in time, one after the other.
    @Test(.timeLimit(.minutes(1)), arguments: PostgresVersion.underTest)
    func waitsForAllOlderTransactionsTogetherUntilItsLimit(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA s; CREATE TABLE s.things (id integer)")
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "s", locks: LockBudget(), programVersion: "1.2.3")
            runner.keeper = try await MigrationKeeper(holding: .platform, in: database.connect())
            runner.snapshotWait = .seconds(1)
            try await runner.prepare()
            var holders: [Task<Void, any Error>] = []
            // First it waits for who may write, then for who may have an older snapshot.
            for (beginning, seconds) in [
                ("BEGIN; LOCK TABLE s.things IN ROW EXCLUSIVE MODE", 0.7),
                ("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class", 1.4),
            ] {
                let holder = try await database.connect(as: "holder")
                try await holder.script(unsafe: beginning)
                holders.append(Task { try await holder.script(unsafe: "SELECT pg_sleep(\(seconds)); COMMIT") })
            }
            let step = SchemaStep(
                CatalogObject(.index, "i", of: "things"), .concurrently(index: "i"), "test",
                ["CREATE INDEX CONCURRENTLY i ON s.things (id)"])
            await #expect {
                try await runner.execute([step])
            } throws: { error in
                guard let error = error as? PostgresError else { return false }
                return FailureClass(error) == .lockNotAvailable
                    && error.message.contains("waits for transactions that are older, such as that of pid")
            }
            for holder in holders { try await holder.value }
            try await runner.execute([step])
            await connection.close()
        }
    }

    /// It takes longer than any step waits, and comes to each table that has just been filled.
    @Test(.timeLimit(.minutes(2))) func autovacuumGivesWay() async throws {
        let cluster = try await Cluster.private(
            .v18, configuration: ["autovacuum": "on", "autovacuum_naptime": "1s"])
        try await TestDatabase.with(cluster) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.things (id integer) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,
                    autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
                INSERT INTO s.things SELECT n FROM generate_series(1, 100000) AS n;
                UPDATE s.things SET id = id + 1
                """)
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "s",
                locks: LockBudget(perStep: .milliseconds(400), perTableAndHour: .milliseconds(500)),
                programVersion: "1.2.3")
            try await runner.prepare()
            let vacuum = """
                SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
                WHERE l.relation = 's.things'::regclass AND a.backend_type = 'autovacuum worker'
                """
            try await database.wait(until: "EXISTS (\(vacuum))")
            let things = RelationName(schema: "s", name: "things")
            try await runner.execute([
                SchemaStep(
                    CatalogObject(.table, "things"), .briefly([LockRequirement(.accessExclusive, on: things)]), "test",
                    ["ALTER TABLE s.things ADD COLUMN note text"])
            ])
            await connection.close()
        }
        try await cluster.destroy()
    }

    /// A backfill gives rows what they should have had: nobody has changed them.
    @Test func fillsRowsWithoutAChangeThatShows() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "INSERT INTO mcp.workspaces (tenant_id, name, updated_at) "
                    + "VALUES (gen_random_uuid(), 'one', '2000-01-01')")
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "mcp", locks: LockBudget(), programVersion: "1.2.3")
            try await runner.prepare()
            let workspaces = RelationName(schema: "mcp", name: "workspaces")
            let backfill = Backfill(tables: [workspaces], assignment: "name = 'filled'", condition: "r.name = 'one'")
            let name = CatalogObject(.column, "name", of: "workspaces")
            try await runner.execute([SchemaStep(name, .inBatches(backfill), "test", [])])
            let found = "SELECT name, updated_at < '2000-01-03' FROM mcp.workspaces"
            #expect(try await database.psql(found) == "filled|t")
            #expect(try await database.psql("UPDATE mcp.workspaces SET name = 'changed'; \(found)") == "changed|f")
            await connection.close()
        }
    }

    @Test func tellsHowFarABackfillIs() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                "CREATE SCHEMA s; CREATE TABLE s.things (id integer, note text); "
                    + "INSERT INTO s.things SELECT n FROM generate_series(1, 20000) AS n")
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "s", locks: LockBudget(), programVersion: "1.2.3")
            runner.reportInterval = .zero
            try await runner.prepare()
            let things = RelationName(schema: "s", name: "things")
            let told = Mutex<[BackfillProgress]>([])
            let backfill = Backfill(tables: [things], assignment: "note = 'x'", condition: "r.note IS NULL")
            let note = CatalogObject(.column, "note", of: "things")
            try await runner.execute([SchemaStep(note, .inBatches(backfill), "test", [])]) { progress in
                told.withLock { $0.append(progress) }
            }
            let shares = told.withLock { $0.map(\.batches.share) }
            #expect(shares.count > 2 && shares == shares.sorted() && (shares.first ?? 1) < 0.5 && shares.last == 1)
            #expect(told.withLock { $0.last?.batches.rows } == 20_000)
            #expect(try await database.psql("SELECT rows_changed FROM pgtend.schema_steps") == "20000")
            await connection.close()
        }
    }
}
