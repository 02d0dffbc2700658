import DatabaseAccess
import Maintenance
import PostgresClient
import Synchronization

/// The connection of a run and the locks that it holds. A lost connection is opened again, and its locks are taken
/// again before anything else happens on it.
actor RunSession {
    private let open: @Sendable () async throws(PostgresError) -> Connection
    private var current: Connection
    /// The kinds of task whose locks this run holds.
    private(set) var tasks: [TaskKind] = []
    /// The locks that could not be taken again on a new connection.
    private(set) var lostLocks: [HeldRunLock] = []
    private let reconnectTimeout: Duration

    nonisolated let serverVersion: Int
    private nonisolated let noticeLog: NoticeLog
    private nonisolated let loss = Mutex<PostgresError?>(nil)

    /// Why the server could not be reached again; no further step is tried then.
    nonisolated var reconnectFailure: PostgresError? { loss.withLock { $0 } }
    nonisolated var isLost: Bool { reconnectFailure != nil }

    /// - Parameter reconnectTimeout: for how long a lost connection is tried to be had again, with its locks.
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

    /// Takes the lock of each kind; those that another run holds are returned, and not worked on.
    ///
    /// The backend of a run that has just ended or was killed outlives it by a moment, so a lock that is held is asked
    /// for again for half a second.
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

    private static let lockTimeout = Duration.milliseconds(500)
    private static let lockPause = Duration.milliseconds(50)

    /// The connection, alive as far as we know.
    func connection() async throws(PostgresError) -> Connection {
        if let reconnectFailure { throw reconnectFailure }
        if current.isBroken { try await reconnect() }
        return current
    }

    /// Who has the lock of that kind of task instead of us since the connection was lost; nil while it is ours.
    func otherHolder(of task: TaskKind) -> HeldRunLock? {
        lostLocks.first { $0.task == task }
    }

    /// The server may be restarting, and our old backend, with our locks, lives on until it finds us gone
    /// (`SessionSettings.connectionCheck`): both pass within seconds or not at all.
    private func reconnect() async throws(PostgresError) {
        let (wanted, deadline) = (tasks, ContinuousClock.now + reconnectTimeout)
        var failure = PostgresError(.connection, "the connection to the server was lost")
        repeat {
            do throws(PostgresError) {
                current = try await open()
                // Of several hosts the one that answers first may not have been promoted yet.
                if try await current.isStandby { throw PostgresError.standby }
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
            // Half of the locks are none: the next connection has to take all of them again.
            tasks = wanted
            await current.close()
            if [.authentication, .pooler].contains(failure.kind) { break }
            guard await pause(for: Self.reconnectPause) else { break }
        } while .now < deadline
        loss.withLock { [failure] in $0 = failure }
        throw failure
    }

    private static let reconnectPause = Duration.milliseconds(500)

    /// Gives the locks back and closes. A backend outlives its connection by a moment, and a run that starts right
    /// behind this one would find the locks still held by it.
    func close() async {
        do throws(PostgresError) {
            if !current.isBroken {
                try await current.execute("SELECT pg_advisory_unlock_all()", evenIfCancelled: true)
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

/// What the server said without failing. A WARNING can be the only sign that a statement did not do its work.
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
