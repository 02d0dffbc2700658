import SQLText

/// Finds out whether a connection pooler gives this session a backend of its own (session pooling), or assigns one for
/// each transaction only (transaction pooling).
///
/// Nothing that a pooler reports tells the two apart; its behaviour under load does. Between two statements of this
/// session its backend is idle, and a pooler in transaction mode assigns an idle backend to the next session that
/// begins a transaction: the one that became idle last or, in round-robin order, first. So further sessions begin a
/// transaction each and keep it open. None of them may get the backend of this session, and this session has to keep
/// it.
///
/// Where several processes of a pooler share one address, each has pools of its own: the check finds something only if
/// a further session happens to reach the same process.
struct PoolerCheck {
    let connection: Connection
    let info: ConnectionInfo
    let options: SessionOptions

    private static let sessions = 3
    /// More than a pooler needs to open a connection to the server; one that may open no more makes a session wait for
    /// minutes.
    private static let timeout = Duration.seconds(2)

    /// Changes no setting of the backends, since other sessions may get them next.
    ///
    /// - Throws: `.pooler` where the session does not keep its backend, or where the options accept no pooler at all;
    ///   another error where the check could not be completed.
    nonisolated(nonsending) func run() async throws(PostgresError) {
        let own = try await ownBackend()
        guard options.acceptsSessionPooler else {
            throw .pooler(
                "a connection pooler stands before the server: backend \(own) answers, and "
                    + "\(connection.server.backendPID) was announced; locks and settings of a session could be lost "
                    + "between two statements, or remain with a backend that serves others")
        }
        var others: [Connection] = []
        do throws(PostgresError) {
            while others.count < Self.sessions {
                let other = try await otherSession()
                if let other {
                    others.append(other.connection)
                    // Checked first: a statement of this session would now have to wait for its backend.
                    if other.backend == own {
                        throw .backendIsShared("backend \(own) served this session, and then another one")
                    }
                }
                let now = try await ownBackend()
                if now != own { throw .backendIsShared("backend \(own) served this session, and then \(now)") }
                // The other session had to wait although this session's backend was idle: it is not shared.
                if other == nil { break }
            }
            for other in others { try await other.execute("ROLLBACK", timeout: Self.timeout) }
        } catch {
            for other in others { await other.close() }
            throw error
        }
        for other in others { await other.close() }
    }

    private nonisolated(nonsending) func ownBackend() async throws(PostgresError) -> Int32 {
        let end = ContinuousClock.now + Self.timeout
        do throws(PostgresError) {
            return try await connection.backend(within: Self.timeout)
        } catch {
            guard error.kind != .cancelled, .now >= end else { throw error }
            throw .backendIsShared("this session had to wait for a backend for more than \(Self.timeout)")
        }
    }

    /// A session with an open transaction, and its backend; nil if it got none within the timeout.
    private nonisolated(nonsending) func otherSession() async throws(PostgresError)
        -> (connection: Connection, backend: Int32)?
    {
        // Through the same pooler, whatever other hosts and addresses the conninfo names.
        let server = connection.server
        let info = info.setting("host", to: server.host).setting("hostaddr", to: server.address)
            .setting("port", to: "\(server.port)")
            .setting("connect_timeout", to: "\(Self.timeout.components.seconds)")
        var options = options
        options.cancelGrace = .zero
        let end = ContinuousClock.now + Self.timeout
        do throws(PostgresError) {
            let (connection, _, _) = try await Connection.unpinned(info, options: options)
            do throws(PostgresError) {
                try await connection.execute("BEGIN", timeout: Self.timeout)
                return (connection, try await connection.backend(within: Self.timeout))
            } catch {
                await connection.close()
                throw error
            }
        } catch {
            if error.kind == .cancelled { throw error }
            if .now >= end { return nil }
            if error.sqlState == .protocolViolation {
                throw .backendIsShared("a transaction was refused: \(error.message)")
            }
            var error = error
            error.message =
                "whether the connection pooler before the server gives each session a backend of its own could not be "
                + "found out: \(error.message)"
            throw error
        }
    }
}

extension Connection {
    /// The backend that answers, whatever the search path is.
    fileprivate func backend(within limit: Duration) async throws(PostgresError) -> Int32 {
        try await row("SELECT pg_catalog.pg_backend_pid() AS pid", timeout: limit).decode("pid")
    }
}

extension PostgresError {
    fileprivate static func backendIsShared(_ evidence: String) -> PostgresError {
        pooler("the connection pooler before the server does not give each session a backend of its own: \(evidence)")
    }

    /// The failure of what a session begins with, where a pooler has not taken the settings of its start.
    var behindPooler: PostgresError {
        let limits: [SQLState] = [
            .queryCanceled, .transactionTimeout, .idleSessionTimeout, .idleInTransactionSessionTimeout,
        ]
        guard let sqlState, limits.contains(sqlState) else { return self }
        var error = PostgresError.pooler(
            "a connection pooler stands before the server, and passes no settings on when a session begins: a time limit of "
                + "the role or the database has ended its first statements (\(message))")
        error.sqlState = sqlState
        error.hint =
            "take back the limit (ALTER ROLE or ALTER DATABASE ... RESET statement_timeout, transaction_timeout, "
            + "idle_session_timeout), or connect to the server itself"
        return error
    }

    fileprivate static func pooler(_ message: String) -> PostgresError {
        PostgresError(.pooler, message, hint: "connect to the server itself, by its own port or socket")
    }
}
