import PostgresClient
import SQLText

extension Connection {
    /// Runs a statement that cannot run in a transaction, and whose foreign code the server itself runs as the owner of
    /// the object and restricts (`Sandbox.init(restrictedByServer:as:preparation:)`): there is no sandbox for others.
    ///
    /// If it fails, the session counts as soiled: what it has set is still in force there.
    ///
    /// - Parameters:
    ///   - role: nil keeps the role that connected.
    ///   - lockTimeout: for each lock of the statement.
    ///   - statementTimeout: for the whole statement.
    ///   - timeout: how long the client waits for a server that does not answer at all.
    package func runAlone(
        unsafe statement: String, as role: String?, lockTimeout: Duration, statementTimeout: Duration,
        timeout: Duration
    ) async throws(PostgresError) {
        record.isSoiled = true
        try await script(unsafe: try spelled(Self.become(role, lockTimeout, statementTimeout)).joined(separator: ";\n"))
        try await execute(Statement(unsafe: statement), timeout: timeout)
        try await script(unsafe: ["SET ROLE NONE", "RESET ALL", settingsScript].joined(separator: ";\n"))
        record.isSoiled = false
    }

    private static func become(
        _ role: String?, _ lockTimeout: Duration, _ statementTimeout: Duration
    ) throws(SQLTextError) -> [String] {
        let limits = [
            "SET lock_timeout = '\(lockTimeout.milliseconds)ms'",
            "SET statement_timeout = '\(statementTimeout.milliseconds)ms'",
        ]
        guard let role else { return limits }
        return limits + ["SET ROLE \(try SQLIdentifier(role).quoted)"]
    }
}
