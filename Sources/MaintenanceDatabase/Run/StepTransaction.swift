import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// The transaction of one try of one step: it ends committed or rolled back, whatever happens in it.
struct StepTransaction {
    let connection: Connection
    let limits: StepLimits
    /// The row of the ledger that is committed with the effect.
    var row: StepRow?

    /// What the work in it came to.
    enum Verdict {
        case commit
        case rollback(StepOutcome)
    }

    /// Runs `work` as `role`, under the step's limits, and commits where it says so, together with the step's row in
    /// the ledger.
    ///
    /// - Parameter changed: says what of the plan no longer holds, nil for nothing. It is asked before the role is
    ///   taken on, which may have gone with its tables; and once more where the server refused the work: what was
    ///   changed between the two is no error either.
    func run(
        as role: String?, unless changed: () async throws(PostgresError) -> StepOutcome?,
        _ work: () async throws(PostgresError) -> Verdict
    ) async throws(PostgresError) -> StepOutcome {
        do throws(PostgresError) {
            try await begin()
            var verdict: Verdict
            if let outcome = try await changed() {
                verdict = .rollback(outcome)
            } else {
                if let role { try await connection.execute("SET LOCAL ROLE \(try spelled(SQLIdentifier(role)))") }
                verdict = try await work()
            }
            if case .commit = verdict, let outcome = try await row?.enter(on: connection) {
                verdict = .rollback(outcome)
            }
            switch verdict {
            case .commit:
                try await connection.commit()
                return .done
            case .rollback(let outcome):
                try await connection.execute("ROLLBACK", evenIfCancelled: true)
                return outcome
            }
        } catch {
            try await rollBack(after: error)
            let isRefusal = [.other, .privilege].contains(FailureClass(error)) && error.kind == .server
            if isRefusal, !connection.isBroken, let outcome = try await changed() { return outcome }
            throw error
        }
    }

    /// A connection that is lost takes its transaction with it; that it was lost shows in the next statement.
    private func rollBack(after failure: PostgresError) async throws(PostgresError) {
        guard !connection.isBroken else { return }
        do throws(PostgresError) {
            try await connection.execute("ROLLBACK", evenIfCancelled: true)
        } catch {
            // The loss decides what happens next, unless we were told to stop anyhow.
            throw error.kind == .connection && failure.kind != .cancelled ? error : failure
        }
    }

    /// What the step's row in the ledger needs is locked before anything that others wait for.
    private func begin() async throws(PostgresError) {
        let statements = limits.beginning + (row?.reservation ?? [])
        do throws(PostgresError) {
            try await connection.script(unsafe: statements.joined(separator: ";\n"))
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw error }
            var error = error
            error.message = "the ledger, schema pgtend_ledger, is locked by others: \(error.message)"
            throw error
        }
    }
}

extension StepLimits {
    /// How long a statement may go unanswered: the server ends it earlier by itself, unless it has stopped.
    var clientTimeout: Duration { max(statementTimeout, lockDeadline) + .seconds(5) }
}

extension StepLimits {
    /// How the transaction of a step begins, in a run and in the script of a plan.
    var beginning: [String] {
        [
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            "SET LOCAL lock_timeout = '\(lockDeadline.milliseconds)ms'",
            "SET LOCAL statement_timeout = '\(statementTimeout.milliseconds)ms'",
        ]
    }
}

/// One try of one step, whatever its action: its work in one transaction, with its row in the ledger.
struct StepRunner {
    let connection: Connection
    let step: PlanStep
    let work: any StepWork
    /// nil where there is no ledger.
    var row: StepRow?

    func attempt() async throws(PostgresError) -> StepOutcome {
        let transaction = StepTransaction(connection: connection, limits: step.limits, row: row)
        return try await transaction.run(
            as: step.role,
            unless: { () async throws(PostgresError) in
                try await work.recheck(on: connection).map { StepOutcome.superseded(reason: $0) }
            }
        ) { () async throws(PostgresError) in
            try await work.perform(on: connection)
        }
    }
}
