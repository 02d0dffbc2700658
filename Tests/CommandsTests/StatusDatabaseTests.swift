import CivilTime
import DatabaseAccess
import Foundation
import Maintenance
import MaintenanceDatabase
import PostgresClient
import TestSupport
import Testing

@testable import Commands

/// `pgtend status` and `pgtend history` as programs, on databases that runs have left their traces in.
@Suite("Status and history of a database", .serialized)
struct StatusDatabaseTests {
    private static let shop = """
        CREATE SCHEMA shop;
        CREATE TABLE shop.orders (at timestamptz NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE shop.orders_old PARTITION OF shop.orders
            FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2020-02-01 00:00:00+00');
        CREATE TABLE shop.amounts AS SELECT 1 AS amount;
        CREATE MATERIALIZED VIEW shop.daily AS SELECT amount FROM shop.amounts;
        CREATE UNIQUE INDEX ON shop.daily (amount);
        """

    private func pgtend(
        _ arguments: String..., on database: TestDatabase, user: String = "postgres",
        environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await Program.run(
            Program.pgtend, arguments + ["--database", database.conninfo(user: user), "--schema", "shop"],
            environment: environment, within: .seconds(60))
    }

    /// A run for the slot of views that is due now, as the service would do it.
    private func serve(_ database: TestDatabase, runID: String) async -> RunSummary {
        let due = Schedule.every(.seconds(900)).latest(notAfter: HostClock.now()) ?? HostClock.now()
        return await MaintenanceRun(
            definition: DatabaseDefinition(name: database.name, conninfo: database.conninfo(), schemas: ["shop"]),
            tasks: [.views], runID: runID, applicationName: "pgtend serve", programVersion: "1.2.3",
            order: SlotOrder(slot: Slot(task: .views, due: due), lateAfter: .seconds(3_600)), installsLedger: true,
            sink: NullSink()
        ).execute()
    }

    @Test(arguments: PostgresVersion.underTest)
    func withoutALedgerTellWhatTheCatalogKnows(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            // One that nothing extends, since its interval is unknown, and that runs out in minutes.
            try await database.psql(
                Self.shop + """
                    CREATE TABLE shop.odd (at timestamptz) PARTITION BY RANGE (at);
                    CREATE TABLE shop.odd_one PARTITION OF shop.odd
                        FOR VALUES FROM (now() - interval '1 hour') TO (now() + interval '10 minutes');
                    """)
            let status = try await pgtend("status", on: database)
            #expect(
                status.standardOutput.contains(
                    #/! critical: shop.odd has partitions for \d+ min only, until .*; it is not/#),
                "\(status)")
            #expect(status.ending == .exited(1), "\(status)")
            #expect(status.standardOutput.hasPrefix("\(database.name) at "), "\(status)")
            #expect(
                status.standardOutput.contains(
                    "! critical: shop.orders has no partition for the present: writes into it fail now"), "\(status)")
            #expect(status.standardOutput.contains("no ledger: `pgtend serve` installs one"), "\(status)")

            // Nobody extends what is not looked for, either.
            let off = ["PGTEND_PARTITIONS_DISCOVER": "false"]
            let blind = try await pgtend("status", on: database, environment: off)
            #expect(blind.ending == .exited(1), "\(blind)")
            let said = "it is not tended: partitions.discover is off, and partitions.sets does not name it"
            #expect(blind.standardOutput.ranges(of: said).count == 2, "\(blind)")

            let history = try await pgtend("history", on: database)
            #expect(history.ending == .exited(0), "\(history)")
            #expect(history.standardOutput.contains("no ledger"), "\(history)")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func showWhatARunHasLeft(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.shop + "CREATE TABLE shop.orders_all PARTITION OF shop.orders DEFAULT;")
            let runID = RunID.random()
            let summary = await serve(database, runID: runID)
            try #require(summary.slot?.state == .ran(late: false), "\(summary)")

            let history = try await pgtend("history", "--task", "views", on: database)
            #expect(history.ending == .exited(0), "\(history)")
            let line = try #require(history.standardOutput.split(separator: "\n").first { $0.contains(runID) })
            #expect(line.contains("completed") && line.contains("1 done"), "\(history)")
            let others = try await pgtend("history", "--task", "statistics", on: database)
            #expect(!others.standardOutput.contains(runID), "\(others)")

