import Foundation
import TestSupport
import Testing

/// Nothing answers, or not as PostgreSQL would: one sentence, exit code 69, and never a hang.
@Suite("Unreachable servers")
struct UnreachableTests {
    @Test(arguments: ["run", "plan"])
    func namesTheSocketThatIsNotThere(command: String) async throws {
        let result = try await Pgtend.run([command, "--database", "host=/nowhere/at/all dbname=shop"])
        expectUnavailable(result, says: "/nowhere/at/all")
    }

    @Test(arguments: ["run", "plan"])
    func namesTheAddressThatRefuses(command: String) async throws {
        let deaf = try LocalPort(backlog: nil)
        defer { deaf.close() }
        let result = try await Pgtend.run([command, "--database", "host=127.0.0.1 port=\(deaf.port) dbname=shop"])
        expectUnavailable(result, says: "127.0.0.1")
        #expect(result.everything.contains("refused"))
    }

    @Test func namesTheHostThatDoesNotResolve() async throws {
        let result = try await Pgtend.run(["run", "--database", "host=host.invalid connect_timeout=3 dbname=shop"])
        expectUnavailable(result, says: "host.invalid")
    }

    /// The kernel drops every SYN once the queue of a listener is full: what a firewall does to a wrong address.
    @Test func givesUpABlackHoleAfterItsTimeLimit() async throws {
        let hole = try LocalPort(backlog: 0)
        defer { hole.close() }
        try hole.fill()
        let result = try await Pgtend.run(
            ["run", "--database", "host=127.0.0.1 port=\(hole.port) connect_timeout=2 dbname=shop"])
        expectUnavailable(result, says: "no answer within 2")
    }

    @Test func givesUpAServerThatNeverSpeaks() async throws {
        let mute = try LocalPort(backlog: 8)
        defer { mute.close() }
        let result = try await Pgtend.run(
            ["plan", "--database", "host=127.0.0.1 port=\(mute.port) connect_timeout=2 dbname=shop"])
        expectUnavailable(result, says: "no answer within 2")
    }

    @Test func stopsWaitingAtASignal() async throws {
        let mute = try LocalPort(backlog: 8)
        defer { mute.close() }
        let program = try Program.start(
            Program.pgtend, ["run", "--database", "host=127.0.0.1 port=\(mute.port) connect_timeout=50 dbname=shop"])
        try await mute.waitForCaller()
        program.send(SIGTERM)
        #expect(try await program.result(within: .seconds(20)).ending == .exited(143))
    }

    private func expectUnavailable(_ result: Program.Result, says words: String) {
        #expect(result.ending == .exited(69), "\(result)")
        #expect(result.standardError.contains(words), "\(result)")
        #expect(result.standardOutput == "")
        #expect(result.standardError.split(separator: "\n").count <= 2, "\(result)")
    }
}
