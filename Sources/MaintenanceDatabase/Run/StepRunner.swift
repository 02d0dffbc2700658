import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// One try of one step, for any action, in the way in which its work runs: the recheck, the work, and the row in the
/// ledger.
struct StepRunner {
    let connection: Connection
    let step: PlanStep
    let work: any StepWork
    /// The step's row in the ledger; nil without a ledger.
    var row: StepRow?

    /// How a try ended, and what the step has come to if it was done.
    struct End {
        let outcome: StepOutcome
        var result = StepResult()
    }

    func attempt() async throws(PostgresError) -> End {
        switch work.execution {
        case .inTransaction(let work): try await attempt(work)
        case .alone(let work): try await attempt(work)
        }
    }

    private func attempt(_ work: any TransactionWork) async throws(PostgresError) -> End {
        // What a session asks for the first time takes ten times as long: not under locks.
        if await connection.record.facts == nil, let outcome = try await recheck() { return End(outcome: outcome) }
        let transaction = StepTransaction(connection: connection, step: step, row: row)
        return try await transaction.run(unless: recheck) { (deadline) async throws(PostgresError) in
            try await work.perform(on: connection, within: deadline)
        }
    }

    /// The effect and the row cannot be committed together. So the intention is committed first, and the catalog settles
    /// what came of it: an effect whose row is missing is found by the next try, or by that of the next plan.
    private func attempt(_ work: any LoneWork) async throws(PostgresError) -> End {
        if let result = try await work.completion(on: connection) { return try await enter(result) }
        if let outcome = try await recheck() { return End(outcome: outcome) }
        if let intention = work.intention, let outcome = try await note(intention) { return End(outcome: outcome) }
        do throws(PostgresError) {
            try await work.perform(on: connection)
        } catch {
            if error.isRefusal, !connection.isBroken, let outcome = try await recheck() { return End(outcome: outcome) }
            throw error
        }
        guard let result = try await work.completion(on: connection) else {
            throw PostgresError(.server, "the server reported no error, but its catalog does not show the effect")
        }
        return try await enter(result)
    }

    private func recheck() async throws(PostgresError) -> StepOutcome? {
        try await work.recheck(on: connection).map { .superseded(reason: $0) }
    }

    private func note(_ intention: [String: String]) async throws(PostgresError) -> StepOutcome? {
        guard let row else { return nil }
        return try await LedgerTransaction(connection: connection).run { () async throws(PostgresError) in
            try await row.note(intention, on: connection)
        }
    }

    private func enter(_ result: StepResult) async throws(PostgresError) -> End {
        guard let row else { return End(outcome: .done, result: result) }
        let outcome = try await LedgerTransaction(connection: connection, evenIfCancelled: true).run {
            () async throws(PostgresError) in try await row.enter(result, on: connection)
        }
        return End(outcome: outcome ?? .done, result: result)
    }
}
