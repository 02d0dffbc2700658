import DatabaseAccess
import Maintenance
import PostgresClient

extension MaintenanceRun {
    /// - Parameter kept: the connection that the run before has left; it is closed if this one does not take it.
    func connect(reusing kept: KeptConnection?) async throws(ServerFailure) -> (Connection, RunSession) {
        let (context, notices) = (context, kept?.notices ?? NoticeLog())
        let open = { @Sendable () async throws(PostgresError) in try await Self.open(context, notices) }
        do throws(PostgresError) {
            let left = await kept?.connection(for: context.definition)
            let connection = if let left { left } else { try await open() }
            return (connection, RunSession(first: connection, notices: notices, reopen: open))
        } catch {
            throw ServerFailure(error)
        }
    }

    private static func open(
        _ context: RunContext, _ notices: NoticeLog
    ) async throws(PostgresError) -> Connection {
        let options = SessionOptions(
            applicationName: context.applicationName, statementTimeout: statementTimeout, prefersPrimary: true,
            onNotice: { notice in
                if notice.severity == "WARNING" { notices.add("\(notice.severity): \(notice.message)") }
            })
        let connection = try await Connection.open(context.definition, options: options)
        do throws(PostgresError) {
            // What looks at a table outside of the step's transaction waits for nobody longer than the step does.
            let limit = context.definition.locks.perStep.milliseconds
            try await connection.setForSession(unsafe: "SET lock_timeout = '\(limit)ms'")
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// For statements without a time limit of their own, which read the catalog or write the ledger and normally take
    /// milliseconds. It makes sure that an unresponsive server cannot hang the run forever.
    private static let statementTimeout = Duration.seconds(60)
}
