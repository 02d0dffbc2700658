import SQLText

/// What went wrong with a step, in the server's words, or the client's where the server had no say.
package struct ServerFailure: Error, Hashable, Sendable {
    package var failureClass: FailureClass
    /// Five characters; nil when the connection failed before the server could answer.
    package var sqlState: SQLState?
    package var message: String
    package var detail: String?
    package var hint: String?
    /// What to do about it, where pgtend knows more than the server's hint says.
    package var cure: String?

    package init(
        failureClass: FailureClass, sqlState: SQLState? = nil, message: String, detail: String? = nil,
        hint: String? = nil, cure: String? = nil
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

    /// Whether the database as a whole cannot be worked with, rather than what one kind of work found in it.
    package var isOfDatabase: Bool {
        switch failureClass {
        case .connection, .authentication, .resources, .pooler: true
        case .lockNotAvailable, .transactionRollback, .privilege, .timeout, .cancelled, .refused, .other: isStandby
        }
    }
}

extension ServerFailure: CustomStringConvertible {
    /// The sentence, with the SQLSTATE behind it.
    package var description: String {
        sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message
    }
}

/// What a failure means for the steps that follow and for another try.
package enum FailureClass: String, CaseIterable, Hashable, Sendable {
    /// Somebody holds a lock: the same step may be tried again within its lock budget.
    case lockNotAvailable
    /// A deadlock or a serialization failure: the transaction was rolled back and can be repeated.
    case transactionRollback
    /// The connection is gone, or the server is starting or stopping.
    case connection
    /// A connection pooler stands before the server that the locks and settings of a session do not survive.
    case pooler
    /// The role or its password was refused.
    case authentication
    /// A privilege is missing, or row-level security would have filtered what has to be counted whole.
    case privilege
    /// The statement ran longer than its limit.
    case timeout
    /// Cancelled on request: a signal, or an administrator's `pg_cancel_backend`.
    case cancelled
    /// Disk, memory or connections are used up.
    case resources
    /// What is there is left alone: a person has to decide first, and nothing was changed.
    case refused
    /// Anything else: the same statement would fail the same way.
    case other
}