            let one = try await pgtend("history", "--run", runID, on: database)
            #expect(one.ending == .exited(0), "\(one)")
            #expect(one.standardOutput.contains("refresh materialized view concurrently shop.daily"), "\(one)")
            let none = try await pgtend("history", "--run", String(repeating: "0", count: 32), on: database)
            #expect(none.ending == .exited(2), "\(none)")

            let status = try await pgtend("status", on: database)
            let daily = try #require(status.standardOutput.split(separator: "\n").last)
            #expect(daily.hasPrefix("  shop.daily ") && !daily.contains("never"), "\(status)")
            #expect(status.standardOutput.contains(": 1 done"), "\(status)")
            let document = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(try await pgtend("status", "--json", on: database).standardOutput.utf8))
                    as? [String: Any])
            let databases = try #require(document["databases"] as? [[String: Any]])
            let views = try #require(databases.first?["views"] as? [[String: Any]])
            #expect(views.first?["run_id"] as? String == runID)
        }
    }

    @Test func sayWhatFailsAndSinceWhen() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.shop)
            _ = await serve(database, runID: RunID.random())
            // Two rows alike: the refresh fails, for good.
            try await database.psql("INSERT INTO shop.amounts VALUES (1)")
            let slot = Slot(task: .views, due: HostClock.now())
            let definition = DatabaseDefinition(
                name: database.name, conninfo: database.conninfo(), schemas: ["shop"])
            _ = await MaintenanceRun(
                definition: definition, tasks: [.views], runID: RunID.random(), applicationName: "pgtend serve",
                programVersion: "1.2.3", order: SlotOrder(slot: slot), sink: NullSink()
            ).execute()
            let status = try await pgtend("status", on: database)
            #expect(status.ending == .exited(1), "\(status)")
            #expect(
                status.standardOutput.split(separator: "\n").contains { $0.hasPrefix("  ! views failed at 20") },
                "\(status)")
        }
    }

    @Test func tellARunAtWorkFromOneThatHasDied() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.shop)
            let runID = RunID.random()
            _ = await serve(database, runID: runID)
            // As a service leaves it that was killed.
            try await database.psql(
                """
                UPDATE pgtend_ledger.run SET state = 'running', ended_at = NULL;
                UPDATE pgtend_ledger.slot SET state = 'open', completed_by = NULL, ended_at = NULL;
                """)
            let status = try await pgtend("status", on: database)
            #expect(status.standardOutput.contains("has died; the next one takes its slot over"), "\(status)")
            #expect(!status.standardOutput.contains("at work"), "\(status)")

            let other = try await Connection.open(ConnectionInfo(parsing: database.conninfo()))
            try await other.script(unsafe: "SELECT pg_advisory_lock(x'70677464'::integer, 2)")
            let alive = try await pgtend("status", on: database)
            #expect(alive.standardOutput.contains("at work for "), "\(alive)")
            await other.close()
        }
    }

    @Test func oneDatabaseThatIsGoneDoesNotStopTheOthers() async throws {
        try await TestDatabase.with { database in
            try await database.psql("CREATE SCHEMA shop")
            for command in ["status", "history"] {
                let result = try await Program.run(
                    Program.pgtend,
                    [
                        command, "--database", "host=/nowhere dbname=gone", "--database", database.conninfo(),
                        "--schema", "shop",
                    ], within: .seconds(60))
                #expect(result.ending == .exited(69), "\(result)")
                #expect(result.standardError.contains("gone"), "\(result)")
                #expect(result.standardOutput.contains(database.name), "\(result)")
            }
        }
    }

    @Test func workForARoleThatMayReadNothing() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.shop)
            _ = await serve(database, runID: RunID.random())
            let role = "curious_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN")
            let status = try await pgtend("status", on: database, user: role)
            #expect(status.ending == .exited(1), "\(status)")
            #expect(status.standardOutput.contains("no ledger: it cannot be read: "), "\(status)")
            let history = try await pgtend("history", on: database, user: role)
            #expect(history.ending == .exited(77), "\(history)")
            #expect(history.standardError.contains("SQLSTATE 42501"), "\(history)")
            try await database.psql("DROP ROLE \(role)")
        }
    }
}
