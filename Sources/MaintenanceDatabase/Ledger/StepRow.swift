import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// The row in the ledger for a step, which is committed together with the step's effect.
struct StepRow: Sendable {
    let runID: String
    let number: Int
    let step: PlanStep
    let start: ContinuousClock.Instant
    let lockWait: Duration
    let attempt: Int

    /// Statements that take the locks that `enter` needs, for the beginning of the transaction. If another session has
    /// locked the ledger, the step then waits before it holds locks for which the application would have to wait.
    var reservation: [String] {
        [
            "LOCK TABLE pgtend_ledger.step IN ROW EXCLUSIVE MODE",
            // 32 hexadecimal digits.
            "SELECT FROM pgtend_ledger.run WHERE id = '\(runID)' FOR SHARE",
        ]
    }

    /// Records the step as done, as the last thing in its transaction before COMMIT, as the role of the session.
    ///
    /// - Returns: nil if the step is recorded; otherwise its outcome, and the transaction has to be rolled back.
    func enter(on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        let duration = start.duration(to: .now)
        let entered = try await connection.optionalRow(
            LedgerQuery.stepDone(
                runID, number, step.task.rawValue, step.object.schema, step.object.name, step.key.text,
                step.description, duration.microseconds, lockWait.microseconds, attempt),
            timeout: step.limits.clientTimeout)
        return entered == nil ? .interrupted(reason: try await takenOver(on: connection)) : nil
    }

    private func takenOver(on connection: Connection) async throws(PostgresError) -> String {
        let rolledBack = "rolled back: "
        guard let row = try await connection.optionalRow(LedgerQuery.runState(runID)) else {
            return rolledBack + "the ledger of the server that answers now does not know this run"
        }
        guard let other = try row.decodeIfPresent("other_id", as: String.self) else {
            return rolledBack + "the run is \(try row.decode("state", as: String.self)) in the ledger"
        }
        return rolledBack + "while the connection was lost, run \(other) "
            + "(pid \(try row.decode("other_pid", as: Int32.self)) on \(try row.decode("other_host", as: String.self))) "
            + "took over"
    }
}
