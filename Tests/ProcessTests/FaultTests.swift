import Foundation
import TestSupport
import Testing

/// Servers that go away in mid-step, on clusters of their own.
@Suite("Faults", .serialized)
struct FaultTests {
    @Test(arguments: PostgresVersion.underTest)
    func saysThatTheServerWentAwayAndLeavesNothingHalfDone(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster) { database in
            try await Self.prepare(database)
            let program = try database.startPgtend("run", "--schema", "shop")
            try await database.waitForSession(where: Shop.isDawdling)
            try await cluster.stop(.immediate)
            let result = try await program.result(within: .seconds(30))
            #expect(result.ending == .exited(69), "\(result)")
            #expect(result.standardError.contains("shop.slow"), "\(result)")
            // Six tables with the current and three future partitions were done before the view.
            #expect(result.standardError.split(separator: "\n").filter { $0.hasPrefix("done in ") }.count == 24)

            try await cluster.start()
            #expect(try await database.psql("SELECT text FROM shop.slow") == "old")
            try await database.psql(Shop.insertsForNow(in: "shop") + "UPDATE shop.pace SET seconds = 0")
            #expect(try await database.pgtend("run", "--schema", "shop").succeeded)
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
        }
        try await cluster.destroy()
    }

    @Test func goesOnAfterItsBackendWasTerminated() async throws {
        let cluster = try await Cluster.private()
        try await TestDatabase.with(cluster) { database in
            try await Self.prepare(database)
            let program = try database.startPgtend("run", "--schema", "shop")
            try await database.waitForSession(where: Shop.isDawdling)
            try await database.psql(
                """
                UPDATE shop.pace SET seconds = 0;
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgtend run'
                """)
            let result = try await program.result(within: .seconds(30))
            #expect(result.succeeded, "\(result)")
            #expect(try await database.psql("SELECT text FROM shop.slow") == "new")
        }
        try await cluster.destroy()
    }

    /// A backend that does not react to the cancel: the second signal does not wait for it.
    @Test(arguments: [SIGINT, SIGTERM])
    func aSecondSignalEndsAtOnce(signal: Int32) async throws {
        let cluster = try await Cluster.private()
        try await TestDatabase.with(cluster) { database in
            try await Self.prepare(database)
            let program = try database.startPgtend("run", "--schema", "shop")
            try await database.waitForSession(where: Shop.isDawdling)
            let pid = try #require(
                pid_t(try await database.psql("SELECT pid FROM pg_stat_activity AS a WHERE \(Shop.isDawdling)")))
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            program.send(signal)
            // Two of one kind that follow each other closely can become one, so the other kind comes second.
            program.send(signal == SIGINT ? SIGTERM : SIGINT)
            let second: Int32 = signal == SIGINT ? SIGTERM : SIGINT
            let started = ContinuousClock.now
            let result = try await program.result(within: .seconds(20))
            // Without it, a backend that ignores a cancel is given five seconds.
            #expect(started.duration(to: .now) < .seconds(3), "\(result)")
            #expect([.exited(128 + signal), .exited(128 + second)].contains(result.ending), "\(result)")
            kill(pid, SIGCONT)
        }
        try await cluster.destroy()
    }

    private static func prepare(_ database: TestDatabase) async throws {
        try await database.psql(
            Shop.agedTables(in: "shop") + Shop.slowView + "UPDATE shop.pace SET seconds = 100;")
    }
}
