import DatabaseAccess
import Maintenance
import PostgresClient
import Synchronization

/// The connections of a run: one that holds its advisory locks, and one in which code of an owner of tables may run.
///
/// They are two, since code that the server cannot interrupt keeps a session, with what that holds, for as long as it
/// likes: others' work must not wait for it. A lost connection is reopened.
actor RunSession {
    private let open: @Sendable () async throws(PostgresError) -> Connection
    /// Holds the locks, reads catalogs and writes the ledger.
    private var keeper: Connection
    private var workplace: Workplace?
    /// The kinds of task whose locks this session holds.
    private(set) var tasks: [TaskKind] = []
    /// The locks that could not be taken again on a new connection.
    private(set) var lostLocks: [HeldRunLock] = []
    private let reconnectTimeout: Duration
    private var proof: (@Sendable (Connection) async throws(PostgresError) -> Void)?

    nonisolated let serverVersion: Int
    nonisolated let noticeLog: NoticeLog
    private nonisolated let loss = Mutex<PostgresError?>(nil)

    /// Why reconnecting to the server failed; no further step is tried then.
    nonisolated var reconnectFailure: PostgresError? { loss.withLock { $0 } }
    nonisolated var isLost: Bool { reconnectFailure != nil }

    /// - Parameter reconnectTimeout: how long to try to reopen a lost connection and to take its locks again.
    init(
        first connection: Connection, notices: NoticeLog, reconnectTimeout: Duration = .seconds(15),
        reopen: @escaping @Sendable () async throws(PostgresError) -> Connection
    ) {
        keeper = connection
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
        let lock = RunLock(connection: keeper)
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

    /// Has a connection that is opened from now on in the place of a lost one proved before it is used: another server may
    /// answer, or another database of that name.
    func prove(_ proof: @escaping @Sendable (Connection) async throws(PostgresError) -> Void) {
        self.proof = proof
    }

    /// The session that has held the lock of that kind of task since the connection was lost; nil if this one holds it.
    func otherHolder(of task: TaskKind) -> HeldRunLock? {
        lostLocks.first { $0.task == task }
    }

    // MARK: - Connections

    /// The connection that holds the locks of the run, apart from those that ``otherHolder(of:)`` names. No code of
    /// others may run in it.
    ///
    /// - Throws: the failure to reconnect, if the connection was lost.
    func connection() async throws(PostgresError) -> Connection {
        if let reconnectFailure { throw reconnectFailure }
        if keeper.isBroken { try await reconnect() }
        return keeper
    }

    /// A connection in which code of `role` may run: that of no other role has run in it. Meanwhile ``connection()``
    /// holds the locks.
    ///
    /// - Parameter role: the owner of the code; nil is the role that connected.
    /// - Throws: also if there is to be no second connection, by which the run is over.
    func connection(runningCodeOf role: String?) async throws(PostgresError) -> Connection {
        try await requireLocks()
        if let workplace, workplace.role.isSame(as: role), await workplace.isUsable { return workplace.connection }
        await leaveWorkplace()
        let connection = try await openSecond()
        workplace = Workplace(connection: connection, role: role)
        do throws(PostgresError) {
            // What was proved of the database in the other session holds here, too.
            try await keeper.requireSameWhereabouts(as: connection)
            try await connection.keepPlans()
        } catch {
            await leaveWorkplace()
            throw error
        }
        return connection
    }

    /// Tries for a while: all connections that the server accepts may be in use.
    private func openSecond() async throws(PostgresError) -> Connection {
        let deadline = ContinuousClock.now + reconnectTimeout
        while true {
            do throws(PostgresError) {
                return try await open()
            } catch {
                guard [.connection, .authentication, .pooler].contains(error.kind) else { throw error }
                // It may be the server that is gone.
                try await requireLocks()
                if error.kind == .connection, .now + Self.reconnectPause < deadline,
                    await pause(for: Self.reconnectPause)
                {
                    continue
                }
                var failure = error
                failure.message = "a run takes two connections, and there is no second one: \(error.message)"
                loss.withLock { [failure] in $0 = failure }
                throw failure
            }
        }
    }

    /// Nobody notices the loss of a connection that is not used.
    private func requireLocks() async throws(PostgresError) {
        let keeper = try await connection()
        do throws(PostgresError) {
            try await keeper.execute("SELECT", timeout: Self.answerTimeout)
        } catch {
            guard keeper.isBroken else { throw error }
            _ = try await connection()
        }
    }

    private static let answerTimeout = Duration.seconds(15)

    /// The server may be restarting, or the old backend of this session may keep its locks until it notices that the
    /// client is gone (`SessionSettings.connectionCheck`). Both normally take a few seconds, so it tries for a while.
    private func reconnect() async throws(PostgresError) {
        let (wanted, deadline) = (tasks, ContinuousClock.now + reconnectTimeout)
        let lost = keeper
        var failure = PostgresError(.connection, "the connection to the server was lost")
        repeat {
            do throws(PostgresError) {
                keeper = try await open()
                try await keeper.end(lost)
                // With several hosts, the one that accepts the connection may not have been promoted yet.
                if try await keeper.isStandby { throw PostgresError.standby }
                try await proof?(keeper)
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
            await keeper.close()
            if [.authentication, .pooler].contains(failure.kind) { break }
            guard await pause(for: Self.reconnectPause) else { break }
        } while .now < deadline
        loss.withLock { [failure] in $0 = failure }
        throw failure
    }

    private static let reconnectPause = Duration.milliseconds(500)

    /// Releases the locks and closes the connections. A backend lives on for a moment after its connection is closed,
    /// and a run that starts right after this one would find the locks still held.
    func close() async {
        await leave()?.close()
    }

    /// Releases the locks and closes the connection in which code of owners may have run.
    ///
    /// - Returns: the other one, for the next run; nil if it cannot be used any more, and is closed.
    func leave() async -> Connection? {
        await leaveWorkplace()
        do throws(PostgresError) {
            if !keeper.isBroken {
                try await keeper.execute("SELECT pg_catalog.pg_advisory_unlock_all()", evenIfCancelled: true)
                if await !keeper.record.isSoiled, await !keeper.isInTransaction { return keeper }
            }
        } catch {
            noticeLog.add("the run's locks were not given back before the session ended: \(error.message)")
        }
        await keeper.close()
        return nil
    }

    /// Nothing proves that work which ran alone has left nothing in its session: no other work is done there.
    func leaveWorkplace() async {
        await endLostWork()
        await workplace?.connection.close()
        workplace = nil
    }

    /// What was lost while it worked may be working still: it is ended before anything is done in its place.
    func endLostWork() async {
        guard let connection = workplace?.connection, connection.isBroken else { return }
        workplace = nil
        do throws(PostgresError) {
            try await self.connection().end(connection)
        } catch {
            // If the server is lost, the run itself reports that.
            if !isLost { noticeLog.add("a session that was lost may not have ended: \(error.message)") }
        }
    }

    /// The connection in which code of one role may run.
    private struct Workplace {
        let connection: Connection
        let role: String?

        /// What has failed in a session may have left something there.
        var isUsable: Bool {
            get async {
                let isSoiled = await connection.record.isSoiled
                return !connection.isBroken && !isSoiled
            }
        }
    }

    nonisolated var notices: [String] { noticeLog.texts }
    nonisolated func clearNotices() { noticeLog.clear() }
    nonisolated func addNotice(_ text: String) { noticeLog.add(text) }
}
