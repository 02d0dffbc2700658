import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Recomputes the statistics of one tenant.
struct UpdateStatisticsWork: StepWork {
    let step: PlanStep
    let action: UpdateStatistics

    private var statements: [String] {
        get throws(SQLTextError) { try CorpusSQL(action.corpus).update }
    }

    /// The tenant stays a parameter here too, since it is arbitrary text.
    func script() throws(SQLTextError) -> [String] {
        let tenant = try SQLLiteral(action.tenant).quoted
        return try statements.enumerated().flatMap { index, statement in
            ["PREPARE pgtend_\(index + 1) AS \(statement)", "EXECUTE pgtend_\(index + 1)(\(tenant))"]
        }
    }

    /// After the transaction, since prepared statements survive a failed one.
    var cleanup: [String] { ["DEALLOCATE ALL"] }

    func perform(on connection: Connection) async throws(PostgresError) -> StepTransaction.Verdict {
        for statement in try spelled(statements) {
            try await connection.execute(
                Statement(unsafe: statement, parameters: [action.tenant]), timeout: step.limits.clientTimeout)
        }
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
