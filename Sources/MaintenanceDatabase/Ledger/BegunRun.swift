import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

/// A run that has begun in the ledger, and what it needs to know of others.
struct BegunRun: Sendable {
    let runID: String
    /// Which run of its slot it is, from 1, over all services.
    let attempt: Int
    /// What was done for the slot already, each with the run that did it.
    let doneBefore: [StepKey: String]
    /// For how long others have waited for locks within the last hour.
    let waits: [RelationName: Duration]

    /// Whether a step whose COMMIT was not answered has arrived all the same.
    func hasCommitted(_ number: Int, on connection: Connection) async throws(PostgresError) -> Bool {
        try await connection.row(
            LedgerQuery.stepIsDone(runID, number), timeout: LedgerTransaction.clientTimeout
        ).decode("is_done")
    }
}
