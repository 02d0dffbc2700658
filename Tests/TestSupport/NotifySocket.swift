import Foundation
import Glibc

/// What a service manager listens on for a `Type=notify` service: `path` is to be its `$NOTIFY_SOCKET`.
package final class NotifySocket: Sendable {
    /// One datagram.
    package struct Message: Hashable, Sendable {
        /// `NAME=value`, in the order in which they were sent.
        package let assignments: [String]
        /// Who sent it, as the kernel says.
        package let sender: pid_t
    }

    package let path: String
    private let descriptor: CInt

    /// - Parameter isAbstract: without a file: `path` begins with `@`, which stands for a zero byte.
    package init(isAbstract: Bool = false) throws {
        path = (isAbstract ? "@" : "/tmp/") + "pgtend-notify-\(UUID().uuidString)"
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let bound = Self.withAddress(of: path) { bind(descriptor, $0, $1) }
        var yes: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard descriptor >= 0, bound == 0, setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &yes, size) == 0 else {
            throw TestFailure("\(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    private static func withAddress<Result>(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = path.utf8.map { $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count))
            }
        }
    }

    /// Sends `FILLER=1` until there is no room: from then on a sender waits, or is told so.
    package func fill() throws { try Self.fill(path, with: "FILLER=1") }

    /// The same, of any socket for datagrams.
    static func fill(_ path: String, with text: String) throws {
        let sender = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(sender) }
        let filler = Array(text.utf8)
        while true {
            let sent = withAddress(of: path) {
                sendto(sender, filler, filler.count, CInt(MSG_DONTWAIT), $0, $1)
            }
            if sent == filler.count { continue }
            guard errno == EAGAIN else { throw TestFailure("sendto: \(String(cString: strerror(errno)))") }
            return
        }
    }

    /// The next datagram.
    package func message(within limit: Duration = .seconds(60)) async throws -> Message {
        try await onOwnThread { try self.receive(within: limit) }
    }

    /// Awaits the first datagram that has `assignment`, and answers all up to it, oldest first.
    package func messages(until assignment: String, within limit: Duration = .seconds(60)) async throws -> [Message] {
        var messages: [Message] = []
        let deadline = ContinuousClock.now + limit
        repeat {
            let left = deadline - .now
            guard left > .zero else { throw TestFailure("no \(assignment) within \(limit), but \(messages)") }
            messages.append(try await message(within: left))
        } while messages.last?.assignments.contains(assignment) == false
        return messages
    }

    private func receive(within limit: Duration) throws -> Message {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, CInt(clamping: Int(limit / .milliseconds(1)))) == 1 else {
            throw TestFailure("no notification within \(limit)")
        }
        var bytes = [UInt8](repeating: 0, count: 8192)
        var control = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var vector = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var header = msghdr()
                    header.msg_iov = vector
                    header.msg_iovlen = 1
                    header.msg_control = control.baseAddress
                    header.msg_controllen = control.count
                    return recvmsg(descriptor, &header, 0)
                }
            }
        }
        guard count >= 0 else { throw TestFailure("recvmsg: \(String(cString: strerror(errno)))") }
        // The kernel's only control message here: the header, and behind it the sender's credentials, the pid first.
        let sender = control.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: MemoryLayout<cmsghdr>.size, as: pid_t.self)
        }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        return Message(assignments: text.split(separator: "\n").map(String.init), sender: sender)
    }
}
