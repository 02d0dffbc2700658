import SQLText

/// Something that went wrong on the server or on the way to it: the server's error, or the client's where the server
/// did not send one.
package struct ServerFailure: Error, Hashable, Sendable {
    package var failureClass: FailureClass
    /// nil where the error is the client's, for example because the connection failed.
    package var sqlState: SQLState?
    package var message: String
    package var detail: String?
    package var hint: String?
    /// What to do about it, where pgtend knows more than the server's hint tells.
    package var cure: Cure?

    package init(
        failureClass: FailureClass, sqlState: SQLState? = nil, message: String, detail: String? = nil,
        hint: String? = nil, cure: Cure? = nil
    ) {
        self.failureClass = failureClass
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.cure = cure
    }
}

extension ServerFailure {
    /// read_only_sql_transaction: the server is a standby.
    package var isStandby: Bool { sqlState == .readOnlySQLTransaction }

    /// Whether the failure affects the whole database, rather than one kind of task.
    package var isOfDatabase: Bool {
        switch failureClass {
        case .connection, .authentication, .resources, .pooler: true
        case .lockNotAvailable, .transactionRollback, .privilege, .timeout, .cancelled, .refused, .other: isStandby
        }
    }
}

extension ServerFailure: CustomStringConvertible {
    /// The message, followed by the SQLSTATE if there is one.
    package var description: String {
        sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
    }
}

/// The kinds of failure, by what they mean for a retry and for the steps that follow.
package enum FailureClass: String, CaseIterable, Hashable, Sendable {
    /// Another session holds a lock: the step may be tried again within its lock budget.
    case lockNotAvailable
    /// A deadlock or a serialization failure: the transaction was rolled back and can be repeated.
    case transactionRollback
    /// The connection is gone, or the server is starting or stopping.
    case connection
    /// A connection pooler sits in between that does not preserve the locks and settings of a session.
    case pooler
    /// The role or its password was refused.
    case authentication
    /// A privilege is missing, or row-level security would have hidden rows that have to be counted.
    case privilege
    /// The statement exceeded its time limit, or another session cancelled it (`pg_cancel_backend`).
    case timeout
    /// Cancelled by pgtend itself, because the run was told to stop.
    case cancelled
    /// Disk, memory or connections are used up.
    case resources
    /// pgtend refuses to continue: a person has to decide first, and nothing was changed.
    case refused
    /// Anything else: the same statement would fail the same way.
    case other
}
