import Foundation
import TestSupport
import Testing

@Suite("Interruption", .serialized)
struct InterruptionTests {
    @Test(arguments: PostgresVersion.underTest, [SIGINT, SIGTERM])
    func cancelsOnTheServerAndLeavesNothingHalfDone(version: PostgresVersion, signal: Int32) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
            let program = try database.startPgtend("run", "--schema", "shop")
            try await database.waitForSession(where: Shop.isDawdling)
            program.send(signal)
            let result = try await program.result(within: .seconds(20))
            #expect(result.ending == .exited(128 + signal), "\(result)")
            #expect(result.standardError.contains("(\(signal == SIGINT ? "SIGINT" : "SIGTERM"))"))
            #expect(result.standardError.contains("refresh materialized view concurrently shop.slow"), "\(result)")
            #expect(try await database.psql("SELECT text FROM shop.slow") == "old")
            // A backend says goodbye a moment after its client: what it may not do is go on working.
            let working =
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND state = 'active'"
            #expect(try await database.psql(working) == "0")
            try await database.psql(
                "SET lock_timeout = '1s'; BEGIN; LOCK TABLE shop.content IN ACCESS EXCLUSIVE MODE; DROP MATERIALIZED VIEW shop.slow; ROLLBACK"
            )
        }
    }

    @Test func doesNotBeginTheNextDatabase() async throws {
        try await TestDatabase.with { first in
            try await first.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
            try await TestDatabase.with { second in
                try await second.psql(Shop.agedTables(in: "shop"))
                let program = try Program.start(
                    Program.pgtend,
                    ["run", "--schema", "shop", "--database", first.conninfo(), "--database", second.conninfo()])
                try await first.waitForSession(where: Shop.isDawdling)
                program.send(SIGTERM)
                #expect(try await program.result(within: .seconds(20)).ending == .exited(143))
                #expect(
                    try await second.psql(
                        "SELECT count(*) FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'")
                        == "24")
            }
        }
    }

    // MARK: Two runs at once

    @Test(arguments: PostgresVersion.underTest)
    func leavesToAnotherRunWhatItHoldsAndDoesTheRest(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                Shop.agedTables(in: "shop") + Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
            let first = try database.startPgtend("run", "views", "--schema", "shop")
            try await database.waitForSession(where: Shop.isDawdling)
            let pid = try await database.psql(
                "SELECT a.pid FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid) "
                    + "WHERE a.datname = current_database() AND l.locktype = 'advisory'")

            let second = try await database.pgtend("run", "--schema", "shop")
            #expect(second.ending == .exited(4), "\(second)")
            let line = second.standardError.split(separator: "\n").first { $0.contains("views") }
            #expect(line?.contains("pid \(pid)") == true && line?.contains("pgtend run") == true, "\(second)")
            #expect(second.standardError.contains("24 partitions created"), "\(second)")
            try await database.psql(Shop.insertsForNow(in: "shop"))
            first.send(SIGTERM)
            #expect(try await first.result().ending == .exited(143))

            // The locks went with the first run.
            try await database.psql("UPDATE shop.pace SET seconds = 0")
            #expect(try await database.pgtend("run", "--schema", "shop").succeeded)
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
        }
    }
}
