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
            // First with `client_connection_check_interval`, which not every server accepts.
            return try await pin(SessionSettings.script(checkingClient: true, onlyOn: backend), within: limit)
        } catch {
            guard error.sqlState == .invalidParameterValue else { throw error }
            return try await pin(SessionSettings.script(checkingClient: false, onlyOn: backend), within: limit)
        }
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
