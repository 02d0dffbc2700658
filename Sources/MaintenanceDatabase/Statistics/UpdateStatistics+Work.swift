import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// Counts one tenant's documents anew.
struct UpdateStatisticsWork: StepWork {
    let step: PlanStep
    let action: UpdateStatistics

    private var statements: [String] {
        get throws(SQLTextError) { try CorpusSQL(action.corpus).update }
    }

    /// The tenant stays a parameter here too: put into the text, it could end a comment or a name.
    func script() throws(SQLTextError) -> [String] {
        let tenant = try SQLLiteral(action.tenant).quoted
        return try statements.enumerated().flatMap { index, statement in
            ["PREPARE pgtend_\(index + 1) AS \(statement)", "EXECUTE pgtend_\(index + 1)(\(tenant))"]
        }
    }

    /// After the transaction: what a failed one prepared is still there.
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

    /// The lock on the table is one that writers share: who stands in the way has the tenant's row.
    var rowLocks: [RelationName] { [action.corpus.target] }

    func cure(for failure: ServerFailure) -> String? {
        // No unique or exclusion constraint matches the ON CONFLICT specification.
        if failure.sqlState == .invalidColumnReference {
            return "\(action.corpus.target) needs a unique constraint on \(action.corpus.targetColumns.tenant)"
        }
        return failure.failureClass == .timeout ? "raise statistics.statement_timeout" : nil
    }
}
