import Foundation
import Glibc

/// A real journald that runs alone in a mount namespace of its own (`Tests/Harness/journald.sh`): the journal of the
/// machine sees nothing of it. Needs root.
package final class StandaloneJournal: Sendable {
    /// Give both to `.enabled(if:_:)`: a run without root then says what it left out and why.
    package static var isPermitted: Bool { geteuid() == 0 }
    package static let requirement = "needs root: a real journald in a mount namespace of its own"

    private let keeper: Process
    /// journald lives until its other end closes, be it because this process is killed.
    private let lifeline: Pipe
    private let namespace: String

    /// Starts a journald, and stops it when `body` ends.
    ///
    /// - Parameter catalog: the message catalog for `journalctl -x`; systemd's own is hidden.
    package static func with<Result: Sendable>(
        catalog: URL? = nil, _ body: (StandaloneJournal) async throws -> Result
    ) async throws -> Result {
        let journal = try await onThreadOfItsOwn { try StandaloneJournal(catalog: catalog) }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(journal)) } catch { result = .failure(error) }
        try await onThreadOfItsOwn { try journal.stop() }
        return try result.get()
    }

    private init(catalog: URL?) throws {
        let harness = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Harness/journald.sh")
        let output = Pipe()
        keeper = Process()
        lifeline = Pipe()
        keeper.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        keeper.arguments =
            ["--mount", "--propagation", "private", "bash", harness.path] + (catalog.map { [$0.path] } ?? [])
        keeper.standardInput = lifeline
        keeper.standardOutput = output
        try keeper.run()

        var line = ""
        while !line.hasSuffix("\n"), case let data = output.fileHandleForReading.availableData, !data.isEmpty {
            line += String(decoding: data, as: UTF8.self)
        }
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0] == "ready", let process = Int32(words[1]) else {
            throw HarnessFailure("journald.sh did not get ready, it said '\(line)'; its complaint is on standard error")
        }
        namespace = "/proc/\(process)/ns/mnt"
    }

    private func stop() throws {
        try lifeline.fileHandleForWriting.close()
        keeper.waitUntilExit()
        guard keeper.terminationStatus == 0 else {
            throw HarnessFailure("journald.sh ended with status \(keeper.terminationStatus)")
        }
    }

    /// Runs `body` where this journald is the system's: on a thread that enters its mount namespace and ends there.
    /// (The library addresses journald by path in every call, and paths are a matter of the thread.)
    package func inside<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await onThreadOfItsOwn { [namespace] in
            let descriptor = open(namespace, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw HarnessFailure(call: "open \(namespace)") }
            defer { close(descriptor) }
            try enterMountNamespace(descriptor)
            return try body()
        }
    }

    /// Runs a program where this journald is the system's, with standard output and standard error connected to it
    /// as systemd does for a service, and `$JOURNAL_STREAM` set.
    ///
    /// - Returns: the exit status.
    package func runAsService(_ command: [String], identifier: String) async throws -> Int32 {
        let connect = #"JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM; exec "$@""#
        return try await onThreadOfItsOwn { [namespace] in
            try run(
                ["/usr/bin/nsenter", "--mount=\(namespace)", "systemd-cat", "--identifier=\(identifier)"]
                    + ["sh", "-c", connect, "sh"] + command
            ).status
        }
    }

    /// What journalctl prints, after everything sent so far has been written.
    package func journalctl(_ arguments: String...) async throws -> String {
        String(decoding: try await read(arguments), as: UTF8.self)
    }

    /// The entries that match (`FIELD=value`, or options of journalctl), oldest first, with all their fields whole.
    package func records(_ matches: String...) async throws -> [JournalRecord] {
        try await read(["--output=json", "--all"] + matches).split(separator: UInt8(ascii: "\n"))
            .map(JournalRecord.init(json:))
    }

    private func read(_ arguments: [String]) async throws -> Data {
        try await onThreadOfItsOwn { [namespace] in
            let journalctl = ["/usr/bin/nsenter", "--mount=\(namespace)", "journalctl", "--no-pager"]
            for command in [["--sync"], ["--directory=/run/log/journal", "--quiet"] + arguments] {
                let (status, output) = try run(journalctl + command)
                guard status == 0 else {
                    throw HarnessFailure("journalctl \(command) ended with status \(status)")
                }
                if command != ["--sync"] { return output }
            }
            return Data()
        }
    }
}

private struct HarnessFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(call: String) {
        self.init("\(call): \(String(cString: strerror(errno)))")
    }
}

/// Moves the calling thread, and no other, into a mount namespace.
private func enterMountNamespace(_ descriptor: CInt) throws {
    // glibc's header hides both calls without _GNU_SOURCE, which the Glibc module is built without.
    typealias Unshare = @convention(c) (_ flags: CInt) -> CInt
    typealias SetNamespace = @convention(c) (_ descriptor: CInt, _ kind: CInt) -> CInt
    let (shareFileSystemAttributes, mountNamespace): (CInt, CInt) = (0x200, 0x20000)

    // The kernel refuses a thread that shares its working directory and root with others.
    let unshare = unsafeBitCast(dlsym(nil, "unshare"), to: Unshare.self)
    guard unshare(shareFileSystemAttributes) == 0 else { throw HarnessFailure(call: "unshare") }
    let setns = unsafeBitCast(dlsym(nil, "setns"), to: SetNamespace.self)
    guard setns(descriptor, mountNamespace) == 0 else { throw HarnessFailure(call: "setns") }
}

/// Runs a program to its end; blocks the thread.
private func run(_ command: [String]) throws -> (status: Int32, output: Data) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
}

/// The pool that runs tests has a thread for each core: blocking work there would starve the other tests.
private func onThreadOfItsOwn<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try body() }) }.start()
    }
}
