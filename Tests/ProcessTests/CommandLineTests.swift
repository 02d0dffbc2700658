import Foundation
import TestSupport
import Testing

@Suite("Command line")
struct CommandLineTests {
    @Test(arguments: [
        ["frobnicate"], ["run", "--frobnicate"], ["run", "vacuum"], ["plan", "--log-format", "xml"],
        ["config", "edit"], ["history", "--since", "yesterday"], ["history", "--limit", "0"],
        ["history", "--run", "0", "--since", "1d"],
        ["run", "--database"],
    ])
    func refusesWhatItDoesNotKnow(arguments: [String]) async throws {
        let result = try await Pgtend.run(arguments)
        #expect(result.ending == .exited(64), "\(result)")
        #expect(result.standardError.contains("Error: "))
        #expect(result.standardError.contains("--help"))
        #expect(result.standardOutput == "")
    }

    @Test func saysWhichCommandWasMeant() async throws {
        let result = try await Pgtend.run(["paln", "--sql"])
        #expect(result.ending == .exited(64) && result.standardError.contains("Did you mean 'plan'?"), "\(result)")
        #expect(result.standardError.contains("--help") && result.standardOutput == "")
    }

    @Test(arguments: [
        ["--help"], ["run", "--help"], ["plan", "--help"], ["schema", "apply", "--help"],
        ["schema", "repair", "--help"],
        ["schema", "verify", "--help"], ["config", "--help"], ["status", "--help"], ["history", "--help"],
    ])
    func helpsWithExamples(arguments: [String]) async throws {
        let result = try await Pgtend.run(arguments)
        #expect(result.succeeded)
        #expect(result.standardOutput.contains("EXAMPLES\n"))
        // An example that is wrapped cannot be copied.
        let examples = result.standardOutput.split(separator: "\n").filter {
            $0.hasPrefix("  ") && $0.contains("pgtend ")
        }
        #expect(!examples.isEmpty)
        for line in examples { #expect(line.count <= 80, "\(line)") }
    }

    @Test(arguments: [["--help"], ["run", "--help"]])
    func documentsEveryExitCode(arguments: [String]) async throws {
        let help = try await Pgtend.run(arguments).standardOutput
        let codes = help.split(separator: "\n").compactMap { line -> Int? in
            guard let match = line.wholeMatch(of: #/ {2,4}(\d+)  \w.*/#) else { return nil }
            return Int(match.1)
        }
        #expect(codes == [0, 1, 2, 3, 4, 5, 64, 69, 70, 71, 74, 77, 78, 130, 143])
    }

    @Test func saysItsVersion() async throws {
        let result = try await Pgtend.run(["--version"])
        #expect(result.succeeded)
        #expect(result.standardOutput.wholeMatch(of: #/pgtend \d+\.\d+\.\d+\n/#) != nil, "\(result)")
    }

    @Test func saysThatItsAnswerIsLost() async throws {
        let result = try await Program.run(
            "/bin/sh", ["-c", "exec \"$0\" config show --database dbname=shop >/dev/full", Program.pgtend])
        #expect(result.ending == .exited(74), "\(result)")
        #expect(result.standardError.contains("standard output: No space left on device"), "\(result)")
    }

    @Test(arguments: ["run", "plan", "status", "history", "schema apply"])
    func writesNamesSafelyToATerminal(command: String) async throws {
        let conninfo = "host=/nowhere/\u{1B}[2J dbname='two\nlines\u{1B}[31m'"
        let result = try await Pgtend.run(command.split(separator: " ").map(String.init) + ["--database", conninfo])
        #expect(result.ending == .exited(69), "\(result)")
        #expect(!result.everything.contains("\u{1B}"), "\(result)")
        #expect(result.standardError.contains(#"two\nlines\u{1b}[31m"#), "\(result)")
    }

    // MARK: The configuration

    @Test(arguments: ["run", "plan", "config check", "config show"])
    func tellsEveryMistakeAndConnectsToNothing(command: String) async throws {
        let server = try LocalPort(backlog: 8)
        defer { server.close() }
        let text = """
            databases:
              - name: shop
                conninfo: host=127.0.0.1 port=\(server.port) dbname=shop
                partitions:
                  premkae: 3
                lock_timeout: fast
                views:
                  blocking: perhaps
            """
        try await withFile(text) { path in
            let result = try await Pgtend.run(command.split(separator: " ").map(String.init) + ["--config", path])
            #expect(result.ending == .exited(78), "\(result)")
            for (place, words) in [
                ("\(path):5:7: ", "did you mean 'premake'?"), ("\(path):6:19: ", "'fast'"),
                ("\(path):8:17: ", "'perhaps'"),
            ] {
                let line = result.standardError.split(separator: "\n").first { $0.hasPrefix(place) }
                #expect(line?.contains(words) == true, "\(place) \(result)")
            }
            #expect(result.standardError.split(separator: "\n").count == 3, "\(result)")
            #expect(!server.hasCaller)
        }
    }

    /// What libpq would find out when it connects, and so every time.
    @Test(arguments: ["config check", "run", "serve"])
    func refusesSettingsOfAConnectionWithTheirPlaces(command: String) async throws {
        let text = """
            databases:
              - {name: one, conninfo: "host=/nowhere connect_timeout=abc"}
              - {name: two, conninfo: dbname=two}
              - name: three
                conninfo: host=/nowhere port=99999999
            """
        try await withFile(text) { path in
            let result = try await Pgtend.run(
                command.split(separator: " ").map(String.init) + ["--config", path],
                environment: ["PGCONNECT_TIMEOUT": "x"])
            #expect(result.ending == .exited(78), "\(result)")
            let problems = [
                "\(path):2:27: databases[0].conninfo: connect_timeout: expected a whole number, found \"abc\"\n",
                "\(path):5:15: databases[2].conninfo: port: expected a number from 1 to 65535",
                "environment: PGCONNECT_TIMEOUT: connect_timeout: expected a whole number, found \"x\"\n",
            ]
            let places = problems.compactMap { result.standardError.firstRange(of: $0)?.lowerBound }
            #expect(places.count == 3 && places == places.sorted(), "\(result)")
        }
        let flag = try await Pgtend.run(["run", "--database", "port=banana"])
        #expect(
            flag.ending == .exited(78) && flag.standardError.contains("command line: --database: port: "), "\(flag)")
        let variable = try await Pgtend.run(["run", "--database", "dbname=a"], environment: ["PGPORT": "banana"])
        #expect(
            variable.ending == .exited(78) && variable.standardError.contains("environment: PGPORT: port: "),
            "\(variable)")
    }

