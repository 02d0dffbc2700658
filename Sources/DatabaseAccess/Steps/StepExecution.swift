import Maintenance
import PostgresClient
import SQLText

/// The three ways in which the work of a step runs, of a run as of a change of the schema.
package enum StepExecution {
    /// In one transaction with its record.
    case inTransaction(any TransactionWork)
    /// Outside of any, because it cannot run in one; its record follows.
    case alone(any LoneWork)
    /// In transactions of a few rows each, none of which takes longer than the deadline; its record follows.
    case inBatches(any BatchWork)

    /// Whether its effect is committed without its record.
    package var precedesRecord: Bool {
        if case .inTransaction = self { false } else { true }
    }
}

/// Work that is committed together with its record: both or neither.
package protocol TransactionWork: Sendable {
    /// Does the work within the step's limits, and leaves the session in its own role. Whatever may run code of the step's
    /// role is done as that role, in a ``Sandbox``.
    ///
    /// - Parameter deadline: for all locks of the step, counted from the beginning of its transaction.
    /// - Returns: whether the transaction is to be committed.
    func perform(
        on connection: Connection, within deadline: LockDeadline
    ) async throws(PostgresError) -> StepTransaction.Verdict
}

/// Work that cannot run in a transaction. It is done at least once: if its record is lost, the catalog settles whether it
/// was.
package protocol LoneWork: Sendable {
    /// What is to be remembered of the object before the work begins, so that the next plan knows what may have been left
    /// in the middle; nil if the catalog tells that by itself.
    var intention: [String: String]? { get }

    /// What it is about, if it is cancelled as soon as anybody waits for a lock of its session's, and left to a later run;
    /// nil if it keeps others waiting.
    var givesWayOn: RelationName? { get }

    /// Does the work within the step's limits, in the session of the step's role.
    func perform(on connection: Connection) async throws(PostgresError)

    /// Whether the catalog shows the effect. Asked before the work, too: it may have been done without its record. In the
    /// other session, where there are two (``StepRunner``): nothing tells what the work has left in its own.
    ///
    /// - Returns: what the step has come to; nil as long as it is not complete.
    func completion(on connection: Connection) async throws(PostgresError) -> StepResult?
}

extension LoneWork {
    package var intention: [String: String]? { nil }
    package var givesWayOn: RelationName? { nil }
}

/// Work on the rows of tables, a few at a time. Which rows still need it has to be told by the rows: it is begun anew where
/// its record, or the end of it, is missing.
package protocol BatchWork: Sendable {
    /// Gone through one after another, each from its first block to the last that it has when it begins.
    var tables: [RelationName] { get }

    /// Does the work on those rows of a table that need it and are in a range of places, in the transaction of the batch.
    ///
    /// - Parameters:
    ///   - places: as the condition on the place of a row, which the caller calls `r`.
    ///   - limits: the `SET LOCAL` statements of the transaction.
    /// - Returns: how many rows were changed.
    func perform(
        on connection: Connection, table: RelationName, places: String, limits: String
    ) async throws(PostgresError) -> Int64

    /// What the step has come to, once all tables have been gone through.
    ///
    /// - Parameter rows: how many were changed since it was begun the last time.
    func result(rows: Int64) -> StepResult
}

extension BatchWork {
    package func result(rows: Int64) -> StepResult { StepResult(figures: [.rows: rows]) }
}

/// Where a step is recorded that was done.
package protocol StepRecord: Sendable {
    /// Statements that take the locks that `enter` needs, and what else each transaction of the step has to have before it
    /// does anything, for its beginning. If others have locked the record, the step then waits before it holds locks for which
    /// the application would have to wait.
    var reservation: StepBeginning? { get }

    /// Records the step as done, as the last thing in a transaction before COMMIT, as the role of the session.
    ///
    /// - Returns: nil if the step is recorded; otherwise its outcome, and the transaction has to be rolled back.
    func enter(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> StepOutcome?

    /// Asked before a batch is committed.
    ///
    /// - Returns: nil if the step may be gone on with; otherwise its outcome, and the batch has to be rolled back.
    func outcomeBeforeEnd(on connection: Connection) async throws(PostgresError) -> StepOutcome?

    /// Records the step as done, in a transaction of its own, even if the task is cancelled: its effect is there.
    func enterAlone(_ result: StepResult, on connection: Connection) async throws(PostgresError) -> StepOutcome?

    /// Has `intention` remembered of the step's object, in a transaction of its own.
    func noteAlone(_ intention: [String: String], on connection: Connection) async throws(PostgresError) -> StepOutcome?
}

/// Statements that begin the transaction of a step, in one message.
package struct StepBeginning: Sendable {
    package var statements: [String]
    /// What it means when a lock is not to be had that they take: "the ledger is locked by others".
    package var meaningWhenLocked: String?

    package init(_ statements: [String], meaningWhenLocked: String? = nil) {
        self.statements = statements
        self.meaningWhenLocked = meaningWhenLocked
    }
}
