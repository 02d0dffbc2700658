import DatabaseAccess
import Maintenance
import PostgresClient

/// How the work of a step runs.
enum StepExecution {
    /// In one transaction with its row in the ledger.
    case inTransaction(any TransactionWork)
    /// Outside of any, because it cannot run in one; its row follows.
    case alone(any LoneWork)

    var isAlone: Bool {
        if case .alone = self { true } else { false }
    }
}

/// Work that is committed together with its row in the ledger: both or neither.
protocol TransactionWork: StepWork {
    /// Does the work within the step's limits, and leaves the session in its own role. Whatever may run code of the step's
    /// role is done as that role, in a ``Sandbox``.
    ///
    /// - Parameter deadline: for all locks of the step, counted from the beginning of its transaction.
    /// - Returns: whether the transaction is to be committed.
    func perform(
        on connection: Connection, within deadline: LockDeadline
    ) async throws(PostgresError) -> StepTransaction.Verdict
}

extension TransactionWork {
    var execution: StepExecution { .inTransaction(self) }
}

/// Work that cannot run in a transaction. It is done at least once: if its row is lost, the catalog settles whether it was.
protocol LoneWork: StepWork {
    /// What the ledger is to remember of the object before the work begins, so that the next plan knows what may have been
    /// left in the middle; nil if the catalog tells that by itself.
    var intention: [String: String]? { get }

    /// Does the work within the step's limits, in the session of the step's role.
    func perform(on connection: Connection) async throws(PostgresError)

    /// Whether the catalog shows the effect. Asked before the work, too: it may have been done without its row.
    ///
    /// - Returns: what the step has come to; nil as long as it is not complete.
    func completion(on connection: Connection) async throws(PostgresError) -> StepResult?
}

extension LoneWork {
    var intention: [String: String]? { nil }
    var execution: StepExecution { .alone(self) }
}
