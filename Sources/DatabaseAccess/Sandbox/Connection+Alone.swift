import PostgresClient
import SQLText

/// A statement that runs outside of a transaction, and whose foreign code the server itself runs as the owner of the object
/// and restricts (`Sandbox.init(restrictedByServer:as:preparation:)`): there is no sandbox for others.
package struct LoneStatement: Sendable {
    private let statement: String
    private let role: String?
    private let settings: [String]
    private let lockTimeout: Duration
    private let statementTimeout: Duration?

    /// - Parameters:
    ///   - role: nil keeps the role that connected.
    ///   - settings: statements that set more, for the session; taken back afterwards, as the limits are.
    ///   - lockTimeout: for each lock of the statement.
    ///   - statementTimeout: for the whole statement; nil is no limit.
    package init(
        unsafe statement: String, as role: String?, settings: [String] = [], lockTimeout: Duration,
        statementTimeout: Duration?
    ) {
        self.statement = statement
        self.role = role
        self.settings = settings
        self.lockTimeout = lockTimeout
        self.statementTimeout = statementTimeout
    }

    /// As it is sent, with what comes before and after it: for reading and for psql.
    package func script() throws(SQLTextError) -> [String] { try before + [statement] + Self.after }

    fileprivate var work: Statement { Statement(unsafe: statement) }

    fileprivate var before: [String] {
        get throws(SQLTextError) {
            let limits = [
                "SET lock_timeout = '\(lockTimeout.milliseconds)ms'",
                "SET statement_timeout = '\(statementTimeout?.milliseconds ?? 0)ms'",
            ]
            guard let role else { return settings + limits }
            return settings + limits + ["SET ROLE \(try SQLIdentifier(role).quoted)"]
        }
    }

    fileprivate static let leave = "SET ROLE NONE"
    fileprivate static let after = [leave, "RESET ALL"]
}

extension Connection {
    /// Runs a statement alone. If it fails, the session counts as soiled: what it has set is still in force there, but for
    /// the role.
    ///
    /// - Parameter timeout: how long the client waits for a server that does not answer at all; nil waits without limit.
    package func run(_ lone: LoneStatement, timeout: Duration?) async throws(PostgresError) {
        record.isSoiled = true
        try await script(unsafe: try spelled(lone.before).joined(separator: ";\n"))
        do throws(PostgresError) {
            try await execute(lone.work, timeout: timeout)
        } catch {
            // Whatever asks next, such as for those who were in the way, does so as the role that connected.
            if !isBroken { try await script(unsafe: LoneStatement.leave, evenIfCancelled: true) }
            throw error
        }
        try await script(unsafe: (LoneStatement.after + [settingsScript]).joined(separator: ";\n"))
        record.isSoiled = false
    }
}
