import SQLText

/// What becomes of a session behind a connection pooler.
///
/// A pooler that gives each session a backend of its own cannot be told from one that lends it out for a transaction by
/// anything that either says. Only load tells: between two of our statements the backend lies idle, and a pooler of
/// transactions lends it to whoever begins one next, the latest idle one first or, in turns, the oldest. So further
/// sessions begin a transaction each and hold it: none of them may get our backend, and it has to stay ours meanwhile.
///
/// Of several processes of a pooler behind one address, each with pools of its own, the further sessions have to meet
/// ours by chance.
struct PoolerCheck {
    let connection: Connection
    let info: ConnectionInfo
    let options: SessionOptions

    private static let sessions = 3
    /// Longer than a pooler takes to open a backend; one that has none left lets a session wait for minutes.
    private static let timeout = Duration.seconds(2)

    /// Sets nothing on the backends, since they may be others' next.
    ///
    /// - Throws: `.pooler` where the session does not keep its backend, or was not to be behind a pooler at all; what
    ///   kept it from being found out.
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
                    // Ours would wait for it now.
                    if other.backend == own {
                        throw .backendIsShared("backend \(own) served this session, and then another one")
                    }
                }
                let now = try await ownBackend()
                if now != own { throw .backendIsShared("backend \(own) served this session, and then \(now)") }
                // Whoever waits while our backend lies idle does not get it.
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

    /// A session that holds a transaction open, and its backend; nil where it waited for one in vain.
    private nonisolated(nonsending) func otherSession() async throws(PostgresError)
        -> (connection: Connection, backend: Int32)?
    {
        // To the same pooler, whatever hosts and addresses there are.
        let server = connection.server
        let info = info.setting("host", to: server.host).setting("hostaddr", to: server.address)
            .setting("port", to: "\(server.port)")
            .setting("connect_timeout", to: "\(Self.timeout.components.seconds)")
        var options = options
        options.cancelGrace = .zero
        let end = ContinuousClock.now + Self.timeout
        do throws(PostgresError) {
            let (connection, _) = try await Connection.unpinned(info, options: options)
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

    fileprivate static func pooler(_ message: String) -> PostgresError {
        PostgresError(.pooler, message, hint: "connect to the server itself, by its own port or socket")
    }
}
