import Foundation
import Glibc

/// A real journald that runs alone in a mount namespace of its own (`Tests/Harness/journald.sh`): the journal of the
/// machine sees nothing of it. Needs root.
package struct StandaloneJournal: Sendable {
    /// Give both to `.enabled(if:_:)`: a run without root then says what it left out and why.
    package static var isPermitted: Bool { geteuid() == 0 }
    package static let requirement = "needs root: a real journald in a mount namespace of its own"

    private let namespace: String

    /// Starts a journald, and stops it when `body` ends. It ends with this process in any case.
    ///
    /// - Parameter catalog: the message catalog for `journalctl -x`; systemd's own is hidden.
    package static func with<Result: Sendable>(
        catalog: URL? = nil, _ body: (StandaloneJournal) async throws -> Result
    ) async throws -> Result {
        let harness = URL(filePath: #filePath).appending(path: "../../Harness/journald.sh").standardized.path
        let keeper = try Program.start(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private", "bash", harness] + (catalog.map { [$0.path] } ?? []),
            input: .open)
        let words = try await keeper.firstLine().split(separator: " ")
        guard words.count == 2, words[0] == "ready", let process = Int32(words[1]) else {
            throw TestFailure("journald.sh said '\(words.joined(separator: " "))', not that it is ready")
        }
        let journal = StandaloneJournal(namespace: "/proc/\(process)/ns/mnt")
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(journal)) } catch { result = .failure(error) }
        keeper.closeInput()
        let ending = try await keeper.result()
        guard ending.succeeded else { throw TestFailure("journald.sh: \(ending)") }
        return try result.get()
    }

    private init(namespace: String) {
        self.namespace = namespace
    }

    /// Runs `body` where this journald is the system's: on a thread that enters its mount namespace and ends there.
    /// (The library addresses journald by path in every call, and paths are a matter of the thread.)
    package func inside<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await onOwnThread { [namespace] in
            let descriptor = open(namespace, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw TestFailure("open \(namespace): \(String(cString: strerror(errno)))") }
            defer { close(descriptor) }
            try enterMountNamespace(descriptor)
            return try body()
        }
    }

    /// Runs a program where this journald is the system's, with standard output and standard error connected to it
    /// as systemd does for a service, and `$JOURNAL_STREAM` set.
    package func runAsService(
        _ command: [String], identifier: String, environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await startAsService(command, identifier: identifier, environment: environment).result()
    }

    /// The same, still running; signals reach the program itself.
    package func startAsService(
        _ command: [String], identifier: String, environment: [String: String] = [:]
    ) throws -> Program {
        let connect = #"JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM; exec "$@""#
        return try start(
            ["systemd-cat", "--identifier=\(identifier)", "sh", "-c", connect, "sh"] + command,
            environment: environment)
    }

    /// Runs `body` while this journald reads nothing, and has no room for more.
    package func whileDeaf(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void) async throws
    {
        try await signal(SIGSTOP)
        let result: Swift.Result<Void, any Error>
        do {
            try await fill()
            result = .success(try await body())
        } catch { result = .failure(error) }
        try await signal(SIGCONT)
        try result.get()
    }

    private func signal(_ signal: Int32) async throws {
        let sent = try await run(["sh", "-c", "kill -\(signal) $(cat /run/systemd/journald.pid)"])
        guard sent.succeeded else { throw TestFailure("kill: \(sent)") }
    }

    private func fill() async throws {
        try await inside {
            try NotifySocket.fill("/run/systemd/journal/socket", with: "MESSAGE=filler\n")
        }
    }

    /// What journalctl prints, after everything sent so far has been written.
    package func journalctl(_ arguments: String...) async throws -> String {
        try await read(arguments)
    }

    /// The entries that match (`FIELD=value`, or options of journalctl), oldest first, with all their fields whole.
    package func records(_ matches: String...) async throws -> [JournalRecord] {
        try await read(["--output=json", "--all"] + matches).split(separator: "\n")
            .map { try JournalRecord(json: Data($0.utf8)) }
    }

    private func read(_ arguments: [String]) async throws -> String {
        let sync = try await run(["journalctl", "--sync"])
        guard sync.succeeded else { throw TestFailure("journalctl --sync: \(sync)") }
        let result = try await run(
            ["journalctl", "--no-pager", "--directory=/run/log/journal", "--quiet"] + arguments)
        guard result.succeeded else { throw TestFailure("journalctl \(arguments): \(result)") }
        return result.standardOutput
    }

    private func run(_ command: [String], environment: [String: String] = [:]) async throws -> Program.Result {
        try await start(command, environment: environment).result()
    }

    private func start(_ command: [String], environment: [String: String]) throws -> Program {
        try Program.start("/usr/bin/nsenter", ["--mount=\(namespace)"] + command, environment: environment)
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
    guard unshare(shareFileSystemAttributes) == 0 else {
        throw TestFailure("unshare: \(String(cString: strerror(errno)))")
    }
    let setns = unsafeBitCast(dlsym(nil, "setns"), to: SetNamespace.self)
    guard setns(descriptor, mountNamespace) == 0 else {
        throw TestFailure("setns: \(String(cString: strerror(errno)))")
    }
}
