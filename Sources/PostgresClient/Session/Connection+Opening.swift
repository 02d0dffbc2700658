import SQLText

extension Connection {
    /// Connects, and pins the settings of the session (`SessionSettings`).
    ///
    /// - Throws: `.connection` or `.authentication` with what every host said, `.pooler` for a connection pooler that
    ///   the options do not accept, `.misuse` for settings that libpq refuses, `.cancelled` when the task is cancelled.
    package nonisolated(nonsending) static func open(
        _ info: ConnectionInfo, options: SessionOptions = SessionOptions()
    ) async throws(PostgresError) -> Connection {
        let (connection, limit) = try await unpinned(info, options: options)
        do throws(PostgresError) {
            // In transaction pooling, settings would remain on a backend that other sessions get next. So at first they
            // are made only if the backend that answers is the one that was announced, which means that there is no
            // pooler.
            if try await !connection.pinSettings(onlyOn: connection.server.backendPID, within: limit) {
                try await PoolerCheck(connection: connection, info: info, options: options).run()
                _ = try await connection.pinSettings(onlyOn: nil, within: limit)
                try await connection.keepSettings(within: limit)
            }
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// A session without pinned settings, and the time limit for connecting that applied to it.
    nonisolated(nonsending) static func unpinned(
        _ info: ConnectionInfo, options: SessionOptions
    ) async throws(PostgresError) -> (Connection, limit: Duration?) {
        let executor = QueueExecutor(label: "postgres.connection")
        let dialer = Dialer(on: executor, options: options)
        let dialed = try await dialer.dial(info)
        let limit = dialed.limit
        return (Connection(owning: dialed.connection, on: executor, options: options), limit)
    }

    /// - Returns: false if another backend than `backend` answers; then nothing has been set.
    private func pinSettings(onlyOn backend: Int32?, within limit: Duration?) async throws(PostgresError) -> Bool {
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
    ) async throws(PostgresError) -> Bool {
        let version = server.version.number
        settingsScript = SessionSettings.script(version: version, checkingClient: checkingClient, onlyOn: nil)
        return try await pin(
            SessionSettings.script(version: version, checkingClient: checkingClient, onlyOn: backend), within: limit)
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

    private func pin(_ script: String, within limit: Duration?) async throws(PostgresError) -> Bool {
        do throws(PostgresError) {
            // No grace: a server that does not answer its first statement is given up as soon as the limit has passed.
            return try await exchange(.script(script), limit, grace: .zero).contains { $0.rowCount > 0 }
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
