import SQLText

extension Connection {
    /// Connects, and pins the settings of the session (`SessionSettings`).
    ///
    /// - Throws: `.connection` or `.authentication` with what every host said, `.pooler` for a connection pooler that
    ///   the options do not accept, `.misuse` for settings that libpq refuses, `.cancelled` when the task is cancelled.
    package nonisolated(nonsending) static func open(
        _ info: ConnectionInfo, options: SessionOptions = SessionOptions()
    ) async throws(PostgresError) -> Connection {
        do throws(PostgresError) {
            let (connection, former) = try await pinned(info, options: options)
            guard let former, former != "0" else { return connection }
            await connection.close()
        } catch {
            guard error.sqlState == .transactionTimeout else { throw error }
        }
        // Only a server that knows it has one. At the start of the session it precedes that of the role or the database, which
        // could end any transaction after a RESET ALL, and this one's first.
        return try await pinned(info, options: options, knowsTransactionTimeout: true).connection
    }

    /// - Returns: a session with pinned settings; `transaction_timeout` as it was at its start, nil if there is none, or if
    ///   what begins the session cannot change it.
    private nonisolated(nonsending) static func pinned(
        _ info: ConnectionInfo, options: SessionOptions, knowsTransactionTimeout: Bool = false
    ) async throws(PostgresError) -> (connection: Connection, formerTransactionTimeout: String?) {
        let (connection, limit, hasStartOptions) = try await unpinned(
            info, options: options, knowsTransactionTimeout: knowsTransactionTimeout)
        do throws(PostgresError) {
            // In transaction pooling, settings would remain on a backend that other sessions get next. So at first they
            // are made only if the backend that answers is the one that was announced, which means that there is no
            // pooler.
            if let row = try await connection.pinSettings(onlyOn: connection.server.backendPID, within: limit) {
                let isKnown = row.columnNames.contains(SessionSettings.formerTransactionTimeout)
                return (connection, isKnown ? try row.decode(SessionSettings.formerTransactionTimeout) : nil)
            }
            try await PoolerCheck(connection: connection, info: info, options: options).run()
            _ = try await connection.pinSettings(onlyOn: nil, within: limit)
            try await connection.keepSettings(within: limit)
            return (connection, nil)
        } catch {
            await connection.close()
            throw hasStartOptions ? error : error.behindPooler
        }
    }

    /// A session without pinned settings, and the time limit for connecting that applied to it.
    nonisolated(nonsending) static func unpinned(
        _ info: ConnectionInfo, options: SessionOptions, knowsTransactionTimeout: Bool = false
    ) async throws(PostgresError) -> (Connection, limit: Duration?, hasStartOptions: Bool) {
        let executor = QueueExecutor(label: "postgres.connection")
        let dialer = Dialer(on: executor, options: options)
        let dialed = try await dialer.dial(info, knowsTransactionTimeout: knowsTransactionTimeout)
        let (limit, hasStartOptions) = (dialed.limit, dialed.hasStartOptions)
        return (Connection(owning: dialed.connection, on: executor, options: options), limit, hasStartOptions)
    }

    /// - Returns: nil if another backend than `backend` answers; then nothing has been set.
    private func pinSettings(onlyOn backend: Int32?, within limit: Duration?) async throws(PostgresError) -> Row? {
        do throws(PostgresError) {
            return try await pinSettings(checkingClient: true, onlyOn: backend, within: limit)
        } catch {
            // Not every server accepts `client_connection_check_interval`.
            guard error.sqlState == .invalidParameterValue else { throw error }
            return try await pinSettings(checkingClient: false, onlyOn: backend, within: limit)
        }
    }

    private func pinSettings(
        checkingClient: Bool, onlyOn backend: Int32?, within limit: Duration?
    ) async throws(PostgresError) -> Row? {
        settingsScript = SessionSettings.script(
            for: server, checkingClient: checkingClient, takingAnyBytes: options.takesAnyBytes, onlyOn: nil)
        return try await pin(
            SessionSettings.script(
                for: server, checkingClient: checkingClient, takingAnyBytes: options.takesAnyBytes, onlyOn: backend),
            within: limit)
    }

    /// Sets something for the whole session that is to stay when RESET ALL has taken back what code of others has set.
    ///
    /// - Parameter script: may be executed more than once, and returns no rows.
    package func setForSession(unsafe script: String) async throws(PostgresError) {
        try await self.script(unsafe: script)
        settingsScript += ";\n" + script
        // What has been seen of the session is no longer so.
        record.facts = nil
    }

    /// A pooler sets what the client has asked for at its start, such as `application_name`, in a session that was opened
    /// for another one: RESET ALL would take that back.
    private func keepSettings(within limit: Duration?) async throws(PostgresError) {
        var calls: [String] = []
        for row in try await rows("SELECT name, setting FROM pg_settings WHERE source = 'session'", timeout: limit) {
            let (name, value): (String, String) = (try row.decode("name"), try row.decode("setting"))
            let arguments = try spelled("\(SQLLiteral(name).quoted), \(SQLLiteral(value).quoted)")
            calls.append("pg_catalog.set_config(\(arguments), false)")
        }
        settingsScript = "SELECT " + calls.joined(separator: ", ")
    }

    private func pin(_ script: String, within limit: Duration?) async throws(PostgresError) -> Row? {
        do throws(PostgresError) {
            // No grace: a server that does not answer its first statement is given up as soon as the limit has passed.
            return try await exchange(.script(script), limit, grace: .zero).last?.rows.first
        } catch {
            switch error.kind {
            case .timedOut:
                throw PostgresError(
                    .connection,
                    "the server at \"\(server.host)\", port \(server.port) accepted the session, but did not answer "
                        + "its first statement within \(limit ?? .zero)")
            case .cancelled:
                throw .connectingCancelled
            default:
                throw error
            }
        }
    }
}
