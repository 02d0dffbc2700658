import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// The row in the ledger for a step, which is committed together with the step's effect.
struct StepRow: StepRecord {
    let runID: String
    let number: Int
    let step: PlanStep
    let start: ContinuousClock.Instant
    let lockWait: Duration
    let attempt: Int
    /// Whether its effect is committed without the row (``StepExecution/precedesRecord``).
    var precedesRow = false

    var reservation: StepBeginning? {
        StepBeginning(
            [
                "LOCK TABLE pgtend_ledger.step, pgtend_ledger.memory IN ROW EXCLUSIVE MODE",
                // 32 hexadecimal digits.
                "SELECT FROM pgtend_ledger.run WHERE id = '\(runID)' FOR SHARE",
            ], meaningWhenLocked: "the ledger, schema pgtend_ledger, is locked by others")
    }

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
        return entered == nil ? try await interrupted(on: connection) : nil
    }

    /// Has the ledger remember `memory` of the step's object, for the planner of its action.
    ///
    /// - Returns: nil if it is noted; otherwise the outcome of the step, since the run is not running any more.
    private func note(_ memory: [String: String], on connection: Connection) async throws(PostgresError) -> StepOutcome?
    {
        let note = Remembered.Note(step.kind, step.object, memory)
        let isNoted = try await note.enter(of: runID, on: connection, timeout: step.limits.clientTimeout)
        return isNoted ? nil : try await interrupted(on: connection)
    }

    func outcomeBeforeEnd(on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        let row = try await connection.optionalRow(LedgerQuery.runState(runID), timeout: step.limits.clientTimeout)
        if let row, try row.decode("state", as: String.self) == LedgerRun.State.running.rawValue { return nil }
        return .interrupted(reason: "rolled back: " + (try await successor(on: connection)))
    }

    func enterAlone(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> StepOutcome? {
        try await LedgerTransaction(connection: connection, evenIfCancelled: true).run {
            () async throws(PostgresError) in try await enter(result, on: connection)
        }
    }

    func noteAlone(
        _ intention: [String: String], on connection: Connection
    ) async throws(PostgresError) -> StepOutcome? {
        try await LedgerTransaction(connection: connection).run { () async throws(PostgresError) in
            try await note(intention, on: connection)
        }
    }

    /// What cannot run in one transaction stays, and the next plan finds it.
    private func interrupted(on connection: Connection) async throws(PostgresError) -> StepOutcome {
        .interrupted(
            reason: (precedesRow ? "not entered: " : "rolled back: ") + (try await successor(on: connection)))
    }

    /// Why the run is not running any more.
    private func successor(on connection: Connection) async throws(PostgresError) -> String {
        guard let row = try await connection.optionalRow(LedgerQuery.runState(runID)) else {
            return "the ledger of the server that answers now does not know this run"
        }
        guard let other = try row.decodeIfPresent("other_id", as: String.self) else {
            return "the run is \(try row.decode("state", as: String.self)) in the ledger"
        }
        return "while the connection was lost, run \(other) "
            + "(pid \(try row.decode("other_pid", as: Int32.self)) on \(try row.decode("other_host", as: String.self))) "
            + "took over"
    }
}
