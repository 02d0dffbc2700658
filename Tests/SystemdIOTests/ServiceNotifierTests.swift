import Foundation
import TestSupport
import Testing

@Suite("Service notifier")
struct ServiceNotifierTests {
    private static let probe = Program.beside("SystemdProbe")

    private func send(_ states: [String], to path: String?) async throws -> Program.Result {
        try await Program.run(
            Self.probe, ["send"] + states, environment: path.map { ["NOTIFY_SOCKET": $0] } ?? [:])
    }

    @Test(arguments: [
        ("ready", ["READY=1"]),
        ("stopping", ["STOPPING=1"]),
        ("watchdog", ["WATCHDOG=1"]),
        ("reloading=123456789", ["RELOADING=1", "MONOTONIC_USEC=123456789"]),
        ("extend=1500", ["EXTEND_TIMEOUT_USEC=1500000"]),
        ("extend=-1", ["EXTEND_TIMEOUT_USEC=0"]),
        ("status=12 databases, next run at 03:00", ["STATUS=12 databases, next run at 03:00"]),
    ])
    func saysEachState(state: String, assignments: [String]) async throws {
        let socket = try NotifySocket()
        #expect(try await send([state], to: socket.path).succeeded)
        #expect(try await socket.message().assignments == assignments)
    }

    @Test func sendsSeveralStatesAsOneDatagramOfThisProcess() async throws {
        let socket = try NotifySocket()
        let program = try Program.start(
            Self.probe, ["send", "ready", "status=two databases", "watchdog"],
            environment: ["NOTIFY_SOCKET": socket.path])
        let message = try await socket.message()
        #expect(message.assignments == ["READY=1", "STATUS=two databases", "WATCHDOG=1"])
        #expect(message.sender == program.processIdentifier)
        #expect(try await program.result().succeeded)
    }

    @Test(arguments: [
        ("two\nlines\r\nWATCHDOG=1", "two lines  WATCHDOG=1"),
        ("red \u{1B}[31m and a bell\u{7}", "red  [31m and a bell "),
        ("turned \u{202E} round\u{2028}here\u{85}", "turned   round here "),
        ("„Umsätze“ 📈", "„Umsätze“ 📈"),
    ])
    func makesTheStatusOneLineWithoutControlCharacters(text: String, shown: String) async throws {
        let socket = try NotifySocket()
        #expect(try await send(["status=\(text)", "ready"], to: socket.path).succeeded)
        #expect(try await socket.message().assignments == ["STATUS=\(shown)", "READY=1"])
    }

    @Test func cutsAStatusBeforeSystemdWouldDropTheDatagram() async throws {
        let socket = try NotifySocket()
        let long = String(repeating: "ä", count: 5000)
        #expect(try await send(["status=\(long)", "ready"], to: socket.path).succeeded)
        let assignments = try await socket.message().assignments
        #expect(assignments == ["STATUS=" + String(repeating: "ä", count: 1024) + "…", "READY=1"])
    }

    @Test func saysNothingWhereNobodyListens() async throws {
        #expect(try await send(["ready"], to: nil).succeeded)
        let silent = try await Program.run(Self.probe, ["listening"])
        #expect(silent.standardOutput == "false\n")
        let heard = try await Program.run(Self.probe, ["listening"], environment: ["NOTIFY_SOCKET": "/nowhere"])
        #expect(heard.standardOutput == "true\n")
    }

    @Test func throwsWhenTheManagerCannotBeReached() async throws {
        let result = try await send(["ready", "status=up"], to: "/nowhere/notify")
        #expect(result.ending == .exited(1))
        #expect(
            result.standardOutput
                == "notificationNotSent 2: the service manager did not take 'READY=1 STATUS=up' on the socket of "
                + "$NOTIFY_SOCKET: No such file or directory (errno 2)\n")
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "180000000"], "180.0 seconds\n"),
        ([:], "none\n"),
        (["WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "1"], "none\n"),
    ])
    func knowsTheIntervalOfTheWatchdogThatLooksAtThisProcess(
        environment: [String: String], interval: String
    ) async throws {
        let result = try await Program.run(Self.probe, ["interval"], environment: environment)
        #expect(result.standardOutput == interval)
    }

    @Test(arguments: ["soon", "0", "-1", ""])
    func throwsOnAnAnnouncementOfAWatchdogThatMakesNoSense(text: String) async throws {
        let result = try await Program.run(Self.probe, ["interval"], environment: ["WATCHDOG_USEC": text])
        #expect(result.ending == .exited(1), "\(result)")
        #expect(result.standardOutput.hasPrefix("invalidWatchdog "), "\(result)")
        #expect(result.standardOutput.contains("found '\(text)'"), "\(result)")
    }
}
