import Foundation
import TestSupport
import Testing

/// The harness is trusted by every other suite, so it is tested first.
@Suite("Harness")
struct HarnessTests {
    @Test(arguments: PostgresVersion.underTest)
    func givesEachTestADatabaseOfItsOwnAndDropsIt(version: PostgresVersion) async throws {
        let (cluster, name) = try await TestDatabase.with(version) { database in
            try await database.psql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1), (2)")
            #expect(try await database.psql("SELECT count(*), current_database() FROM kept") == "2|\(database.name)")
            #expect(try await database.psql("SHOW server_version_num").hasPrefix("\(version.rawValue)"))
            return (database.cluster, database.name)
        }
        #expect(try await cluster.psql("SELECT count(*) FROM pg_database WHERE datname = '\(name)'") == "0")
    }

    @Test func clonesATemplateThatIsPreparedOnce() async throws {
        let template = Template("prepared_once") { database in
            try await database.psql("CREATE SEQUENCE runs; SELECT nextval('runs')")
        }
        async let first = TestDatabase.with(template: template) { try await $0.psql("SELECT last_value FROM runs") }
        async let second = TestDatabase.with(template: template) { try await $0.psql("SELECT last_value FROM runs") }
        let runs = try await [first, second]
        #expect(runs == ["1", "1"])
    }

    @Test(arguments: ["with \"quotes\"", "with 'quotes' and \\", "two\nlines", String(repeating: "ß", count: 28)])
    func reachesADatabaseOfAnyName(name: String) async throws {
        let unique = "\(getpid())" + name
        try await TestDatabase.with(named: unique) { database in
            let current = try await database.psql("SELECT current_database()")
            #expect(current == unique)
        }
    }

    @Test func reportsWhatPsqlRefuses() async throws {
        let failure = try await #require(throws: TestFailure.self) {
            try await TestDatabase.with { _ = try await $0.psql("SELECT 1/0; SELECT 1") }
        }
        #expect(failure.description.contains("22012"))
    }

    @Test(arguments: PostgresVersion.underTest)
    func stopsRestartsAndRemovesAPrivateCluster(version: PostgresVersion) async throws {
        let cluster = try await Cluster.private(version, configuration: ["application_name": "it's mine"])
        #expect(try await cluster.psql("SHOW application_name") == "psql")
        #expect(
            try await cluster.psql("SELECT boot_val, reset_val FROM pg_settings WHERE name = 'port'") == "5432|5432")
        let first = try cluster.postmaster
        try await cluster.restart()
        #expect(try cluster.postmaster != first)
        try await cluster.stop(.fast)
        await #expect(throws: TestFailure.self) { try await cluster.psql("SELECT 1") }
        try await cluster.start()
        try cluster.killPostmaster()
        try await cluster.destroy()
        #expect(!FileManager.default.fileExists(atPath: cluster.folder))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func leavesNothingBehindOnASignal(signal: Int32) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/../Harness/cluster.sh"
        // The grandchild is what a test runner would leave running.
        let command = "sleep 600 & echo $! $PGTEND_TEST_15; wait"
        let program = try Program.start("/bin/bash", [script, "15", "--", "sh", "-c", command])
        let words = try await program.firstLine().split(separator: " ").map(String.init)
        let (sleeper, folder) = (try #require(pid_t(words[0])), words[1])
        #expect(FileManager.default.fileExists(atPath: folder + "/data/postmaster.pid"))
        // Elsewhere, if it is in memory.
        let data = URL(filePath: folder + "/data").resolvingSymlinksInPath().path
        program.send(signal)
        #expect(try await program.result().ending == .exited(128 + signal))
        #expect(!FileManager.default.fileExists(atPath: folder) && !FileManager.default.fileExists(atPath: data))
        // Gone, or a zombie that its new parent has not reaped: neither has a command line.
        let sleeping = FileManager.default.contents(atPath: "/proc/\(sleeper)/cmdline") ?? Data()
        #expect(sleeping.isEmpty)
    }

    @Test func replacesTheRulesOfAPrivateCluster() async throws {
        let cluster = try await Cluster.private(hba: ["local all postgres trust", "local all all reject"])
        try await cluster.psql("CREATE ROLE ordinary LOGIN")
        let failure = try await #require(throws: TestFailure.self) {
            _ = try await cluster.psql("SELECT 1", user: "ordinary")
        }
        #expect(failure.description.contains("pg_hba.conf rejects connection"))
    }

    @Test func offersTLSWithARightAndAWrongAuthority() async throws {
        let server = try await TLSCluster.start()
        let psql = server.cluster.folder + "/bin/psql"
        let asks = ["--no-psqlrc", "-Atc", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"]
        let trusted = try await Program.run(psql, asks + [server.conninfo()])
        #expect(trusted.standardOutput == "t\n")
        let wrong = try await Program.run(psql, asks + [server.conninfo(["sslrootcert": server.stranger])])
        #expect(wrong.standardError.contains("certificate verify failed"))
        let elsewhere = try await Program.run(psql, asks + [server.conninfo(["host": "db.example"])])
        #expect(elsewhere.standardError.contains("does not match host name"))
    }

    @Test func recordsBothOutputsAndTheEnding() async throws {
        let result = try await Program.run("/bin/sh", ["-c", "cat; echo problem >&2; exit 7"], input: .text("given"))
        #expect(result.standardOutput == "given")
        #expect(result.standardError == "problem\n")
        #expect(result.ending == .exited(7))
    }

    @Test func passesMoreThanAPipeHolds() async throws {
        let long = String(repeating: "0123456789\n", count: 100_000)
        #expect(try await Program.run("/bin/cat", input: .text(long)).standardOutput == long)
        #expect(try await Program.run("/bin/true", input: .text(long)).succeeded)
    }

    @Test func showsATerminal() async throws {
        let result = try await Program.run("/bin/sh", ["-c", "test -t 1 && test -t 2 && echo yes"], output: .terminal)
        #expect(result.standardOutput == "yes\n")
    }

    @Test func deliversSignals() async throws {
        let program = try Program.start(
            "/bin/bash", ["-c", "trap 'echo heard >&2; exit 3' TERM; echo ready; while :; do read -r; done"],
            input: .open)
        try await program.standardOutput(contains: "ready")
        program.send(SIGTERM)
        try await program.standardError(contains: "heard")
        #expect(try await program.result().ending == .exited(3))
        let killed = try Program.start("/bin/cat", input: .open)
        killed.send(SIGKILL)
        #expect(try await killed.result().ending == .killed(signal: SIGKILL))
    }

    @Test func endsAProgramThatTakesTooLong() async throws {
        let program = try Program.start("/bin/sh", ["-c", "echo started; exec cat"], input: .open)
        try await program.standardOutput(contains: "started")
        let failure = try await #require(throws: TestFailure.self) {
            _ = try await program.result(within: .milliseconds(50))
        }
        #expect(failure.description.contains("started"))
        #expect(try await program.result().ending == .killed(signal: SIGKILL))
    }

    @Test func saysThatAProgramEndedBeforeItsMessage() async throws {
        let program = try Program.start("/bin/sh", ["-c", "echo something else; exit 2"])
        let failure = try await #require(throws: TestFailure.self) {
            try await program.standardOutput(contains: "the message")
        }
        #expect(failure.description.contains("exited(2)"))
    }

    @Test func refusesAMissingProgram() {
        #expect(throws: TestFailure.self) { try Program.start("/nowhere/to/be/found") }
    }

    @Test func repeatsItsRandomNumbers() {
        var (first, second) = (Seeded(seed: 1), Seeded(seed: 1))
        let numbers = (0..<4).map { _ in first.next() }
        #expect(numbers == (0..<4).map { _ in second.next() })
        // Computed independently, from the published definition of SplitMix64.
        #expect(Seeded(seed: 1_234_567).first == 6_457_827_717_110_365_317)
    }
}

extension Seeded {
    fileprivate var first: UInt64 {
        var copy = self
        return copy.next()
    }
}
