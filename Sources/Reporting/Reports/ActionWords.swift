import Maintenance

/// The words for an action before and after it is done; the only place that has them, for plan, run, summary, journal
/// and status.
package struct ActionWords {
    /// "create": the label of a step in a plan.
    package let verb: String
    /// What is counted: "partition" and "partitions".
    private let noun: (one: String, many: String)
    /// What surrounds the counted noun in "3 partitions to create".
    private let planned: (before: String, after: String)
    /// What surrounds it in "3 partitions created".
    private let done: (before: String, after: String)

    package init(_ kind: ActionKind) {
        switch kind {
        case .createPartition: self.init("create", "partition", done: "created")
        case .refreshView: self.init("refresh", "view", done: "refreshed")
        case .updateStatistics: self.init("update", "tenant", done: "updated", of: "statistics of ")
        case .analyzeTable: self.init("analyze", "partitioned table", done: "analyzed")
        }
    }

    /// - Parameter whole: a prefix for an action on something that belongs to the noun: "statistics of ".
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
