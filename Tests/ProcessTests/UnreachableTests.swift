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
        let deaf = try Listener(backlog: nil)
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
        let hole = try Listener(backlog: 0)
        defer { hole.close() }
        try hole.fill()
        let result = try await Pgtend.run(
            ["run", "--database", "host=127.0.0.1 port=\(hole.port) connect_timeout=2 dbname=shop"])
        expectUnavailable(result, says: "no answer within 2")
    }

    @Test func givesUpAServerThatNeverSpeaks() async throws {
        let mute = try Listener(backlog: 8)
        defer { mute.close() }
        let result = try await Pgtend.run(
            ["plan", "--database", "host=127.0.0.1 port=\(mute.port) connect_timeout=2 dbname=shop"])
        expectUnavailable(result, says: "no answer within 2")
    }

    @Test func stopsWaitingAtASignal() async throws {
        let mute = try Listener(backlog: 8)
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

/// A TCP port of this machine.
struct Listener {
    let port: UInt16
    private let descriptor: Int32
    private let callers = Callers()

    private final class Callers: @unchecked Sendable {
        // Touched by one test alone, one call after the other.
        var descriptors: [Int32] = []
    }

    /// - Parameter backlog: nil binds the port without listening, so that it refuses.
    init(backlog: Int32?) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw TestFailure("bind: \(String(cString: strerror(errno)))") }
        port = UInt16(bigEndian: address.sin_port)
        if let backlog { listen(descriptor, backlog) }
    }

    /// Connects until nobody else can.
    func fill() throws {
        for _ in 0..<4 {
            let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = Self.loopback(port: port)
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(caller, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            callers.descriptors.append(caller)
        }
    }

    /// Returns when somebody has connected.
    func waitForCaller() async throws {
        let descriptor = descriptor
        let isThere = try await onOwnThread {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&polled, 1, 30_000) == 1
        }
        guard isThere else { throw TestFailure("nobody called") }
    }

    /// Whether somebody has connected by now.
    var hasCaller: Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    func close() {
        (callers.descriptors + [descriptor]).forEach { Glibc.close($0) }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
