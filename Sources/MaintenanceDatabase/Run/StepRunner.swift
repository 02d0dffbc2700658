import DatabaseAccess
import Maintenance
import PostgresClient

/// One try of one step, whatever its action: its work in one transaction, with its row in the ledger.
struct StepRunner {
    let connection: Connection
    let step: PlanStep
    let work: any StepWork
    /// nil where there is no ledger.
    var row: StepRow?

    func attempt() async throws(PostgresError) -> StepOutcome {
        let transaction = StepTransaction(connection: connection, limits: step.limits, row: row)
        return try await transaction.run(
            as: step.role,
            unless: { () async throws(PostgresError) in
                try await work.recheck(on: connection).map { StepOutcome.superseded(reason: $0) }
            }
        ) { () async throws(PostgresError) in
            try await work.perform(on: connection)
        }
    }
}
