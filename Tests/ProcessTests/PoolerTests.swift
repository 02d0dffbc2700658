import Foundation
import TestSupport
import Testing

/// The program behind a real pgbouncer.
@Suite("Connection pooler", .serialized)
struct PoolerTests {
    /// What a pool of transactions would carry from one client to the next.
    private static let settings =
        "SELECT current_setting('search_path'), current_setting('row_security'), current_setting('IntervalStyle'), current_setting('client_connection_check_interval')"

    @Test(arguments: PostgresVersion.underTest, Pgbouncer.PoolMode.allCases)
    func isRefusedAndNothingIsChanged(version: PostgresVersion, mode: Pgbouncer.PoolMode) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.slowView)
            let before = try await database.dump()
            // One backend for all, so that the next client has the one that pgtend had.
            try await Pgbouncer.with(before: database.cluster, mode, ["default_pool_size": "1"]) { pooler in
                let settings = try await pooler.psql(Self.settings, database: database.name)
                for command in [["run"], ["plan"], ["status"], ["history"], ["schema", "apply"]] {
                    let schema = command[0] == "schema" || command[0] == "history" ? [] : ["--schema", "shop"]
                    let result = try await database.pgtend(command + schema, through: pooler)
                    #expect(result.ending == .exited(69), "\(command): \(result)")
                    #expect(
                        result.everything.contains("a connection pooler stands before the server: backend "),
                        "\(command): \(result)")
                    #expect(result.everything.contains("connect to the server itself"), "\(command): \(result)")
                    #expect(
                        result.everything.contains("PGTEND_POOLER=session") == (command[0] != "schema"), "\(result)")
                    #expect(try await pooler.psql(Self.settings, database: database.name) == settings, "\(command)")
                }
                let check = try await database.pgtend(["config", "check", "--connect"], through: pooler)
                #expect(check.ending != .exited(0), "\(check)")
                #expect(check.everything.contains("a connection pooler stands before the server"), "\(check)")
                #expect(try await pooler.psql(Self.settings, database: database.name) == settings)
            }
            #expect(try await database.dump() == before)
        }
    }

    @Test func theServiceStaysUpAndWorksWhenThePoolerIsTakenAway() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.slowView)
            try await Pgbouncer.with(before: database.cluster, .transaction) { pooler in
                let service = try ServeProcess(database.conninfo(["host": pooler.folder]), every: "1s")
                try await service.wait(for: "database_unavailable")
                #expect(try await database.psql("SELECT text FROM shop.slow") == "old")
                try await pooler.giveWay()
                try await service.wait(for: "database_available")
                try await service.waitForEachKind()
                try await database.psql(Shop.insertsForNow(in: "shop"))
                let reports = try await service.stop().reports
                let said = try #require(reports.first { $0["event"] as? String == "database_unavailable" })
                #expect("\(said)".contains("a connection pooler stands before the server"), "\(said)")
                #expect("\(said)".contains("connect to the server itself"), "\(said)")
            }
        }
    }

    // MARK: pooler: session

    /// With two backends for all, nobody else gets one while the run has them.
    @Test(arguments: PostgresVersion.underTest, ["2", "20"])
    func aPoolOfSessionsIsAcceptedWhereTheConfigurationSaysSo(version: PostgresVersion, size: String) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.slowView)
            try await Pgbouncer.with(before: database.cluster, .session, ["default_pool_size": size]) { pooler in
                for command in [["config", "check", "--connect"], ["plan", "--schema", "shop"]] {
                    let result = try await database.pgtend(command, through: pooler, isAccepted: true)
                    #expect(result.ending == .exited(0), "\(command): \(result)")
                }
                let result = try await database.pgtend(["run", "--schema", "shop"], through: pooler, isAccepted: true)
                #expect(result.ending == .exited(0), "\(result)")
                try await database.psql(Shop.insertsForNow(in: "shop"))
                #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
                // What a session had set ends with it: the backend is as the next client expects it.
                let path = try await pooler.psql("SHOW search_path", database: database.name)
                #expect(path == "\"$user\", public")
                let locks =
                    "SELECT count(*) FROM pg_locks AS l WHERE locktype = 'advisory' AND EXISTS ("
                    + "SELECT FROM pg_database AS d WHERE d.oid = l.database AND d.datname = '\(database.name)')"
                #expect(try await database.psql(locks) == "0")
            }
        }
    }

    @Test func aPoolOfOneSessionIsTooSmallForARun() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop"))
            let before = try await database.dump()
            try await Pgbouncer.with(before: database.cluster, .session, ["default_pool_size": "1"]) { pooler in
                for (command, code) in [(["config", "check", "--connect"], 77), (["run", "--schema", "shop"], 69)] {
                    let result = try await database.pgtend(command, through: pooler, isAccepted: true)
                    #expect(result.ending == .exited(Int32(code)), "\(command): \(result)")
                    #expect(
                        result.everything.contains("a run takes two connections, and there is no second one"),
                        "\(result)")
                }
            }
            #expect(try await database.dump() == before)
        }
    }

    @Test(
        arguments: [
            (.transaction, "1", "0"), (.transaction, "20", "0"), (.transaction, "20", "1"), (.statement, "20", "0"),
        ] as [(Pgbouncer.PoolMode, String, String)])
    func aPoolThatLendsBackendsIsFoundOut(mode: Pgbouncer.PoolMode, size: String, inTurns: String) async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop"))
            let before = try await database.dump()
            let settings = ["default_pool_size": size, "server_round_robin": inTurns]
            try await Pgbouncer.with(before: database.cluster, mode, settings) { pooler in
                // A pool in use has more backends than one, idle.
                async let first = pooler.psql("SELECT pg_sleep(0.3)", database: database.name)
                async let second = pooler.psql("SELECT pg_sleep(0.3)", database: database.name)
                async let third = pooler.psql("SELECT pg_sleep(0.3)", database: database.name)
                _ = try await [first, second, third]
                let defaults = try await pooler.psql(Self.settings, database: database.name)
                for command in ["plan", "run"] {
                    let result = try await database.pgtend(
                        [command, "--schema", "shop"], through: pooler, isAccepted: true)
                    #expect(result.ending == .exited(69), "\(result)")
                    #expect(
                        result.everything.contains("does not give each session a backend of its own"), "\(result)")
                    #expect(
                        result.everything.contains("although the configuration says pooler: session"), "\(result)")
                    #expect(result.everything.contains("connect to the server itself"), "\(result)")
                }
                let check = try await database.pgtend(
                    ["config", "check", "--connect"], through: pooler, isAccepted: true)
                #expect(check.everything.contains("although the configuration says pooler: session"), "\(check)")
                for _ in 0..<4 {
                    #expect(try await pooler.psql(Self.settings, database: database.name) == defaults)
                }
            }
            #expect(try await database.dump() == before)
        }
    }

    @Test func theSchemaIsNotAppliedThroughAnyPooler() async throws {
        try await TestDatabase.with { database in
            try await Pgbouncer.with(before: database.cluster, .session) { pooler in
                let result = try await database.pgtend(["schema", "apply"], through: pooler, isAccepted: true)
                #expect(result.ending == .exited(69), "\(result)")
                #expect(result.everything.contains("a connection pooler stands before the server"), "\(result)")
            }
            #expect(try await database.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgtend'") == "0")
        }
    }

    /// libpq's cancel key is the pooler's, which passes the request on.
    @Test(arguments: PostgresVersion.underTest, ["2", "20"])
    func aRunIsInterruptedInMidRefresh(version: PostgresVersion, size: String) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
            try await Pgbouncer.with(before: database.cluster, .session, ["default_pool_size": size]) { pooler in
                let program = try Program.start(
                    Program.pgtend,
                    ["run", "--schema", "shop", "--database", database.conninfo(["host": pooler.folder])],
                    environment: ["PGTEND_POOLER": "session"])
                try await database.waitForSession(where: Shop.isDawdling)
                program.send(SIGINT)
                let result = try await program.result(within: .seconds(20))
                #expect(result.ending == .exited(130), "\(result)")
                let working =
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND state = 'active'"
                #expect(try await database.psql(working) == "0")
                #expect(try await database.psql("SELECT text FROM shop.slow") == "old")
                try await database.psql("UPDATE shop.pace SET seconds = 0")
                let again = try await database.pgtend(["run", "--schema", "shop"], through: pooler, isAccepted: true)
                #expect(again.ending == .exited(0), "\(again)")
                #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
            }
        }
    }

    @Test func theServiceTendsThroughAPoolOfSessions() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Shop.agedTables(in: "shop") + Shop.slowView)
            try await Pgbouncer.with(before: database.cluster, .session) { pooler in
                let service = try ServeProcess(
                    database.conninfo(["host": pooler.folder]), every: "1s", environment: ["PGTEND_POOLER": "session"])
                try await service.waitForEachKind()
                // Somebody makes another pool of it: from the next run on it is refused.
                try await pooler.console("SET pool_mode = 'transaction'")
                try await service.wait(for: "database_unavailable")
                try await pooler.console("SET pool_mode = 'session'")
                try await service.wait(for: "database_available")
                try await service.stop()
                for (rule, query) in LedgerRules.none {
                    #expect(try await database.psql(query) == "", "\(rule)")
                }
            }
        }
    }
}

extension TestDatabase {
    /// `pgtend` on this database through a pooler.
    fileprivate func pgtend(
        _ arguments: [String], through pooler: Pgbouncer, isAccepted: Bool = false
    ) async throws -> Program.Result {
        try await Pgtend.run(
            arguments + ["--database", conninfo(["host": pooler.folder])],
            environment: isAccepted ? ["PGTEND_POOLER": "session"] : [:])
    }
}
