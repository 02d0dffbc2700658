import Maintenance
import PostgresClient
import SQLText

/// One try of one step, in the way in which its work runs: the recheck, the work, and its record.
package struct StepRunner {
    private let connection: Connection
    private let beginnings: [StepBeginning]
    private let lockDeadline: Duration
    private let record: (any StepRecord)?
    private let recheck: () async throws(PostgresError) -> StepOutcome?

    /// - Parameters:
    ///   - beginnings: the statements that begin a transaction of the step, but for those of its record.
    ///   - lockDeadline: for all locks of a transaction together, and for a batch.
    ///   - record: nil if the step is not recorded.
    ///   - recheck: returns the outcome of the step if the plan no longer holds.
    package init(
        connection: Connection, beginnings: [StepBeginning], lockDeadline: Duration, record: (any StepRecord)?,
        recheck: @escaping () async throws(PostgresError) -> StepOutcome? = { () async throws(PostgresError) in nil }
    ) {
        self.connection = connection
        self.beginnings = beginnings
        self.lockDeadline = lockDeadline
        self.record = record
        self.recheck = recheck
    }

    /// How a try ended, and what the step has come to if it was done.
    package struct End: Sendable {
        package let outcome: StepOutcome
        package var result: StepResult

        package init(outcome: StepOutcome, result: StepResult = StepResult()) {
            self.outcome = outcome
            self.result = result
        }
    }

    /// - Parameter progressed: called after each batch that was committed.
    package func attempt(
        _ execution: StepExecution, _ progressed: (BatchProgress) -> Void = { _ in }
    ) async throws(PostgresError) -> End {
        switch execution {
        case .inTransaction(let work): try await attempt(work)
        case .alone(let work): try await attempt(work)
        case .inBatches(let work): try await attempt(work, progressed)
        }
    }

    private func attempt(_ work: any TransactionWork) async throws(PostgresError) -> End {
        // What a session asks for the first time takes ten times as long: not under locks.
        if await connection.record.facts == nil, let outcome = try await recheck() { return End(outcome: outcome) }
        let transaction = StepTransaction(
            connection: connection, beginnings: beginnings, lockDeadline: lockDeadline, record: record)
        return try await transaction.run(unless: recheck) { (deadline) async throws(PostgresError) in
            try await work.perform(on: connection, within: deadline)
        }
    }

    /// The effect and its record cannot be committed together. So the intention is committed first, and the catalog settles
    /// what came of it: an effect whose record is missing is found by the next try, or by that of the next plan.
    private func attempt(_ work: any LoneWork) async throws(PostgresError) -> End {
        if let result = try await work.completion(on: connection) { return try await enter(result) }
        if let outcome = try await recheck() { return End(outcome: outcome) }
        if let intention = work.intention, let outcome = try await record?.noteAlone(intention, on: connection) {
            return End(outcome: outcome)
        }
        do throws(PostgresError) {
            try await work.perform(on: connection)
        } catch {
            if try await connection.mayAsk(after: error), let outcome = try await recheck() {
                return End(outcome: outcome)
            }
            throw error
        }
        guard let result = try await work.completion(on: connection) else {
            throw PostgresError(.server, "the server reported no error, but its catalog does not show the effect")
        }
        return try await enter(result)
    }

    private func attempt(
        _ work: any BatchWork, _ progressed: (BatchProgress) -> Void
    ) async throws(PostgresError) -> End {
        if let outcome = try await recheck() { return End(outcome: outcome) }
        var rows: Int64 = 0
        for table in work.tables {
            let run = BatchRun(connection: connection, work: work, table: table, deadline: lockDeadline, record: record)
            let end = try await run.run(progressed)
            guard end.outcome == .done else { return end }
            rows += end.result.figures[.rows] ?? 0
        }
        return try await enter(work.result(rows: rows))
    }

    private func enter(_ result: StepResult) async throws(PostgresError) -> End {
        End(outcome: try await record?.enterAlone(result, on: connection) ?? .done, result: result)
    }
}
