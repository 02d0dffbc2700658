import Foundation
import TestSupport
import Testing

/// The service beside a server that goes away in every way there is: it stays up, loses no slot and repeats none.
@Suite("Serve, faults", .serialized)
struct ServeFaultTests {
    private static let world = Shop.agedTables(in: "shop") + Shop.slowView

    @Test func waitsForAServerThatIsNotThereYet() async throws {
        let cluster = try await Cluster.private()
        try await cluster.psql(Self.world)
        try await cluster.stop(.fast)
        let service = try ServeProcess(cluster.conninfo())
        // The third failure comes within seconds.
        try await service.wait(for: "database_unavailable", times: 2)
        try await cluster.start()
        try await service.wait(for: "database_available")
        try await service.waitForEachKind()
        let result = try await service.stop()
        #expect(try result.reports.count { $0["event"] as? String == "database_unavailable" } < 5)
        let graver = try result.reports.filter { ($0["priority"] as? Int ?? 0) < 4 }
        #expect(graver.isEmpty, "an outage of some seconds is no error: \(graver)")
        #expect(try await cluster.psql(LedgerRules.completed) == "partitions statistics views")
        try await cluster.destroy()
    }

    /// How the server goes away.
    enum Blow: CaseIterable {
        case stop, restart, restartImmediately, kill, killPostmaster
    }

    @Test(.timeLimit(.minutes(5)), arguments: PostgresVersion.underTest)
    func outlivesAServerThatGoesAwayAtAnyMoment(version: PostgresVersion) async throws {
        var chance = Seeded()
        let cluster = try await Cluster.private(version)
        try await cluster.psql(Self.world)
        let service = try ServeProcess(cluster.conninfo(), every: "1s")
        try await service.waitForEachKind()
        for blow in Blow.allCases + Blow.allCases {
            // Somewhere within a second: in the middle of a run, or between two.
            try await Task.sleep(for: .milliseconds(.random(in: 0..<1_000, using: &chance)))
            switch blow {
            case .stop:
                try await cluster.stop(.fast)
                try await cluster.start()
            case .restart: try await cluster.restart(.fast)
            case .restartImmediately: try await cluster.restart(.immediate)
            case .kill:
                try cluster.killEverything()
                try await cluster.startAgain()
            case .killPostmaster:
                try cluster.killPostmaster()
                try await cluster.startAgain()
            }
            try await service.wait(for: "run_finished", times: service.count("run_finished") + 3)
        }
        try await service.stop()
        try await Self.expectNothingLostNorDoubled(cluster, "\(version), seed \(chance.seed)")
        try await cluster.psql(Shop.insertsForNow(in: "shop"))
        try await cluster.destroy()
    }

    /// The machine of the server goes away as soon as the service has said what it does.
    @Test(.timeLimit(.minutes(5)), arguments: PostgresVersion.underTest)
    func outlivesAServerThatIsKilledInEachPhaseOfARun(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await cluster.psql(Self.world)
        let service = try ServeProcess(cluster.conninfo(), every: "1s")
        try await service.waitForEachKind()
        for phase in ["run_started", "run_planned", "step_started", "step_done", "run_finished"] {
            try await service.wait(for: phase, times: service.count(phase) + 1)
            try cluster.killEverything()
            try await cluster.startAgain()
            try await service.wait(for: "run_finished", times: service.count("run_finished") + 3)
        }
        try await service.stop()
        try await Self.expectNothingLostNorDoubled(cluster, "\(version)")
        try await cluster.destroy()
    }

