import SQLText

/// How a step ended.
package enum StepOutcome: Hashable, Sendable {
    /// Its effect is committed.
    case done
    /// Its assumptions no longer hold: the work was done, or became unnecessary or impossible, after the plan was made.
    case superseded(reason: String)
    /// Other sessions hold its locks, or waited for those that it held; it is left to a later run. `tries` is 0 if the
    /// table's lock budget was used up.
    case postponed(tries: Int, blockers: [Blocker])
    case failed(ServerFailure)
    /// Not started, or cancelled on the server and rolled back: the run was told to stop, lost its server or its lock,
    /// or a step that this one requires was not done.
    case interrupted(reason: String)

    /// The outcome without its associated values, for counting and comparing. The words are permanent.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case done, superseded, postponed, failed, interrupted
    }

    package var kind: Kind {
        switch self {
        case .done: .done
        case .superseded: .superseded
        case .postponed: .postponed
        case .failed: .failed
        case .interrupted: .interrupted
        }
    }

    /// The word for it in fields and JSON.
    package var word: String { kind.rawValue }
}

/// A session, or a prepared transaction, that holds a lock which a step was waiting for; or a session that waited for a
/// lock of a step's.
package struct Blocker: Hashable, Sendable {
    /// 0 for a prepared transaction, which has no process.
    package var pid: Int32
    /// For a prepared transaction, its identifier.
    package var application: String
    package var user: String
    /// `active`, `idle in transaction`, or `autovacuum`.
    package var state: String
    package var relation: RelationName
    package var lockMode: String
    /// Seconds since its transaction began.
    package var transactionAge: Int64
    /// Whether it waited for the step, which gave way.
    package var isWaiting: Bool

    package init(
        pid: Int32, application: String, user: String, state: String, relation: RelationName, lockMode: String,
        transactionAge: Int64, isWaiting: Bool = false
    ) {
        self.isWaiting = isWaiting
        self.pid = pid
        self.application = application
        self.user = user
        self.state = state
        self.relation = relation
        self.lockMode = lockMode
        self.transactionAge = transactionAge
    }
}

extension Blocker: CustomStringConvertible {
    package var description: String {
        let held = "\(isWaiting ? "waited for" : "holds") \(lockMode) on \(relation)"
        if pid == 0 { return "the prepared transaction \(application) (\(user), for \(transactionAge) s) \(held)" }
        let who = SessionOwner(user: user, application: application)
        return "pid \(pid) (\(who), \(state) for \(transactionAge) s) \(held)"
    }
}

/// A session on the server as reports name it: the role, and the application name if it has one.
package struct SessionOwner: CustomStringConvertible {
    private let user: String
    private let application: String

    package init(user: String, application: String) {
        self.user = user
        self.application = application
    }

    package var description: String { application.isEmpty ? user : "\(user), \(application)" }
}
