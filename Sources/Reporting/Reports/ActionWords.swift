import Maintenance

/// What an action is called: before it is done, while it is done, and after. One place for plan, run, summary, journal and
/// status.
package struct ActionWords {
    /// "create": the label of a step in a plan.
    package let verb: String
    /// What is counted: "partition", "partitions".
    private let noun: (one: String, many: String)
    /// Around the counted noun: "3 partitions to create".
    private let planned: (before: String, after: String)
    /// "3 partitions created".
    private let done: (before: String, after: String)

    package init(_ kind: ActionKind) {
        switch kind {
        case .createPartition: self.init("create", "partition", done: "created")
        case .refreshView: self.init("refresh", "view", done: "refreshed")
        case .updateStatistics: self.init("update", "tenant", done: "updated", of: "statistics of ")
        }
    }

    /// - Parameter whole: what is done of the noun, where it is not the noun itself.
    private init(_ verb: String, _ noun: String, many: String? = nil, done: String, of whole: String = "") {
        self.verb = verb
        self.noun = (noun, many ?? noun + "s")
        planned = (whole, " to \(verb)")
        self.done = (whole, " \(done)")
    }

    /// "3 partitions".
    package func counted(_ count: Int) -> String { count.counted(noun.one, noun.many) }

    /// "3 partitions to create".
    package func planned(_ count: Int) -> String { planned.before + counted(count) + planned.after }

    /// "3 partitions created".
    package func done(_ count: Int) -> String { done.before + counted(count) + done.after }
}
