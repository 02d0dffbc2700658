import Foundation
import Glibc
import Synchronization

/// A relay on localhost before a server's Unix socket, which can fail the way that networks do.
package final class Relay: Sendable {
    package enum Fault: Sendable {
        /// Closes both ends once so many bytes have gone through, in both directions together.
        case cut(after: Int)
        /// Keeps both ends open, and lets nothing through any more.
        case stall(after: Int)
    }

    private struct State {
        var fault: Fault?
        var forwarded = 0
        var open: Set<Int32> = []
        var isClosed = false
    }

    package let port: Int
    private let listener: Int32
    private let server: String
    private let state = Mutex(State())

    /// - Parameter server: the path of a Unix socket.
    package init(to server: String) throws {
        self.server = server
        (listener, port) = try listenOnLocalhost(backlog: 128)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// How many bytes have gone through since the last `fail`.
    package var forwarded: Int { state.withLock { $0.forwarded } }

    /// From now on, for all connections together.
    package func fail(_ fault: Fault?) {
        state.withLock { state in
            state.fault = fault
            state.forwarded = 0
        }
    }

    /// Ends everything that is still open; whoever waits on it goes on.
    package func close() {
        state.withLock { state in
            state.isClosed = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        while case let client = accept(listener, nil, nil), client >= 0 {
            guard let upstream = connectToUnixSocket(server) else {
                Glibc.close(client)
                continue
            }
            let isClosed = state.withLock { state in
                state.open.formUnion([client, upstream])
                return state.isClosed
            }
            if isClosed { shutdown(client, Int32(SHUT_RDWR)) }
            Thread.detachNewThread { [self] in forward(client, upstream) }
        }
        Glibc.close(listener)
    }

    /// How many of `count` bytes may pass, and the fault that follows them.
    private func admit(_ count: Int) -> (pass: Int, then: Fault?) {
        state.withLock { state in
            switch state.fault {
            case .cut(let limit), .stall(let limit):
                let pass = min(count, limit - state.forwarded)
                state.forwarded += pass
                return (pass, state.forwarded >= limit ? state.fault : nil)
            case nil:
                state.forwarded += count
                return (count, nil)
            }
        }
    }

    private func forward(_ client: Int32, _ upstream: Int32) {
        defer {
            state.withLock { $0.open.subtract([client, upstream]) }
            hangUp(client, upstream)
        }
        var ends = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65_536)
        if let fault = admit(0).then { return suffer(fault, client) }
        while poll(&ends, 2, -1) > 0 || errno == EINTR {
            for (source, target) in [(0, upstream), (1, client)] where ends[source].revents != 0 {
                let count = read(ends[source].fd, &buffer, buffer.count)
                if count <= 0 { return }
                let (pass, then) = admit(count)
                var rest = buffer[..<pass]
                while !rest.isEmpty {
                    let sent = rest.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    if sent <= 0 { return }
                    rest = rest.dropFirst(sent)
                }
                if let fault = then { return suffer(fault, client) }
            }
        }
    }

    /// Returns when the connection is to be closed: at once for a cut, else when the client or the test is done with it.
    private func suffer(_ fault: Fault, _ client: Int32) {
        if case .cut = fault { return }
        var end = pollfd(fd: client, events: pollRemoteHangUp, revents: 0)
        while poll(&end, 1, 100) == 0, !state.withLock({ $0.isClosed }) {}
    }
}

/// `POLLRDHUP`, which glibc's header hides without _GNU_SOURCE.
private let pollRemoteHangUp: Int16 = 0x2000

/// A listening socket on a free port of 127.0.0.1.
package func listenOnLocalhost(backlog: Int32) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(descriptor, generic, length) | listen(descriptor, backlog) | getsockname(descriptor, generic, &length)
        }
    }
    guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

private func connectToUnixSocket(_ path: String) -> Int32? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let code = withAddress(ofSocket: path) { connect(descriptor, $0, $1) }
    if code == 0 { return descriptor }
    Glibc.close(descriptor)
    return nil
}

/// Closes connections so that the other ends hear of it, though a program that another test has just started may hold a
/// copy of the descriptor for a moment.
package func hangUp(_ connections: Int32...) {
    for connection in connections {
        shutdown(connection, Int32(SHUT_RDWR))
        close(connection)
    }
}
