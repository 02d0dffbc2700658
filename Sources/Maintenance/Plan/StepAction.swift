import SQLText

/// What all actions have in common, as far as plans are concerned.
package protocol StepAction: Hashable, Sendable, CustomStringConvertible {
    static var kind: ActionKind { get }
    static var task: TaskKind { get }
    /// Whether its planner has to know what is remembered of its objects (`CatalogSnapshot.remembered`).
    static var remembers: Bool { get }

    /// The table, materialized view or target table that it is about: the plan lists the step under it, and waits for
    /// locks are counted by it. A partitioned table, for what is done to one of its partitions.
    var object: RelationName { get }
    /// The role for SET ROLE before the work; nil keeps the role that connected.
    var role: String? { get }
    /// The owner whose code may run in the session that does the work: that of no other is to run in it. nil is the role
    /// that connected.
    var codeOwner: String? { get }
    /// The locks stronger than ACCESS SHARE that it takes on relations of the application, in the order in which they
    /// are taken.
    var locks: [LockRequirement] { get }
    /// What distinguishes it from other actions of its kind. It has to be the same in every plan for the same slot, so
    /// it must not contain, for example, the mode of a refresh. To keep it unambiguous, names are quoted, and arbitrary
    /// text comes last. Permanent: the ledger stores it.
    var identity: [String] { get }
    /// What else is known about it besides its object, for JSON documents, journal fields and text.
    var attributes: [StepAttribute] { get }
    /// Whether it normally takes milliseconds. If so, a timeout means that the server was busy, and it is worth another
    /// try.
    var isQuick: Bool { get }
    /// Whether it creates, attaches, detaches, drops or alters something. Such steps go one at a time in a database.
    var changesDefinitions: Bool { get }
    /// What it does, as a phrase: "create partition a.b_2026_12 of a.b …".
    var description: String { get }
}

extension StepAction {
    package static var remembers: Bool { false }
    package var isQuick: Bool { false }
    package var changesDefinitions: Bool { false }
    package var codeOwner: String? { role }
}

/// One thing that is known about a step.
package enum StepAttribute: Hashable, Sendable {
    case partition(RelationName)
    /// The bounds of a partition as literals of the key's type: `lower` is inclusive, `upper` exclusive.
    case bounds(lower: String, upper: String)
    /// How it is done, as one word (`RefreshView.Mode`).
    case mode(String)
    /// The tenant whose rows it works on: the key as text.
    case tenant(String)
}
