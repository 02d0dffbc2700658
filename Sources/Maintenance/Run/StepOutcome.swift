import SQLText

/// How a step ended.
package enum StepOutcome: Hashable, Sendable {
    /// Its effect is committed.
    case done
    /// What it assumed no longer holds, and its purpose with it: somebody else did the work, or removed the need.
    case superseded(reason: String)
    /// Others hold its locks; it stays for a later run.
    case postponed(tries: Int, blockers: [Blocker])
    case failed(ServerFailure)
    /// Not begun, or cancelled on the server and rolled back, because the run was told to stop or lost its server.
    case interrupted(reason: String)

    /// The outcome without what it came with, to be counted and compared.
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

    /// One word for fields and JSON.
    package var word: String { kind.rawValue }
}

/// A session that stood in the way, or a prepared transaction.
package struct Blocker: Hashable, Sendable {
    /// 0 for a prepared transaction, which has no process.
    package var pid: Int32
    /// Of a prepared transaction its identifier.
    package var application: String
    package var user: String
    /// `active`, `idle in transaction`, or `autovacuum`.
    package var state: String
    package var relation: RelationName
    package var lockMode: String
    /// Seconds since its transaction began.
    package var transactionAge: Int64

    package init(
        pid: Int32, application: String, user: String, state: String, relation: RelationName, lockMode: String,
        transactionAge: Int64
    ) {
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
        let held = "holds \(lockMode) on \(relation)"
        if pid == 0 { return "the prepared transaction \(application) (\(user), for \(transactionAge) s) \(held)" }
        let who = SessionOwner(user: user, application: application)
        return "pid \(pid) (\(who), \(state) for \(transactionAge) s) \(held)"
    }
}

/// To whom a session on the server belongs, for people: the role, and the application where it says its name.
package struct SessionOwner: CustomStringConvertible {
    private let user: String
    private let application: String

    package init(user: String, application: String) {
        self.user = user
        self.application = application
    }

    package var description: String { application.isEmpty ? user : "\(user), \(application)" }
}
