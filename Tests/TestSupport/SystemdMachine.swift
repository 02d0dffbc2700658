import Foundation

/// A real systemd as process 1 of namespaces of its own, with pgtend installed as a package would
/// (`Tests/Harness/systemd.sh`): the machine's own systemd, journal, users and files see nothing of it.
package struct SystemdMachine: Sendable {
    /// Why there is none here; nil where there is. Give it to `.enabled(if:_:)`: a run without root then says what it
    /// left out and why.
    package static let refusal: String? = {
        let check = Process()
        let output = Pipe()
        check.executableURL = URL(filePath: "/bin/bash")
        check.arguments = [harness, "--check"]
        check.standardOutput = output
        do { try check.run() } catch { return "\(error)" }
        let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        check.waitUntilExit()
        guard check.terminationStatus != 0 else { return nil }
        return "needs root and namespaces: \(words.trimmingCharacters(in: .whitespacesAndNewlines))"
    }()

    private static let harness = URL(filePath: #filePath).appending(path: "../../Harness/systemd.sh").standardized.path

    /// Where the programs that a test brings along are.
    package static let programs = "/usr/libexec/pgtend-test"

    /// Process 1, as the machine outside numbers it.
    private let first: String

    /// Boots, and ends everything that runs there when `body` ends. It ends with this process in any case.
    ///
    /// - Parameter programs: files to be found in `SystemdMachine.programs`.
    package static func with<Result: Sendable>(
        programs: [String] = [], _ body: (SystemdMachine) async throws -> Result
    ) async throws -> Result {
        let keeper = try Program.start("/bin/bash", [harness, Program.pgtend] + programs, input: .open)
        let words = try await keeper.firstLine().split(separator: " ")
        guard words.count == 2, words[0] == "ready" else {
            throw TestFailure("systemd.sh said '\(words.joined(separator: " "))', not that it is ready")
        }
        let machine = SystemdMachine(first: String(words[1]))
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(machine))
        } catch {
            // What happened there is known to its journal alone, which is about to go.
            do { print(try await machine.journalctl("--lines=50")) } catch let second { print("no journal: \(second)") }
            result = .failure(error)
        }
        keeper.closeInput()
        let ending = try await keeper.result()
        guard ending.succeeded else { throw TestFailure("systemd.sh: \(ending)") }
        return try result.get()
    }

    // MARK: Programs and files

    /// Runs a command there as root and awaits its end.
    package func run(
        _ command: String..., input: Program.Input = .none, within limit: Duration = .seconds(60)
    ) async throws -> Program.Result {
        try await Program.run("/usr/bin/nsenter", entering + command, input: input, within: limit)
    }

    /// Starts a command there.
    package func start(_ command: String...) throws -> Program {
        try Program.start("/usr/bin/nsenter", entering + command)
    }

    /// What a script of bash prints; its failure is thrown.
    @discardableResult
    package func shell(_ script: String) async throws -> String {
        let result = try await run("/bin/bash", "-euo", "pipefail", "-c", script)
        guard result.succeeded else { throw TestFailure("\(script): \(result)") }
        return result.standardOutput.trimmingCharacters(in: .newlines)
    }

    /// Writes a file, with its folders.
    package func write(_ text: String, to path: String, mode: String = "0644", owner: String = "root") async throws {
        let result = try await run(
            "/usr/bin/install", "-D", "-m", mode, "-o", owner, "/dev/stdin", path, input: .text(text))
        guard result.succeeded else { throw TestFailure("\(path): \(result)") }
    }

    private var entering: [String] { ["--target", first, "--all", "--wdns=/"] }

    // MARK: Units

    /// A drop-in for a unit, in force at once.
    package func configure(_ unit: String, _ text: String, file: String = "test.conf") async throws {
        try await write(text, to: "/etc/systemd/system/\(unit).d/\(file)")
        try await shell("systemctl daemon-reload")
    }

    /// A property as `systemctl show` has it.
    package func property(_ name: String, of unit: String) async throws -> String {
        try await shell("systemctl show --property='\(name)' --value '\(unit)'")
    }

    // MARK: The journal

    /// What journalctl prints, after everything sent so far has been written.
    package func journalctl(_ arguments: String) async throws -> String {
        try await shell("journalctl --sync && journalctl --no-pager --quiet \(arguments)")
    }

    /// The entries that match (`FIELD=value`, or options of journalctl), oldest first, with all their fields whole.
    package func records(_ matches: String) async throws -> [JournalRecord] {
        try await journalctl("--output=json --all \(matches)").split(separator: "\n")
            .map { try JournalRecord(json: Data($0.utf8)) }
    }

    /// Awaits that there are `count` entries that match, and answers the last of them.
    @discardableResult
    package func entry(_ matches: String, count: Int = 1, within limit: Duration = .seconds(60)) async throws
        -> JournalRecord
    {
        let journal = try start(
            "/bin/bash", "-c", "journalctl --quiet --follow --lines=all --output=json --all \(matches)")
        defer { journal.send(SIGTERM) }
        let lines = try await journal.lines(count, within: limit)
        return try JournalRecord(json: Data(lines[count - 1].utf8))
    }
}
