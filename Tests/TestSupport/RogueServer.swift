import Dispatch
import Foundation
import Glibc
import Synchronization

/// A server that does not keep to the protocol: a Unix socket before a real one, whose messages it changes on their way
/// to the client.
package final class RogueServer: Sendable {
    /// A message of the server: its type, and what follows its length.
    package struct Message: Sendable {
        package let type: UInt8
        package let body: [UInt8]
        /// The number of the message among those of its connection that came since the client's `mark`; nil before it.
        package let number: Int?
    }

    package let folder: String
    private let server: String
    private let mark: [UInt8]
    private let listener: Int32
    /// Returns the bytes that go to the client in the place of the message; nil for the message as it is.
    private let change: @Sendable (Message) -> [UInt8]?
    /// Sent again and again once it is not empty and the client has sent the mark.
    private let flood: [UInt8]

    /// - Parameter mark: what a statement has to contain for the change to begin.
    package init(
        before cluster: Cluster, mark: String, flood: [UInt8] = [],
        change: @escaping @Sendable (Message) -> [UInt8]? = { _ in nil }
    ) throws {
        server = cluster.folder + "/.s.PGSQL.5432"
        self.mark = Array(mark.utf8)
        self.flood = flood
        self.change = change
        var template = Array("/tmp/pgtend-rogue-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let code = withAddress(ofSocket: folder + "/.s.PGSQL.5432") { [listener] in
            bind(listener, $0, $1) | listen(listener, 16)
        }
        guard code == 0 else { throw TestFailure("bind: \(errno)") }
        Thread.detachNewThread { [self] in acceptAll() }
    }

    package func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(folder + "/.s.PGSQL.5432")
        rmdir(folder)
    }

    /// A message as it is sent.
    package static func message(_ type: Character, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        [type.asciiValue ?? 0] + bytes(Int32(truncatingIfNeeded: length ?? body.count + 4)) + body
    }

    package static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private func acceptAll() {
        while case let client = accept(listener, nil, nil), client >= 0 {
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard withAddress(ofSocket: server, { connect(upstream, $0, $1) }) == 0 else {
                Glibc.close(client)
                Glibc.close(upstream)
                continue
            }
            Thread.detachNewThread { [self] in
                forward(client, upstream)
                Glibc.close(client)
                Glibc.close(upstream)
            }
        }
        Glibc.close(listener)
    }

    private func forward(_ client: Int32, _ upstream: Int32) {
        var number: Int?
        var answer: [UInt8] = []
        var ends = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: upstream, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while poll(&ends, 2, -1) > 0 || errno == EINTR {
            if ends[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { return }
                if number == nil, buffer[..<count].contains(mark) {
                    number = 0
                    while !flood.isEmpty { guard pass(flood, to: client) else { return } }
                }
                guard pass(Array(buffer[..<count]), to: upstream) else { return }
            }
            if ends[1].revents != 0 {
                let count = read(upstream, &buffer, buffer.count)
                guard count > 0 else { return }
                answer += buffer[..<count]
                var changed: [UInt8] = []
                while answer.count >= 5 {
                    let length = answer[1..<5].reduce(0) { $0 << 8 | Int($1) } + 1
                    guard answer.count >= length else { break }
                    let bytes = Array(answer[..<length])
                    answer.removeFirst(length)
                    let message = Message(type: bytes[0], body: Array(bytes[5...]), number: number)
                    number = number.map { $0 + 1 }
                    changed += (message.number == nil ? nil : change(message)) ?? bytes
                }
                guard pass(changed, to: client) else { return }
            }
        }
    }

    private func pass(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent <= 0 { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}
