/// The kinds of work, in the order in which a run does them: a view may read a partition that the run makes.
/// Each has an advisory lock of its own, so that two runs can share a database by kind.
package enum TaskKind: String, CaseIterable, Hashable, Sendable {
    case partitions
    case views
    case statistics
}
