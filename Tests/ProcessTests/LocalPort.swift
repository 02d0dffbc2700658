import Foundation
import TestSupport

/// A TCP port of this machine behind which no PostgreSQL answers.
struct LocalPort {
    let port: UInt16
    private let descriptor: Int32
    private let callers = Callers()

    private final class Callers: @unchecked Sendable {
        // Touched by one test alone, one call after the other.
        var descriptors: [Int32] = []
    }

    /// - Parameter backlog: nil binds the port without listening on it, so that it refuses connections.
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

    /// Fills the queue of the listener, so that nobody else can connect.
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
