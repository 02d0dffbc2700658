import DatabaseAccess
import Maintenance
import PostgresClient
import Synchronization

/// The connection of a run, and the advisory locks that it holds. A lost connection is reopened, and the locks are
/// taken again before it is used for anything else.
actor RunSession {
    private let open: @Sendable () async throws(PostgresError) -> Connection
    private var current: Connection
    /// The kinds of task whose locks this session holds.
    private(set) var tasks: [TaskKind] = []
    /// The locks that could not be taken again on a new connection.
    private(set) var lostLocks: [HeldRunLock] = []
    private let reconnectTimeout: Duration
    /// When `current` was opened.
    private var opened = ContinuousClock.now
    private var proof: (@Sendable (Connection) async throws(PostgresError) -> Void)?

    nonisolated let serverVersion: Int
    private nonisolated let noticeLog: NoticeLog
    private nonisolated let loss = Mutex<PostgresError?>(nil)

    /// Why reconnecting to the server failed; no further step is tried then.
    nonisolated var reconnectFailure: PostgresError? { loss.withLock { $0 } }
    nonisolated var isLost: Bool { reconnectFailure != nil }

    /// - Parameter reconnectTimeout: how long to try to reopen a lost connection and to take its locks again.
    init(
        first connection: Connection, notices: NoticeLog, reconnectTimeout: Duration = .seconds(15),
        reopen: @escaping @Sendable () async throws(PostgresError) -> Connection
    ) {
        current = connection
        serverVersion = connection.server.version.number
        noticeLog = notices
        self.reconnectTimeout = reconnectTimeout
        open = reopen
    }

    /// Takes the lock of each kind of task.
    ///
    /// The backend of a run that has just ended or was killed lives on for a moment, so for half a second it tries
    /// again to take a lock that is held.
    ///
    /// - Returns: the locks that other sessions hold.
    func take(_ tasks: [TaskKind]) async throws(PostgresError) -> [HeldRunLock] {
        let lock = RunLock(connection: current)
        let deadline = ContinuousClock.now + Self.lockTimeout
        var held: [HeldRunLock] = []
        for task in tasks {
            var holder = try await lock.take(task)
            while holder != nil, .now < deadline, !Task.isCancelled {
                guard await pause(for: Self.lockPause) else { break }
                holder = try await lock.take(task)
            }
            if let holder { held.append(holder) } else { self.tasks.append(task) }
        }
        return held
    }

    /// Has a connection that is opened again proved before it is used: another server may answer, or another database of
    /// that name.
    func prove(_ proof: @escaping @Sendable (Connection) async throws(PostgresError) -> Void) {
        self.proof = proof
    }

    private static let lockTimeout = Duration.milliseconds(500)
    private static let lockPause = Duration.milliseconds(50)

    /// A connection that holds the locks of the run, apart from those that ``otherHolder(of:)`` names.
    ///
    /// - Throws: the failure to reconnect, if the connection was lost.
    func connection() async throws(PostgresError) -> Connection {
        if let reconnectFailure { throw reconnectFailure }
        if current.isBroken {
            try await reconnect()
        } else if await current.record.isSoiled {
            try await recover()
        }
        return current
    }

    /// Code of the application that failed in this session may have left something there, and have released its locks.
    private func recover() async throws(PostgresError) {
        let wanted = tasks
        try await current.recover(keeping: wanted.map(RunLock.number))
        let released = try await RunLock(connection: current).released(wanted)
        guard !released.isEmpty else { return }
        tasks = wanted.filter { !released.contains($0) }
        lostLocks += try await take(released)
    }

    /// The session that has held the lock of that kind of task since the connection was lost; nil if this one holds it.
    func otherHolder(of task: TaskKind) -> HeldRunLock? {
        lostLocks.first { $0.task == task }
    }

    /// The server may be restarting, or the old backend of this session may keep its locks until it notices that the
    /// client is gone (`SessionSettings.connectionCheck`). Both normally take a few seconds, so it tries for a while.
    private func reconnect() async throws(PostgresError) {
        let (wanted, deadline) = (tasks, ContinuousClock.now + reconnectTimeout)
        let (lost, age) = (current, opened.duration(to: .now))
        var failure = PostgresError(.connection, "the connection to the server was lost")
        repeat {
            do throws(PostgresError) {
                current = try await open()
                opened = .now
                try await current.terminate(lost, openFor: age)
                // With several hosts, the one that accepts the connection may not have been promoted yet.
                if try await current.isStandby { throw PostgresError.standby }
                try await proof?(current)
                tasks = []
                let held = try await take(wanted)
                if held.isEmpty { return }
                if .now + Self.reconnectPause >= deadline {
                    lostLocks += held
                    return
                }
            } catch {
                failure = error
            }
            // With only some of the locks, give them all up: the next connection has to take all of them again.
            tasks = wanted
            await current.close()
            if [.authentication, .pooler].contains(failure.kind) { break }
            guard await pause(for: Self.reconnectPause) else { break }
        } while .now < deadline
        loss.withLock { [failure] in $0 = failure }
        throw failure
    }

    private static let reconnectPause = Duration.milliseconds(500)

    /// Releases the locks and closes the connection. A backend lives on for a moment after its connection is closed,
    /// and a run that starts right after this one would find the locks still held.
    func close() async {
        do throws(PostgresError) {
            if !current.isBroken {
                try await current.execute("SELECT pg_catalog.pg_advisory_unlock_all()", evenIfCancelled: true)
            } else if current.isUnresponsive {
                let (lost, age) = (current, opened.duration(to: .now))
                current = try await open()
                try await current.terminate(lost, openFor: age)
            }
        } catch {
            noticeLog.add("the run's locks were not given back before the session ended: \(error.message)")
        }
        await current.close()
    }

    nonisolated var notices: [String] { noticeLog.texts }
    nonisolated func clearNotices() { noticeLog.clear() }
    nonisolated func addNotice(_ text: String) { noticeLog.add(text) }
}

/// Collects the server's notices and pgtend's own remarks for the report of a step. A WARNING may be the only sign that
/// a statement did not have its effect.
final class NoticeLog: Sendable {
    private let kept = Mutex<[String]>([])
    private static let limit = 20

    var texts: [String] { kept.withLock { $0 } }

    func clear() { kept.withLock { $0.removeAll() } }

    func add(_ text: String) {
        kept.withLock { texts in
            if texts.count < Self.limit { texts.append(text) }
        }
    }
}
