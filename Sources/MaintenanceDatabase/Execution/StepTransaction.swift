import Maintenance
import PostgresClient

/// The transaction of one try of one step: it ends committed or rolled back, whatever happens in it.
struct StepTransaction {
    let connection: Connection
    let limits: StepLimits

    /// What the work in it came to.
    enum Verdict {
        case commit
        case rollback(StepOutcome)
    }

    /// Runs `work` as `role`, under the step's limits, and commits where it says so.
    func run(
        as role: String?, _ work: () async throws(PostgresError) -> Verdict
    ) async throws(PostgresError) -> StepOutcome {
        do throws(PostgresError) {
            let role = try role.map { (role) throws(PostgresError) in
                "SET LOCAL ROLE \(try SQLIdentifier(role).quoted);"
            }
            try await connection.script(
                unsafe: """
                    BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '\(limits.lockDeadline.milliseconds)ms';
                    SET LOCAL statement_timeout = '\(limits.statementTimeout.milliseconds)ms'; \(role ?? "")
                    """)
            switch try await work() {
            case .commit:
                try await unlessCancelled("COMMIT")
                return .done
            case .rollback(let outcome):
                try await unlessCancelled("ROLLBACK")
                return outcome
            }
        } catch {
            if !connection.isBroken { try await unlessCancelled("ROLLBACK") }
            throw error
        }
    }

    /// A COMMIT that is on its way is not called back: whether it arrived could not be told afterwards. So it does
    /// not run in the task that a signal cancels.
    private func unlessCancelled(_ statement: Statement) async throws(PostgresError) {
        let connection = connection
        let result = await Task { () -> Result<Void, PostgresError> in
            do throws(PostgresError) {
                return .success(try await connection.execute(statement))
            } catch {
                return .failure(error)
            }
        }.value
        try result.get()
    }
}

extension Duration {
    /// Whole milliseconds, at least one: a time-out of 0 means none.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