    @Test func suggestsTheNameOfADatabase() async throws {
        let text = "databases:\n  - name: platform\n    conninfo: dbname=platform\n"
        try await withFile(text) { path in
            let result = try await Pgtend.run(["run", "--config", path, "--database", "platfrom"])
            #expect(result.ending == .exited(78))
            #expect(result.standardError.contains("did you mean 'platform'?"), "\(result)")
        }
    }

    @Test(arguments: [
        ("dbname=shop nonsense=1", "nonsense"), ("postgresql://[::1", "]"), ("dbname='shop", "quot"),
        ("postgresql://host/shop?nonsense=1", "nonsense"),
    ])
    func refusesGarbageForAConnectionString(conninfo: String, words: String) async throws {
        let result = try await Pgtend.run(["run", "--database", conninfo])
        #expect(result.ending == .exited(78), "\(result)")
        #expect(result.standardError.contains(words), "\(result)")
    }

    @Test(arguments: [
        ["config", "show", "--database", "host=/nowhere dbname=shop password=hunter2secret"],
        ["config", "check", "--database", "postgresql://me:hunter2secret@localhost/shop"],
        ["run", "--database", "host=/nowhere dbname=shop password=hunter2secret"],
        ["plan", "--database", "host=/nowhere password='hunter2secret'"],
        ["run", "--database", "postgresql://me:hunter2secret@[::1/shop"],
        ["run", "--database", "password=hunter2secret nonsense"],
    ])
    func warnsOfAPasswordAndNeverRepeatsIt(arguments: [String]) async throws {
        let result = try await Pgtend.run(arguments)
        #expect(!result.everything.contains("hunter2"), "\(result)")
        if result.ending != .exited(78) {
            #expect(result.standardError.hasPrefix("pgtend: warning: "), "\(result)")
            #expect(result.standardError.contains("ps"), "\(result)")
        }
    }

    @Test func saysThatThereIsNoDatabaseToTend() async throws {
        let result = try await Pgtend.run(["run"])
        #expect(result.ending == .exited(78), "\(result)")
        #expect(result.standardError.contains("--database 'host=/run/postgresql dbname=NAME'"))
    }
}
