import PostgresClient

extension Connection {
    /// Ends what code of others may have left in the session when its transaction was rolled back: statements that it has
    /// prepared, locks that it has taken. No transaction may be open. Works in a cancelled task, too, whose end is still to
    /// be recorded.
    ///
    /// - Parameter numbers: of pgtend's advisory locks that the session should have. Those that it still has it keeps
    ///   throughout; the others somebody else may have by now.
    package func recover(keeping numbers: [Int64]) async throws(PostgresError) {
        let own = "{\(numbers.map(String.init).joined(separator: ","))}"
        let hold = "\(SandboxText.hold) AND l.objid::bigint = ANY ('\(own)'::bigint[])"
        do throws(PostgresError) {
            let answers = try await results(
                ofScript: ["RESET ALL", settingsScript, Self.beginReadWrite, hold].joined(separator: ";\n"),
                evenIfCancelled: true)
            var held: [Int64] = []
            for row in answers.last ?? [] { held.append(try row.decode("number")) }
            try await script(
                unsafe: (Sandbox.discard + SandboxText.retake(held) + ["COMMIT"]).joined(separator: ";\n"),
                evenIfCancelled: true)
        } catch {
            if isInTransaction { try await script(unsafe: "ROLLBACK", evenIfCancelled: true) }
            throw error
        }
        record.isSoiled = false
    }

    /// Ends the session of a connection that was given up: code of others may catch each request to cancel it, and hold
    /// its locks for as long as it likes. It cannot catch this.
    ///
    /// - Parameter age: for how long that session has been open, give or take half a minute; another one may have its
    ///   process ID by now.
    package func terminate(_ lost: Connection, openFor age: Duration) async throws(PostgresError) {
        guard lost.isUnresponsive, lost.server.host == server.host, lost.server.port == server.port else { return }
        try await execute(
            """
            SELECT pg_terminate_backend(a.pid)
            FROM pg_stat_activity AS a
            WHERE a.pid = \(Int64(lost.server.backendPID)) AND a.usename = session_user
                AND abs(extract(epoch FROM clock_timestamp() - a.backend_start) - \(Int64(age / .seconds(1)))) < 30
            """)
    }
}
