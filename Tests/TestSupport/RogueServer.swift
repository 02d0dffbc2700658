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

    package var folder: String { relay.folder }
    private let relay: SocketRelay
    private let mark: [UInt8]
    /// Returns the bytes that go to the client in the place of the message; nil for the message as it is.
    private let change: @Sendable (Message) -> [UInt8]?
    /// Sent again and again once it is not empty and the client has sent the mark.
    private let flood: [UInt8]

    /// - Parameter mark: what a statement has to contain for the change to begin.
    package init(
        before cluster: Cluster, mark: String, flood: [UInt8] = [],
        change: @escaping @Sendable (Message) -> [UInt8]? = { _ in nil }
    ) throws {
        relay = try SocketRelay(to: cluster, name: "rogue")
        self.mark = Array(mark.utf8)
        self.flood = flood
        self.change = change
        relay.start { [self] in forward($0, $1) }
    }

    package func close() { relay.close() }

    /// A message as it is sent.
    package static func message(_ type: Character, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        [type.asciiValue ?? 0] + bytes(Int32(truncatingIfNeeded: length ?? body.count + 4)) + body
    }

    package static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private func forward(_ client: Int32, _ upstream: Int32) {
        var number: Int?
        var answer: [UInt8] = []
        var ends = SocketRelay.ends(client, upstream)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while poll(&ends, 2, -1) > 0 || errno == EINTR {
            if ends[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { return }
                if number == nil, buffer[..<count].contains(mark) {
                    number = 0
                    while !flood.isEmpty { guard SocketRelay.pass(flood[...], to: client) else { return } }
                }
                guard SocketRelay.pass(buffer[..<count], to: upstream) else { return }
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
                guard SocketRelay.pass(changed[...], to: client) else { return }
            }
        }
    }
}
