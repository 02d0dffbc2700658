import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign

extension ServerFailure {
    /// Migrations that could not be taken back: nothing was changed.
    ///
    /// - Parameter blockers: who held the locks.
    init(_ error: PostgresError, takingBack migrations: [Migration], _ blockers: [Blocker] = []) {
        self.init(error)
        let labels = migrations.map(\.label).joined(separator: ", ")
        switch failureClass {
        case .connection:
            message =
                "the connection was lost while \(labels) was being taken back, which is gone as a whole or not at all: "
                + message
            cure = "repeat the command: it finds what is there"
        case .cancelled:
            message = "told to stop while \(labels) was being taken back; nothing was changed"
        case .lockNotAvailable, .transactionRollback:
            // A deadlock also means that others were in the way.
            failureClass = .lockNotAvailable
            let holders = blockers.isEmpty ? message : blockers.map(\.description).joined(separator: "; ")
            message = "\(labels) was not taken back, since others hold its locks: \(holders); nothing was changed"
            cure = "stop the programs that use the schema, then repeat the command"
            // Not the statement that waited, which names everything that is dropped; for a deadlock, the server's
            // account of who took part.
            detail = error.detail
        case .privilege:
            message = "\(labels) cannot be taken back: \(message); nothing was changed"
            cure = "take it back as a superuser, or as a role that has the privileges of whoever owns what is dropped"
            detail = error.detail
        default:
            message = "\(labels) cannot be taken back: \(message); nothing was changed"
            if error.context.map(Self.isRaiseOfMigration) ?? false { detail = error.detail }
        }
    }

    /// Whether the rollback was refused for what the database holds: rows, or other people's objects.
    package var isRollbackRefusal: Bool {
        let states: [SQLState] = [.objectNotInPrerequisiteState, .dependentObjectsStillExist]
        return (sqlState.map(states.contains) ?? false)
    }

    /// Rows that could not be counted, since others hold locks on their tables.
    init(_ error: PostgresError, countingRows blockers: [Blocker]) {
        self.init(error)
        let holders = blockers.isEmpty ? message : blockers.map(\.description).joined(separator: "; ")
        message = "the rows cannot be counted, since others hold the locks of their tables: \(holders)"
        cure = "repeat the command when they are done"
    }

    /// A step that failed. Says which, and that the steps before it are kept.
    ///
    /// - Parameter blockers: who held the locks.
    init(_ error: PostgresError, in steps: [SchemaStep], _ blockers: [Blocker] = []) {
        self.init(error)
        let object = steps.count == 1 ? steps[0].object.description : "\(steps[0].object) and \(steps.count - 1) more"
        let next = "what was done before stays, and the same command goes on with the rest"
        switch failureClass {
        case .lockNotAvailable, .transactionRollback:
            let holders = blockers.isEmpty ? message : blockers.map(\.description).joined(separator: "; ")
            message = "\(object): others hold its locks for longer than the application may be made to wait: \(holders)"
            cure = "repeat the command when the table is less busy; \(next)"
        case .connection: message = "the connection was lost at \(object): \(message); \(next)"
        case .cancelled: message = "told to stop at \(object); \(next)"
        default: message = "\(object): \(message); \(next)"
        }
    }
}
