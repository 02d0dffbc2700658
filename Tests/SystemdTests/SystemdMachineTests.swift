import Foundation
import TestSupport
import Testing

/// The harness is trusted by the other suites.
@Suite(
    "A systemd in namespaces",
    .enabled(if: SystemdMachine.refusal == nil, Comment(rawValue: SystemdMachine.refusal ?? "")))
struct SystemdMachineTests {
    @Test(arguments: [nil, SIGTERM, SIGINT])
    func leavesNothingBehind(signal: Int32?) async throws {
        let script = Installation.root.appending(path: "Tests/Harness/systemd.sh").path
        let harness = try Program.start("/bin/bash", [script, Program.pgtend], input: .open)
        let words = try await harness.firstLine().split(separator: " ")
        let first = try #require(pid_t(words[1]))
        let folder = "/run/pgtend-systemd.\(harness.processIdentifier)"
        let group = try String(contentsOfFile: "/proc/\(first)/cgroup", encoding: .utf8)
        #expect(group.contains("pgtend-systemd.\(harness.processIdentifier)"))
        #expect(FileManager.default.fileExists(atPath: folder))

        if let signal { harness.send(signal) } else { harness.closeInput() }
        #expect(try await harness.result(within: .seconds(90)).ending == .exited(signal.map { 128 + $0 } ?? 0))
        #expect(!FileManager.default.fileExists(atPath: folder))
        // Gone, or a zombie that its new parent has not reaped: neither has a command line.
        let command = FileManager.default.contents(atPath: "/proc/\(first)/cmdline") ?? Data()
        #expect(command.isEmpty)
        let groups = try await Program.run(
            "/usr/bin/find", ["/sys/fs/cgroup", "-name", folder.dropFirst(5).description])
        #expect(groups.standardOutput == "")
    }

    @Test func endsEvenWhenTheScriptIsKilled() async throws {
        let script = Installation.root.appending(path: "Tests/Harness/systemd.sh").path
        let harness = try Program.start("/bin/bash", [script, Program.pgtend], input: .open)
        let words = try await harness.firstLine().split(separator: " ")
        let inside = try Program.start(
            "/usr/bin/nsenter", ["--target", String(words[1]), "--all", "sh", "-c", "echo entered; exec cat"],
            input: .open)
        try await inside.standardOutput(contains: "entered")

        harness.send(SIGKILL)
        harness.closeInput()  // which nobody follows any more but the reader that is left
        #expect(try await harness.result(within: .seconds(30)).ending == .killed(signal: SIGKILL))
        // With process 1 the kernel ends all that are in its namespace.
        #expect(try await inside.result(within: .seconds(30)).ending == .killed(signal: SIGKILL))
        // The next one removes the folder that nobody was left to remove.
        let folder = "/run/pgtend-systemd.\(harness.processIdentifier)"
        try await SystemdMachine.with { _ in }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func isAMachineOfItsOwn() async throws {
        try await SystemdMachine.with { machine in
            #expect(try await machine.shell("cat /proc/1/comm") == "systemd")
            #expect(try await machine.shell("systemctl --failed --no-legend") == "")
            let sockets = try await machine.shell("ls /sys/class/net; ls -d /proc/[0-9]* | wc -l")
            let lines = sockets.split(separator: "\n")
            #expect(lines.first == "lo" && Int(lines[1]).map { $0 < 20 } == true, "\(sockets)")
            #expect(try await machine.run("/bin/false").ending == .exited(1))
            await #expect(throws: TestFailure.self) { try await machine.shell("false | true") }
        }
    }
}
