import Dispatch
import Foundation
import Synchronization

/// A program run as a process: how tests look at the built `pgtend`, at psql and at PostgreSQL's own tools.
///
/// It sees `PATH`, `HOME` and what the test gives it, never the caller's `PG…` variables or journal. Its output is read
/// on a thread of its own from the start, so that a full pipe never stops it.
package final class Program: Sendable {
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package enum Input: Sendable {
        /// /dev/null.
        case none
        case text(String)
        /// A pipe that stays open until `closeInput()`, or until this process ends in whatever way.
        case open
    }

    package enum Output: Sendable {
        /// Standard output and standard error apart.
        case pipes
        /// One pseudo-terminal for both, recorded as standard output; input that is not `.none` is typed at it.
        case terminal
    }

    package struct Result: Sendable {
        package let ending: Ending
        package let standardOutput: String
        package let standardError: String

        package var succeeded: Bool { ending == .exited(0) }
    }

    package let processIdentifier: pid_t
    private let name: String
    private let state: Mutex<State>

    private struct State {
        var standardOutput: [UInt8] = []
        var standardError: [UInt8] = []
        var ending: Ending?
        var input: Int32?
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0

        var result: Result? {
            ending.map {
                Result(ending: $0, standardOutput: text(standardOutput), standardError: text(standardError))
            }
        }

        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

        /// Takes out the waiters whose condition has come true, to be resumed outside the lock.
        mutating func ready() -> [Waiter] {
            let ready = waiters.filter { $0.value.condition(self) || ending != nil }
            for id in ready.keys { waiters[id] = nil }
            return Array(ready.values)
        }
    }

    private struct Waiter {
        let condition: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// Starts `path`. Throws when there is no such program; never waits for it.
    package static func start(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], input: Input = .none,
        output: Output = .pipes
    ) throws -> Program {
        try Program(path, arguments, environment: environment, input: input, output: output)
    }

    /// Starts `path` and awaits its end; see `result(within:)`.
    package static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], input: Input = .none,
        output: Output = .pipes, within limit: Duration = .seconds(120)
    ) async throws -> Result {
        let program = try start(
            path, arguments, environment: environment, input: input, output: output)
        return try await program.result(within: limit)
    }

    /// The built `pgtend`.
    package static var pgtend: String { beside("pgtend") }

    /// A program of this package, which the build puts beside the test bundle.
    package static func beside(_ name: String) -> String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/" + name
    }

    private init(
        _ path: String, _ arguments: [String], environment: [String: String], input: Input, output: Output
    ) throws {
        let child = try Child(path, arguments, environment: environment, input: input, output: output)
        name = path
        processIdentifier = child.processIdentifier
        if case .text(let text) = input, let pipe = child.input {
            state = Mutex(State())
            Thread.detachNewThread { feed(text, to: pipe) }
        } else {
            state = Mutex(State(input: child.input))
        }
        Thread.detachNewThread { [self] in follow(child.outputs) }
    }

    /// Sends a signal, unless the process has ended: its number may belong to another by then.
    package func send(_ signal: Int32) {
        state.withLock { state in
            if state.ending == nil { kill(processIdentifier, signal) }
        }
    }

    package func closeInput() {
        state.withLock { state in
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    /// Awaits the first line of standard output.
    package func firstLine(within limit: Duration = .seconds(180)) async throws -> String {
        try await standardOutput(contains: "\n", within: limit)
        return state.withLock { String($0.text($0.standardOutput).prefix { !$0.isNewline }) }
    }

    /// Awaits that standard output has `count` whole lines, and answers all that it has.
    package func lines(_ count: Int, within limit: Duration = .seconds(180)) async throws -> [String] {
        try await wait(for: "line \(count) on standard output", within: limit) {
            $0.standardOutput.count { $0 == UInt8(ascii: "\n") } >= count
        }
        return state.withLock { $0.text($0.standardOutput).split(separator: "\n").map(String.init) }
    }

    /// Awaits that standard output contains `text`, and throws when the program ends without it or `limit` passes.
    package func standardOutput(contains text: String, within limit: Duration = .seconds(60)) async throws {
        try await wait(for: "'\(text)' on standard output", within: limit) {
            $0.text($0.standardOutput).contains(text)
        }
    }

    /// Awaits that standard error contains `text`, and throws when the program ends without it or `limit` passes.
    package func standardError(contains text: String, within limit: Duration = .seconds(60)) async throws {
        try await wait(for: "'\(text)' on standard error", within: limit) {
            $0.text($0.standardError).contains(text)
        }
    }

    /// Awaits that standard error has `count` lines that contain `text`.
    package func standardError(
        contains text: String, times count: Int, within limit: Duration = .seconds(60)
    ) async throws {
        try await wait(for: "'\(text)' \(count) times on standard error", within: limit) {
            $0.text($0.standardError).split(separator: "\n").count { $0.contains(text) } >= count
        }
    }

    /// What it has written to standard error so far.
    package var standardErrorSoFar: String { state.withLock { $0.text($0.standardError) } }

    /// Awaits the end. A program that is still running after `limit` is killed, which is a failure with what it said.
    package func result(within limit: Duration = .seconds(120)) async throws -> Result {
        try await wait(for: "its end", within: limit) { $0.ending != nil }
        guard let result = state.withLock(\.result) else { throw TestFailure("\(name) ended without a result") }
        return result
    }

    private func wait(
        for what: String, within limit: Duration, _ condition: @escaping @Sendable (State) -> Bool
    ) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let id: Int? = state.withLock { state in
                guard !condition(state), state.ending == nil else { return nil }
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = Waiter(condition: condition, continuation: continuation)
                return state.nextWaiter
            }
            guard let id else { return continuation.resume() }
            let milliseconds = Int(limit / .milliseconds(1))
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [self] in
                guard let waiter = state.withLock({ $0.waiters.removeValue(forKey: id) }) else { return }
                send(SIGKILL)
                waiter.continuation.resume(throwing: missing(what, "within \(limit)"))
            }
        }
        if !state.withLock({ condition($0) }) { throw missing(what, "before it ended") }
    }

    private func missing(_ what: String, _ when: String) -> TestFailure {
        let (output, error, ending) = state.withLock {
            ($0.text($0.standardOutput), $0.text($0.standardError), $0.ending)
        }
        let end = ending.map { ", ended: \($0)" } ?? ""
        return TestFailure(
            "\(name): no \(what) \(when)\(end)\n-- standard output:\n\(output)\n-- standard error:\n\(error)")
    }

    /// Reads until every output is closed, then reaps the child.
    private func follow(_ outputs: [Int32]) {
        var polled = outputs.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while polled.contains(where: { $0.fd >= 0 }) {
            poll(&polled, nfds_t(polled.count), -1)
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &buffer, buffer.count)
                if count > 0 {
                    let chunk = buffer[..<count]
                    resume {
                        index == 0
                            ? $0.standardOutput.append(contentsOf: chunk) : $0.standardError.append(contentsOf: chunk)
                    }
                } else if count == 0 || errno != EINTR {  // a terminal whose program has gone answers EIO
                    close(polled[index].fd)
                    polled[index].fd = -1
                }
            }
        }
        // Wait without reaping: the number stays the child's until `send` can see that it has ended.
        var information = siginfo_t()
        while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        resume { state in
            var status: Int32 = 0
            waitpid(processIdentifier, &status, 0)
            state.ending = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
        }
    }

    private func resume(after change: (inout State) -> Void) {
        let ready = state.withLock { state in
            change(&state)
            return state.ready()
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}

/// Writes all of `text` and closes the pipe. A reader that stops early is its own business: what it then says is tested.
private func feed(_ text: String, to pipe: Int32) {
    signal(SIGPIPE, SIG_IGN)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else { break }
        bytes = bytes.dropFirst(max(count, 0))
    }
    close(pipe)
}
