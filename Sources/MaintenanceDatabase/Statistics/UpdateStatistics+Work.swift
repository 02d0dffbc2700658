import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Recomputes the statistics of one tenant.
struct UpdateStatisticsWork: StepWork, TransactionWork {
    let step: PlanStep
    let action: UpdateStatistics

    private var sandbox: Sandbox {
        get throws(SQLTextError) {
            // Once more: not all that the work reaches is locked.
            let proof = try WrittenCode.proof(action.written, function: action.corpus.function)
            let update = try CorpusSQL(action.corpus, operators: action.operators).update(tenant: action.tenant)
            return try Sandbox(as: action.owner, path: .ofRole, unsafe: update + [proof])
        }
    }

    /// LOCK TABLE runs no code of anybody's. With the partitions: a trigger may come to one of them as well.
    private var locks: [[String]] {
        get throws(SQLTextError) {
            let owners = action.written.map { _ in action.owner } + action.neighbours.map(\.owner)
            return try zip(action.locks, owners).map { (lock, owner) throws(SQLTextError) in
                try lock.statements(as: owner, partitions: true)
            }
        }
    }

    func script() throws(SQLTextError) -> [String] {
        try locks.flatMap(\.self) + sandbox.script(limits: step.limits.settings)
    }

    func perform(
        on connection: Connection, within deadline: LockDeadline
    ) async throws(PostgresError) -> StepTransaction.Verdict {
        try await connection.run(
            try spelled(sandbox), limits: step.limits.settings, timeout: step.limits.clientTimeout)
        return .commit(StepResult())
    }

    /// Under the locks of the step, so that nothing comes between this and the work. Without them where the work was
    /// rejected: then it is only to be told why.
    func recheck(on connection: Connection) async throws(PostgresError) -> String? {
        if await connection.isInTransaction {
            let deadline = LockDeadline(step.limits.lockDeadline)
            for lock in try spelled(locks) {
                try await connection.script(
                    unsafe: ([deadline.settings] + lock).joined(separator: ";\n"), timeout: step.limits.clientTimeout)
            }
        }
        return action.supersession(
            by: try await CorpusReader(connection: connection).presence(
                of: action.corpus, operators: action.operators))
    }

    /// The table lock does not conflict with those of writers: a session that blocks the step has locked the tenant's
    /// row.
    var rowLocks: [RelationName] { [action.corpus.target] }

    func workInView(on connection: Connection) async throws(PostgresError) -> WorkInView? {
        WorkInView(corpus: try await CorpusReader(connection: connection).presence(of: action.corpus))
    }

    func cure(for failure: ServerFailure) -> Cure? {
        // "There is no unique or exclusion constraint matching the ON CONFLICT specification".
        if failure.sqlState == .invalidColumnReference {
            return "\(action.corpus.target) needs a unique constraint on \(action.corpus.targetColumns.tenant)"
        }
        return failure.failureClass == .timeout ? "raise statistics.statement_timeout" : nil
    }
}
