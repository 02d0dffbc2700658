import Foundation
import Glibc

/// A named pipe that is full, and that nobody reads until a test does: whoever writes to it waits.
package final class UnreadPipe: Sendable {
    package let path: String
    private let descriptor: CInt

    package init() throws {
        path = "/tmp/pgtend-pipe-\(UUID().uuidString)"
        guard mkfifo(path, 0o600) == 0 else { throw TestFailure("mkfifo: \(String(cString: strerror(errno)))") }
        // For reading and writing: opening one end of a named pipe waits for the other.
        descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0, fcntl(descriptor, Self.setPipeSize, 4_096) >= 0 else {
            throw TestFailure("\(path): \(String(cString: strerror(errno)))")
        }
        while write(descriptor, "\n", 1) == 1 {}
    }

    /// F_SETPIPE_SZ, which glibc's header hides without _GNU_SOURCE.
    private static let setPipeSize: CInt = 1_031

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// Starts a program whose standard error, and on request standard output, is this pipe.
    package func start(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], forBoth: Bool = false
    ) throws -> Program {
        let redirection = forBoth ? #"1>"$UNREAD_PIPE" 2>&1"# : #"2>"$UNREAD_PIPE""#
        return try Program.start(
            "/bin/sh", ["-c", #"exec "$0" "$@" "# + redirection, path] + arguments,
            environment: environment.merging(["UNREAD_PIPE": self.path]) { given, _ in given })
    }

    /// Reads until the program has ended and all of it is read.
    package func text(until program: Program) async throws -> (text: String, Program.Result) {
        async let text = onOwnThread { try self.readToMark() }
        let result = try await program.result(within: .seconds(30))
        try await onOwnThread { try self.writeMark() }
        return (try await text, result)
    }

    private static let mark = Array("\u{1}".utf8)

    private func writeMark() throws {
        while write(descriptor, Self.mark, 1) != 1 {
            guard errno == EAGAIN || errno == EINTR else { throw TestFailure("\(path) cannot be written") }
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&ready, 1, -1)
        }
    }

    private func readToMark() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.last != Self.mark[0] {
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 60_000) == 1 else { throw TestFailure("\(path) has nothing to read for a minute") }
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { bytes += buffer[..<count] }
        }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}
