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
    /// Whether its effect is committed without the row (``LoneWork``).
    var isLone = false

    /// Statements that take the locks that `enter` needs, for the beginning of the transaction. If another session has
    /// locked the ledger, the step then waits before it holds locks for which the application would have to wait.
    var reservation: [String] {
        [
            "LOCK TABLE pgtend_ledger.step, pgtend_ledger.memory IN ROW EXCLUSIVE MODE",
            // 32 hexadecimal digits.
            "SELECT FROM pgtend_ledger.run WHERE id = '\(runID)' FOR SHARE",
        ]
    }

    /// Records the step as done, as the last thing in its transaction before COMMIT, as the role of the session.
    ///
    /// - Returns: nil if the step is recorded; otherwise its outcome, and the transaction has to be rolled back.
    func enter(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        if let memory = result.memory, let outcome = try await note(memory, on: connection) { return outcome }
        let duration = start.duration(to: .now)
        let figures = result.figures.sorted { $0.key.rawValue < $1.key.rawValue }
        let entered = try await connection.optionalRow(
            LedgerQuery.stepDone(
                runID, number, step.task.rawValue, step.object.schema, step.object.name, step.key.text,
                step.description, duration.microseconds, lockWait.microseconds, attempt,
                figures.map(\.key.rawValue), figures.map(\.value)),
            timeout: step.limits.clientTimeout)
        return entered == nil ? .interrupted(reason: try await takenOver(on: connection)) : nil
    }

    /// Has the ledger remember `memory` of the step's object, for the planner of its action.
    ///
    /// - Returns: nil if it is noted; otherwise the outcome of the step, since the run is not running any more.
    func note(_ memory: [String: String], on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        let texts = memory.sorted { $0.key < $1.key }
        let noted = try await connection.optionalRow(
            LedgerQuery.remember(
                runID, step.kind.rawValue, step.object.schema, step.object.name, texts.map(\.key), texts.map(\.value)),
            timeout: step.limits.clientTimeout)
        return noted == nil ? .interrupted(reason: try await takenOver(on: connection)) : nil
    }

    private func takenOver(on connection: Connection) async throws(PostgresError) -> String {
        // What cannot run in a transaction stays, and the next plan finds it.
        let rolledBack = isLone ? "not entered: " : "rolled back: "
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
