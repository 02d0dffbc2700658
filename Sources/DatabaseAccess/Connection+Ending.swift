import PostgresClient

extension Connection {
    /// Ends the session that a broken connection may have left on the server, and waits until it is gone, for five
    /// seconds at most: it may not have noticed yet, it may be at its COMMIT, and code of others may catch each request to
    /// cancel it. It holds its locks until then. Code that the server cannot interrupt goes on: that is a WARNING of the
    /// server's.
    package func end(_ lost: Connection) async throws(PostgresError) {
        guard lost.isBroken, lost.server.host == server.host, lost.server.port == server.port else { return }
        // Half a minute more or less, since another session may have its process ID by now.
        let age = lost.opened.duration(to: .now)
        try await execute(
            """
            SELECT pg_terminate_backend(a.pid, 5000)
            FROM pg_stat_activity AS a
            WHERE a.pid = \(Int64(lost.server.backendPID)) AND a.usename = session_user
                AND abs(extract(epoch FROM clock_timestamp() - a.backend_start) - \(Int64(age / .seconds(1)))) < 30
            """, evenIfCancelled: true)
    }
}
