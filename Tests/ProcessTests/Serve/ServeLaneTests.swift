import Foundation
import TestSupport
import Testing

/// What takes long, beside what has its time.
@Suite("Serve, lanes", .serialized)
struct ServeLaneTests {
    @Test(arguments: PostgresVersion.underTest)
    func aPartitionWaitsForNoRefresh(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 20;")
            let service = try ServeProcess(database.conninfo(), every: "1s")
            try await database.waitForSession(where: Shop.isDawdling)
            let done = "(SELECT count(*) FROM pgtend_ledger.step WHERE task = 'partitions' AND outcome = 'done')"
            try await database.psql(Shop.agedTables(in: "shop"))
            try await database.wait(until: "\(done) = 24")
            // Further ones, since a test beside this one may have the processor for a second.
            let newest = "(SELECT max(c.oid::regclass::text) FROM pg_class AS c WHERE c.relname LIKE 'audit\\_20%')"
            for round in 1...4 {
                try await database.psql("DO $$ BEGIN EXECUTE 'DROP TABLE ' || \(newest); END $$")
                try await database.wait(until: "\(done) = \(24 + round)")
            }
            #expect(
                try await database.psql("SELECT count(*) FROM pg_stat_activity AS a WHERE \(Shop.isDawdling)") == "1",
                "the refresh is still at it")
            let delay = try await database.psql(
                """
                SELECT min(t.started_at + t.duration - s.due)
                FROM pgtend_ledger.step AS t JOIN pgtend_ledger.slot AS s ON s.id = t.slot_id
                WHERE t.task = 'partitions' AND t.outcome = 'done'
                """)
            print("a partition was made \(delay) after its slot, beside a refresh: \(version)")
            // A program without optimisation, beside other tests; the refresh takes minutes.
            #expect(delay < "00:00:01")
            service.program.send(SIGTERM)
            try await service.wait(for: "service_stopping")
            service.program.send(SIGTERM)
            #expect(try await service.program.result(within: .seconds(30)).ending == .exited(0))
        }
    }

    /// Eight databases, each with a refresh that does not end, and the connections for four runs.
    @Test func ofManyDatabasesTooNoPartitionWaits() async throws {
        let cluster = try await Cluster.private()
        try await TestDatabase.with(cluster) { first in
            try await first.psql(Shop.slowView + Shop.agedTables(in: "shop") + "UPDATE shop.pace SET seconds = 100;")
            let names = (1...7).map { "\(first.name)_\($0)" }
            for name in names { try await first.psql("CREATE DATABASE \(name) TEMPLATE \(first.name)") }
            let service = try ServeProcess(
                first.conninfo(), every: "1s",
                arguments: names.flatMap { ["--database", first.conninfo(["dbname": $0])] })
            for name in [first.name] + names {
                // The four old partitions of each table, and those of this month and the next three.
                let made =
                    "(SELECT count(*) FROM pg_inherits WHERE inhrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r'))"
                _ = try await cluster.psql(
                    """
                    DO $$ BEGIN
                        FOR attempt IN 1..1000 LOOP
                            EXIT WHEN \(made) = 48;
                            PERFORM pg_sleep(0.02);
                        END LOOP;
                    END $$;
                    \(Shop.insertsForNow(in: "shop"))
                    """, database: name)
            }
            // All runs but the last.
            try await first.wait(until: "(SELECT count(*) FROM pg_stat_activity AS a WHERE \(Shop.isDawdling)) = 3")
            service.program.send(SIGTERM)
            try await service.wait(for: "service_stopping")
            service.program.send(SIGTERM)
            #expect(try await service.program.result(within: .seconds(30)).ending == .exited(0))
        }
        try await cluster.destroy()
    }
}
