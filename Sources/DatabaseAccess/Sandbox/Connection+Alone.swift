import PostgresClient
import SQLText

extension Connection {
    /// Runs a statement that cannot run in a transaction, and whose foreign code the server itself runs as the owner of
    /// the object and restricts (`Sandbox.init(restrictedByServer:as:preparation:)`): there is no sandbox for others.
    ///
    /// If it fails, the session counts as soiled: what it has set is still in force there, but for the role.
    ///
    /// - Parameters:
    ///   - role: nil keeps the role that connected.
    ///   - settings: statements that set more, for the session; taken back afterwards, as the limits are.
    ///   - lockTimeout: for each lock of the statement.
    ///   - statementTimeout: for the whole statement; nil is no limit.
    ///   - timeout: how long the client waits for a server that does not answer at all; nil waits without limit.
    package func runAlone(
        unsafe statement: String, as role: String?, settings: [String] = [], lockTimeout: Duration,
        statementTimeout: Duration?, timeout: Duration?
    ) async throws(PostgresError) {
        record.isSoiled = true
        let beginning = settings + (try spelled(Self.become(role, lockTimeout, statementTimeout)))
        try await script(unsafe: beginning.joined(separator: ";\n"))
        do throws(PostgresError) {
            try await execute(Statement(unsafe: statement), timeout: timeout)
        } catch {
            // Whatever asks next, such as for those who were in the way, does so as the role that connected.
            if !isBroken { try await script(unsafe: Self.leave, evenIfCancelled: true) }
            throw error
        }
        try await script(unsafe: [Self.leave, "RESET ALL", settingsScript].joined(separator: ";\n"))
        record.isSoiled = false
    }

    private static let leave = "SET ROLE NONE"

    private static func become(
        _ role: String?, _ lockTimeout: Duration, _ statementTimeout: Duration?
    ) throws(SQLTextError) -> [String] {
        let limits = [
            "SET lock_timeout = '\(lockTimeout.milliseconds)ms'",
            "SET statement_timeout = '\(statementTimeout?.milliseconds ?? 0)ms'",
        ]
        guard let role else { return limits }
        return limits + ["SET ROLE \(try SQLIdentifier(role).quoted)"]
    }
}
