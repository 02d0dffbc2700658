import SQLText

/// What a plan knows of an action, whichever it is.
package protocol StepAction: Hashable, Sendable, CustomStringConvertible {
    static var kind: ActionKind { get }
    static var task: TaskKind { get }

    /// The table, view or target that it is about.
    var object: RelationName { get }
    /// The role to SET before it; nil works as the role that connected.
    var role: String? { get }
    /// The locks beyond ACCESS SHARE that it takes on relations which the application uses, in the order in which they
    /// are taken.
    var locks: [LockRequirement] { get }
    /// What tells it from others of its kind, and is the same in every plan for the same slot: nothing such as the mode
    /// of a refresh. Quoted names keep it unambiguous; what may be any text stands last.
    var identity: [String] { get }
    /// What is known of it beside its object, for documents, fields and text.
    var attributes: [StepAttribute] { get }
    /// Whether it takes milliseconds by its nature: where a try took longer than the limit, the server was busy, and the
    /// next may find it otherwise.
    var isQuick: Bool { get }
    /// What it does, as a phrase: "create partition a.b_2026_12 of a.b …".
    var description: String { get }
}

extension StepAction {
    package var isQuick: Bool { false }
}

/// One thing that is known of a step.
package enum StepAttribute: Hashable, Sendable {
    case partition(RelationName)
    /// The bounds of a partition, as the key's type writes them: from, inclusive, and to, exclusive.
    case bounds(lower: String, upper: String)
    /// In which way it is done, a word.
    case mode(String)
    /// Whose rows it is about: the tenant's key as text.
    case tenant(String)
}
