import CivilTime
import SQLText

/// What planners have noted of the objects of a database, and no catalog says: when steps were done (`StepResult.memory`), or
/// when they saw something first (`TaskPlan.notes`).
package struct Remembered: Hashable, Sendable {
    /// Planners of different actions remember different things of one object.
    package struct Subject: Hashable, Sendable {
        package let action: ActionKind
        package let object: RelationName

        package init(_ action: ActionKind, _ object: RelationName) {
            self.action = action
            self.object = object
        }
    }

    package struct Memory: Hashable, Sendable {
        /// By the server's clock.
        package var notedAt: Instant
        /// Texts by name, which only the planner of the action understands.
        package var texts: [String: String]

        package init(notedAt: Instant, texts: [String: String]) {
            self.notedAt = notedAt
            self.texts = texts
        }
    }

    /// What is to be remembered of an object, in the place of what was.
    package struct Note: Hashable, Sendable {
        package let subject: Subject
        package let texts: [String: String]

        package init(_ action: ActionKind, _ object: RelationName, _ texts: [String: String]) {
            subject = Subject(action, object)
            self.texts = texts
        }
    }

    private var memories: [Subject: Memory]
    /// Why nothing can be remembered, as a phrase: there is no ledger. nil if what is not here was never noted.
    package let ignorance: String?

    package init(_ memories: [Subject: Memory] = [:]) {
        self.memories = memories
        ignorance = nil
    }

    package init(nothingBecause ignorance: String) {
        memories = [:]
        self.ignorance = ignorance
    }

    package subscript(action: ActionKind, object: RelationName) -> Memory? { memories[Subject(action, object)] }
}
