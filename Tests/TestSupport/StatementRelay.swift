import Dispatch
import Foundation
import Glibc
import Synchronization

/// A Unix socket before the server's that counts the statements which go through, and strikes at one of them.
///
/// It reads the protocol just far enough: a statement is a Query or a Sync message, and what the server is ready for says
/// whether one begins outside of a transaction.
package final class StatementRelay: Sendable {
    package enum Strike: Sendable {
        /// SIGTERM to the backend, as pg_terminate_backend sends it, before it has the statement.
        case terminate
        /// Both ends are closed before the statement is passed on.
        case cutBefore
        /// Both ends are closed as soon as the statement has been passed on, before any answer.
        case cutAfter
        /// SIGSTOP to the backend, before it has the statement.
        case stop
    }

    private struct State {
        var count = 0
        var outside: [Int] = []
        var stopped: pid_t?
        var strike: (Strike, at: Int)?
        var interlude: (work: @Sendable () async -> Void, place: Place)?
    }

    private enum Place {
        case number(Int)
        case text(String)
    }

    package var folder: String { relay.folder }
    private let relay: SocketRelay
    private let state = Mutex(State())

    package init(to cluster: Cluster) throws {
        relay = try SocketRelay(to: cluster, name: "relay")
        relay.start { [self] in forward($0, $1) }
    }

    /// How many statements have come since the last call of `strike`.
    package var count: Int { state.withLock { $0.count } }

    /// Which of them began outside of a transaction and are no mere question or setting: before each of these the server
    /// keeps something else than before the one that precedes it, and within a transaction it keeps what it kept before.
    package var durable: [Int] { state.withLock { $0.outside } }

    /// Strikes once, at the statement of that number from 1, counted over all connections.
    package func strike(_ strike: Strike, at number: Int) {
        state.withLock { $0 = State(strike: (strike, number)) }
    }

    /// Has `work` done before the statement of that number from 1, counted over all connections, is passed on.
    package func pause(before number: Int, for work: @escaping @Sendable () async -> Void) {
        state.withLock { $0 = State(interlude: (work, .number(number))) }
    }

    /// Has `work` done before the first statement with that text in it is passed on.
    package func pause(before text: String, for work: @escaping @Sendable () async -> Void) {
        state.withLock { $0 = State(interlude: (work, .text(text))) }
    }

    package func close() {
        state.withLock { if let pid = $0.stopped { kill(pid, SIGCONT) } }
        relay.close()
    }

    private func forward(_ client: Int32, _ upstream: Int32) {
        var frontend: [UInt8] = []
        var greeting: [UInt8] = []
        var backend: pid_t?
        var isStarted = false
        var readiness = Readiness()
        // Of a statement with parameters: what its Parse message said, for the Sync that ends it.
        var mayChange = true
        var ends = SocketRelay.ends(client, upstream)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while poll(&ends, 2, -1) > 0 || errno == EINTR {
            if ends[1].revents != 0 {
                let count = read(upstream, &buffer, buffer.count)
                guard count > 0, SocketRelay.pass(buffer[..<count], to: client) else { return }
                readiness.read(buffer[..<count])
                if backend == nil {
                    greeting += buffer[..<count]
                    backend = Self.backendPID(in: greeting)
                }
            }
            if ends[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { return }
                frontend += buffer[..<count]
                while let message = Self.message(in: frontend, isStarted: isStarted) {
                    frontend.removeFirst(message.count)
                    // 'Q' and 'S'; the start-up packet, or a cancel request, has no type.
                    if let text = Self.statement(in: message) { mayChange = Self.mayChange(text) }
                    let isStatement = isStarted && (message[0] == 0x51 || message[0] == 0x53)
                    isStarted = true
                    if isStatement { runInterlude(before: message) }
                    let strike =
                        isStatement
                        ? next(backend, isDurable: !readiness.isInTransaction && mayChange) : nil
                    if case .cutBefore = strike { return }
                    guard SocketRelay.pass(message[...], to: upstream) else { return }
                    if case .cutAfter = strike { return }
                }
            }
        }
    }

    /// On the thread of the connection, whose statement waits for it.
    private func runInterlude(before message: [UInt8]) {
        let interlude = state.withLock { state in
            let isHere =
                switch state.interlude?.place {
                case .number(let number): number == state.count + 1
                case .text(let text): message.firstRange(of: text.utf8) != nil
                case nil: false
                }
            guard isHere else { return nil as (@Sendable () async -> Void)? }
            defer { state.interlude = nil }
            return state.interlude?.work
        }
        guard let interlude else { return }
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            await interlude()
            done.signal()
        }
        done.wait()
    }

    /// Counts a statement, and does to the backend what is to be done to it.
    private func next(_ backend: pid_t?, isDurable: Bool) -> Strike? {
        state.withLock { state in
            state.count += 1
            if isDurable { state.outside.append(state.count) }
            guard let (strike, number) = state.strike, number == state.count else { return nil }
            if let backend {
                if case .terminate = strike { kill(backend, SIGTERM) }
                if case .stop = strike {
                    kill(backend, SIGSTOP)
                    state.stopped = backend
                }
            }
            return strike
        }
    }

    /// The SQL of a Query ('Q') or Parse ('P') message; nil for any other.
    private static func statement(in message: [UInt8]) -> ArraySlice<UInt8>? {
        switch message[0] {
        case 0x51: message.dropFirst(5)
        // Behind the name of the prepared statement.
        case 0x50: message.dropFirst(5).drop { $0 != 0 }.dropFirst()
        default: nil
        }
    }

    /// Whether it may change what the server keeps.
    private static func mayChange(_ statement: ArraySlice<UInt8>) -> Bool {
        let words = ["SELECT", "WITH", "SET", "RESET", "SHOW", "--"]
        return !words.contains { statement.starts(with: $0.utf8) }
    }

    /// The first message of the frontend's stream, if it is there as a whole.
    private static func message(in bytes: [UInt8], isStarted: Bool) -> [UInt8]? {
        let type = isStarted ? 1 : 0
        guard bytes.count >= type + 4 else { return nil }
        let length = type + number(bytes[type..<type + 4])
        return bytes.count >= length ? Array(bytes[..<length]) : nil
    }

    /// From the BackendKeyData message ('K') of the greeting.
    private static func backendPID(in greeting: [UInt8]) -> pid_t? {
        var place = 0
        while place + 5 <= greeting.count {
            let length = number(greeting[place + 1..<place + 5])
            if greeting[place] == 0x4B, place + 9 <= greeting.count {
                return pid_t(number(greeting[place + 5..<place + 9]))
            }
            place += 1 + length
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What a backend's ReadyForQuery messages ('Z') say.
private struct Readiness {
    private(set) var isInTransaction = false
    private var header: [UInt8] = []
    /// Of the message whose header has been read.
    private var left = 0

    mutating func read(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let byte = rest.first {
            if left > 0 {
                if header[0] == 0x5A { isInTransaction = byte != 0x49 }
                let skipped = min(left, rest.count)
                rest = rest.dropFirst(skipped)
                left -= skipped
            } else {
                header.append(byte)
                rest = rest.dropFirst()
                if header.count == 5 { left = header[1...].reduce(0) { $0 << 8 | Int($1) } - 4 }
            }
            if header.count == 5, left == 0 { header = [] }
        }
    }
}