    @Test(.timeLimit(.minutes(5)))
    func outlivesANetworkThatCutsAndStalls() async throws {
        var chance = Seeded()
        let cluster = try await Cluster.private()
        try await cluster.psql(Self.world)
        let relay = try Relay(to: cluster.folder + "/.s.PGSQL.5432")
        let conninfo = cluster.conninfo(["host": "127.0.0.1", "port": "\(relay.port)", "connect_timeout": "1"])
        let service = try ServeProcess(conninfo, every: "1s", environment: ["PGTEND_VIEWS_STATEMENT_TIMEOUT": "1s"])
        try await service.waitForEachKind()
        for _ in 0..<12 {
            relay.fail(.cut(after: .random(in: 0..<20_000, using: &chance)))
            try await Task.sleep(for: .milliseconds(.random(in: 100..<1_500, using: &chance)))
            relay.fail(nil)
            try await service.wait(for: "run_finished", times: service.count("run_finished") + 2)
        }
        // Nobody answers while connecting, and none while a view is refreshed.
        relay.fail(.stall(after: 0))
        // A statement under way is given up after a minute at the latest.
        try await service.wait(
            for: "database_unavailable", times: service.count("database_unavailable") + 1, within: .seconds(180))
        relay.fail(nil)
        try await service.waitForAnother("views", within: .seconds(90))
        try await cluster.psql("UPDATE shop.pace SET seconds = 100")
        try await cluster.waitForSession(where: Shop.isDawdling)
        relay.fail(.stall(after: 0))
        try await cluster.psql("UPDATE shop.pace SET seconds = 0")
        // A statement under way is given up after a minute at the latest.
        try await service.wait(
            for: "database_unavailable", times: service.count("database_unavailable") + 1, within: .seconds(180))
        relay.fail(nil)
        try await service.wait(for: "run_finished", times: service.count("run_finished") + 2)
        try await service.stop()
        relay.close()
        try await Self.expectNothingLostNorDoubled(cluster, "seed \(chance.seed)")
        try await cluster.destroy()
    }

    // MARK: Failover

    @Test(.timeLimit(.minutes(5)), arguments: PostgresVersion.underTest)
    func followsAFailoverAndRepeatsNoCompletedSlotOfASynchronousStandby(version: PostgresVersion) async throws {
        let primary = try await Cluster.private(version)
        try await primary.psql(Self.world)
        let standby = try await Cluster.standby(of: primary)
        try await primary.psql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try await primary.reload()
        let hosts = primary.conninfo(["host": "\(primary.folder),\(standby.folder)"])
        let service = try ServeProcess(hosts, every: "1s")
        try await service.wait(for: "run_finished", times: 9)
        // What it has reported as done stands on the standby too.
        try await primary.psql("UPDATE shop.pace SET seconds = 1")
        try await primary.waitForSession(where: Shop.isDawdling)
        try primary.killEverything()
        let reported = try Set(service.completedRuns)
        try await standby.promote()
        try await standby.psql("UPDATE shop.pace SET seconds = 0")
        try await service.wait(for: "run_finished", times: service.count("run_finished") + 6)
        try await service.stop()
        let kept = Set(
            try await standby.psql("SELECT id FROM pgtend_ledger.run WHERE state = 'completed'")
                .split(separator: "\n").map(String.init))
        #expect(reported.isSubset(of: kept), "\(reported.subtracting(kept))")
        try await Self.expectNothingLostNorDoubled(standby, "\(version)")
        try await standby.destroy()
        try await primary.destroy()
    }

    @Test func standsByAndBeginsWhenItsServerIsPromoted() async throws {
        let primary = try await Cluster.private()
        try await primary.psql(Self.world)
        let standby = try await Cluster.standby(of: primary)
        let service = try ServeProcess(standby.conninfo())
        try await service.wait(for: "database_standby")
        try await primary.stop(.immediate)
        try await standby.promote()
        try await service.waitForEachKind()
        let result = try await service.stop()
        let graver = try result.reports.filter { ($0["priority"] as? Int ?? 0) < 4 }
        #expect(graver.isEmpty, "standing by is no error: \(graver)")
        #expect(service.count("database_standby") == 1)
        try await standby.destroy()
        try await primary.destroy()
    }

    // MARK: A full disk, and no connections left

