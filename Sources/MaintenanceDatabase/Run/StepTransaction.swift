import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// The transaction of one try of a step. Whatever happens in it, it ends committed or rolled back.
struct StepTransaction {
    let connection: Connection
    let step: PlanStep
    /// The step's row in the ledger; nil without a ledger.
    var row: StepRow?

    /// How the work wants the transaction to end.
    enum Verdict {
        case commit(StepResult)
        case rollback(StepOutcome)
    }

    /// Runs `work` within the step's limits. If its verdict is to commit, commits it together with the step's row in the
    /// ledger.
    ///
    /// - Parameter changed: returns the outcome of the step if the plan no longer holds, or nil. It is called before the
    ///   work, whose role may have been dropped with its tables; and once more if the server rejects the work, since a
    ///   change in between is not an error either.
    /// - Parameter work: is given the deadline for all locks of the step, of which the locks so far have had their part.
    func run(
        unless changed: () async throws(PostgresError) -> StepOutcome?,
        _ work: (LockDeadline) async throws(PostgresError) -> Verdict
    ) async throws(PostgresError) -> StepRunner.End {
        do throws(PostgresError) {
            let deadline = LockDeadline(step.limits.lockDeadline)
            try await begin()
            var verdict: Verdict
            if let outcome = try await changed() {
                verdict = .rollback(outcome)
            } else {
                verdict = try await work(deadline)
            }
            if case .commit(let result) = verdict, let outcome = try await row?.enter(result, on: connection) {
                verdict = .rollback(outcome)
            }
            switch verdict {
            case .commit(let result):
                try await connection.commit()
                return StepRunner.End(outcome: .done, result: result)
            case .rollback(let outcome):
                try await connection.execute("ROLLBACK", evenIfCancelled: true)
                return StepRunner.End(outcome: outcome)
            }
        } catch {
            try await rollBack(after: error)
            if error.isRefusal, !connection.isBroken, let outcome = try await changed() {
                return StepRunner.End(outcome: outcome)
            }
            throw error
        }
    }

    /// If the connection is lost, the server rolls back by itself; the loss may become apparent only now.
    private func rollBack(after failure: PostgresError) async throws(PostgresError) {
        guard !connection.isBroken else { return }
        do throws(PostgresError) {
            try await connection.execute("ROLLBACK", evenIfCancelled: true)
        } catch {
            // The loss of the connection decides what happens next, unless the run was cancelled anyway.
            throw error.kind == .connection && failure.kind != .cancelled ? error : failure
        }
    }

    /// Before any lock for which the application would have to wait come that of steps that change definitions, and those
    /// for the row in the ledger.
    private func begin() async throws(PostgresError) {
        var statements = step.beginning
        if step.changesDefinitions {
            try await script(statements, lockedBy: "another step of pgtend's that changes definitions is at work")
            statements = []
        }
        statements += row?.reservation ?? []
        if !statements.isEmpty {
            try await script(statements, lockedBy: "the ledger, schema pgtend_ledger, is locked by others")
        }
    }

    private func script(_ statements: [String], lockedBy others: String) async throws(PostgresError) {
        do throws(PostgresError) {
            try await connection.script(unsafe: statements.joined(separator: ";\n"))
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw error }
            var error = error
            error.message = "\(others): \(error.message)"
            throw error
        }
    }
}

extension PostgresError {
    /// Whether the server rejected the work itself: what it was meant for may have changed.
    var isRefusal: Bool { [.other, .privilege].contains(FailureClass(self)) && kind == .server }
}

extension StepLimits {
    /// How long the client waits for the result of a statement; longer than the server's own timeouts.
    var clientTimeout: Duration { max(statementTimeout, lockDeadline) + .seconds(5) }
}

extension StepLimits {
    /// The `SET LOCAL` statements of that transaction.
    var settings: String {
        """
        SET LOCAL lock_timeout = '\(lockDeadline.milliseconds)ms';
        SET LOCAL statement_timeout = '\(statementTimeout.milliseconds)ms'
        """
    }
}

extension PlanStep {
    /// The statements that begin the transaction of the step, in a run and in the script of a plan.
    var beginning: [String] {
        let definitions = "SELECT pg_catalog.pg_advisory_xact_lock(\(AdvisoryLock.key), \(AdvisoryLock.definitions))"
        return [Connection.beginReadWrite, limits.settings] + (changesDefinitions ? [definitions] : [])
    }
}
