import Maintenance
import PostgresClient
import SQLText

/// The transaction of one try of a step. Whatever happens in it, it ends committed or rolled back.
package struct StepTransaction {
    let connection: Connection
    /// The statements that begin it. Before any lock for which the application would have to wait come those of steps that
    /// go one at a time, and those for the record.
    let beginnings: [StepBeginning]
    /// For all locks of the step together.
    let lockDeadline: Duration
    /// nil if the step is not recorded.
    let record: (any StepRecord)?

    /// How the work wants the transaction to end.
    package enum Verdict {
        case commit(StepResult)
        case rollback(StepOutcome)
    }

    /// Runs `work` within the step's limits. If its verdict is to commit, commits it together with the step's record.
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
            let deadline = LockDeadline(lockDeadline)
            try await begin()
            var verdict: Verdict
            if let outcome = try await changed() {
                verdict = .rollback(outcome)
            } else {
                verdict = try await work(deadline)
            }
            if case .commit(let result) = verdict, let outcome = try await record?.enter(result, on: connection) {
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
            if try await connection.mayAsk(after: error), let outcome = try await changed() {
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

    /// In as few messages as tell which lock was not to be had.
    private func begin() async throws(PostgresError) {
        var statements: [String] = []
        for beginning in beginnings + [record?.reservation].compactMap(\.self) {
            statements += beginning.statements
            guard let meaning = beginning.meaningWhenLocked else { continue }
            try await script(statements, meaning)
            statements = []
        }
        if !statements.isEmpty { try await script(statements, nil) }
    }

    private func script(_ statements: [String], _ meaningWhenLocked: String?) async throws(PostgresError) {
        do throws(PostgresError) {
            try await connection.script(unsafe: statements.joined(separator: ";\n"))
        } catch {
            guard let meaningWhenLocked, error.sqlState == .lockNotAvailable else { throw error }
            var error = error
            error.message = "\(meaningWhenLocked): \(error.message)"
            throw error
        }
    }
}

extension Connection {
    /// Whether the server rejected the work itself, so that it has to be asked whether what the work was meant for has
    /// changed. Code of others that has failed may have put statements of its own into the place of those that the session
    /// has prepared, which no ROLLBACK takes back: they are gone before anything is asked.
    ///
    /// No transaction may be open.
    func mayAsk(after failure: PostgresError) async throws(PostgresError) -> Bool {
        guard [.other, .privilege].contains(FailureClass(failure)), failure.kind == .server, !isBroken else {
            return false
        }
        if record.isSoiled {
            try await recover()
            // For these questions alone: the next work has a session in which nothing has failed, where it can have one.
            record.isSoiled = true
        }
        return true
    }
}