    @Test(.enabled(if: geteuid() == 0, "a small file system can only be mounted by root"))
    func outlivesAFullDisk() async throws {
        let cluster = try await Cluster.private()
        let disk = try SmallTmpfs(ownerOf: cluster.folder)
        defer { disk.remove() }
        try await cluster.psql(Self.world)
        // CREATE TABLESPACE and SET TABLESPACE want statements of their own.
        try await cluster.psql("CREATE TABLESPACE small LOCATION '\(disk.path)'")
        try await cluster.psql("ALTER MATERIALIZED VIEW shop.slow SET TABLESPACE small")
        let service = try ServeProcess(cluster.conninfo(), every: "1s")
        try await service.waitForEachKind()
        try await cluster.psql(
            "INSERT INTO shop.content SELECT repeat('x', 1000) || n FROM generate_series(1, 8000) AS n")
        try await service.wait(for: "task_failing")
        let full = service.program.standardErrorSoFar.split(separator: "\n").last { $0.contains("\"step_failed\"") }
        #expect(full?.contains("\"sqlstate\":\"53100\"") == true, "\(full ?? "")")
        try await cluster.psql("DELETE FROM shop.content WHERE length(text) > 1000")
        try await service.wait(for: "task_recovered")
        try await service.stop()
        #expect(try await cluster.psql("SELECT text FROM shop.slow") == "new")
        for (rule, query) in LedgerRules.none { #expect(try await cluster.psql(query) == "", "\(rule)") }
        try await cluster.destroy()
    }

    @Test func waitsForAConnectionWhereNoneIsLeft() async throws {
        let cluster = try await Cluster.private()
        try await cluster.psql(Self.world + Self.tender("none"))
        try await cluster.psql("ALTER ROLE tender CONNECTION LIMIT 0")
        let service = try ServeProcess(cluster.conninfo(user: "tender"))
        try await service.wait(for: "database_unavailable")
        #expect(service.program.standardErrorSoFar.contains("\"sqlstate\":\"53300\""))
        try await cluster.psql("ALTER ROLE tender CONNECTION LIMIT -1")
        try await service.wait(for: "database_available")
        try await service.stop()
        try await cluster.destroy()
    }

    // MARK: Roles and passwords

    @Test func recoversFromADroppedRoleAndAChangedPasswordByItself() async throws {
        let cluster = try await Cluster.private(hba: ["local all postgres trust", "local all all scram-sha-256"])
        try await cluster.psql(Self.world + Self.tender("first"))
        let passfile = NSTemporaryDirectory() + "pgtend-\(UUID().uuidString)"
        defer { unlink(passfile) }
        func write(_ password: String) throws {
            try "*:*:*:tender:\(password)\n".write(toFile: passfile, atomically: true, encoding: .utf8)
            chmod(passfile, 0o600)
        }
        try write("first")
        let service = try ServeProcess(
            cluster.conninfo(user: "tender"), every: "1s", environment: ["PGPASSFILE": passfile])
        try await service.waitForEachKind()

        try await cluster.psql("ALTER ROLE tender PASSWORD 'second'")
        try await service.wait(for: "database_unavailable")
        try write("second")
        try await service.wait(for: "database_available")

        try await cluster.psql("REASSIGN OWNED BY tender TO postgres; DROP OWNED BY tender; DROP ROLE tender")
        try await service.wait(for: "database_unavailable", times: service.count("database_unavailable") + 1)
        try await cluster.psql(
            Self.tender("second")
                + "GRANT ALL ON SCHEMA pgtend_ledger TO tender; GRANT ALL ON ALL TABLES IN SCHEMA pgtend_ledger TO tender"
        )
        try await service.wait(for: "database_available", times: 2)
        try await service.wait(for: "run_finished", times: service.count("run_finished") + 3)
        try await service.stop()
        #expect(try await cluster.psql(LedgerRules.none["a slot with two completed runs"] ?? "") == "")
        try await cluster.destroy()
    }

    private static func tender(_ password: String) -> String {
        """
        CREATE ROLE tender LOGIN PASSWORD '\(password)';
        GRANT CREATE ON DATABASE postgres TO tender;
        GRANT USAGE, CREATE ON SCHEMA shop TO tender;
        """
    }

    private static func expectNothingLostNorDoubled(_ cluster: Cluster, _ comment: Comment) async throws {
        for (rule, query) in LedgerRules.none {
            #expect(try await cluster.psql(query) == "", "\(rule), \(comment)")
        }
        for task in ["partitions", "views", "statistics"] {
            #expect(try await cluster.psql(LedgerRules.missingSlots(task)) == "", "\(task), \(comment)")
        }
        #expect(
            try await cluster.psql("SELECT count(*) > 10 FROM pgtend_ledger.slot WHERE state IN ('ran', 'late')") == "t"
        )
    }
}
