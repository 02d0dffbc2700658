import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Recomputes the statistics of one tenant.
struct UpdateStatisticsWork: StepWork {
    let step: PlanStep
    let action: UpdateStatistics

    private var sandbox: Sandbox {
        get throws(SQLTextError) {
            let corpus = action.corpus
            let written = [corpus.target] + (corpus.terms.map { [$0.table] } ?? [])
            let proof = action.hasCascades ? [try ForeignCodeCheck.writing.proof(written)] : []
            return try Sandbox(
                as: action.owner, path: .ofRole,
                unsafe: proof + CorpusSQL(corpus, operators: action.operators).update(tenant: action.tenant) + proof)
        }
    }

    func script() throws(SQLTextError) -> [String] {
        try sandbox.script(limits: step.limits.settings)
    }

    func perform(on connection: Connection) async throws(PostgresError) -> StepTransaction.Verdict {
        try await connection.run(
            try spelled(sandbox), limits: step.limits.settings, timeout: step.limits.clientTimeout)
        return .commit
    }

    func recheck(on connection: Connection) async throws(PostgresError) -> String? {
        action.supersession(by: try await CorpusReader(connection: connection).presence(of: action.corpus))
    }

    /// The table lock does not conflict with those of writers: a session that blocks the step has locked the tenant's
    /// row.
    var rowLocks: [RelationName] { [action.corpus.target] }

    func cure(for failure: ServerFailure) -> String? {
        // "There is no unique or exclusion constraint matching the ON CONFLICT specification".
        if failure.sqlState == .invalidColumnReference {
            return "\(action.corpus.target) needs a unique constraint on \(action.corpus.targetColumns.tenant)"
        }
        return failure.failureClass == .timeout ? "raise statistics.statement_timeout" : nil
    }
}
