import Maintenance
import PostgresClient
import SQLText

/// One try of one step, in the way in which its work runs: the recheck, the work, and its record.
package struct StepRunner {
    private let connection: Connection
    private let keeper: Connection?
    private let beginnings: [StepBeginning]
    private let lockDeadline: Duration
    private let record: (any StepRecord)?
    private let attemptNumber: Int
    private let recheck: (Connection) async throws(PostgresError) -> StepOutcome?

    /// - Parameters:
    ///   - connection: the session that works.
    ///   - keeper: another one, in which no code of others runs: it proves and records work that runs alone, and looks
    ///     whether it is in the way. nil if the session that works does the former, and no work gives way.
    ///   - beginnings: the statements that begin a transaction of the step, but for those of its record.
    ///   - lockDeadline: for all locks of a transaction together, and for a batch.
    ///   - record: nil if the step is not recorded.
    ///   - attemptNumber: of this try, counted from 1.
    ///   - recheck: returns the outcome of the step if the plan no longer holds.
    package init(
        connection: Connection, keeper: Connection? = nil, beginnings: [StepBeginning], lockDeadline: Duration,
        record: (any StepRecord)?, attemptNumber: Int = 1,
        recheck: @escaping (Connection) async throws(PostgresError) -> StepOutcome? = {
            (_) async throws(PostgresError) in nil
        }
    ) {
        self.connection = connection
        self.keeper = keeper
        self.beginnings = beginnings
        self.lockDeadline = lockDeadline
        self.record = record
        self.attemptNumber = attemptNumber
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
        if await connection.record.facts == nil, let outcome = try await recheck(connection) {
            return End(outcome: outcome)
        }
        let transaction = StepTransaction(
            connection: connection, beginnings: beginnings, lockDeadline: lockDeadline, record: record)
        return try await transaction.run(
            unless: { () async throws(PostgresError) in try await recheck(connection) },
            { (deadline) async throws(PostgresError) in try await work.perform(on: connection, within: deadline) })
    }

    /// The effect and its record cannot be committed together. So the intention is committed first, and the catalog settles
    /// what came of it: an effect whose record is missing is found by the next try, or by that of the next plan.
    private func attempt(_ work: any LoneWork) async throws(PostgresError) -> End {
        let prover = keeper ?? connection
        if let result = try await work.completion(on: prover) { return try await enter(result, on: prover) }
        if let outcome = try await recheck(prover) { return End(outcome: outcome) }
        if let intention = work.intention, let outcome = try await record?.noteAlone(intention, on: prover) {
            return End(outcome: outcome)
        }
        do throws(PostgresError) {
            if let outcome = try await perform(work) { return End(outcome: outcome) }
        } catch {
            if try await prover.mayAsk(after: error), let outcome = try await recheck(prover) {
                return End(outcome: outcome)
            }
            throw error
        }
        guard let result = try await work.completion(on: prover) else {
            throw PostgresError(.server, "the server reported no error, but its catalog does not show the effect")
        }
        return try await enter(result, on: prover)
    }

    /// - Returns: the outcome if it has given way; nil if it is done.
    private func perform(_ work: any LoneWork) async throws(PostgresError) -> StepOutcome? {
        guard let keeper, let object = work.givesWayOn else {
            try await work.perform(on: connection)
            return nil
        }
        let givingWay = GivingWay(keeper: keeper, worker: connection, object: object, lockDeadline: lockDeadline)
        let waiting = try await givingWay.run { [connection] () async throws(PostgresError) in
            try await work.perform(on: connection)
        }
        return waiting.isEmpty ? nil : .postponed(tries: attemptNumber, blockers: waiting)
    }

    private func attempt(
        _ work: any BatchWork, _ progressed: (BatchProgress) -> Void
    ) async throws(PostgresError) -> End {
        if let outcome = try await recheck(connection) { return End(outcome: outcome) }
        var rows: Int64 = 0
        for table in work.tables {
            let run = BatchRun(connection: connection, work: work, table: table, deadline: lockDeadline, record: record)
            let end = try await run.run(progressed)
            guard end.outcome == .done else { return end }
            rows += end.result.figures[.rows] ?? 0
        }
        return try await enter(work.result(rows: rows), on: connection)
    }

    private func enter(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> End {
        End(outcome: try await record?.enterAlone(result, on: connection) ?? .done, result: result)
    }
}
