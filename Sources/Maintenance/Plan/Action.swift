/// What a step does: the list of everything that pgtend can do in a plan.
///
/// Each action is a value of its own, in the room of its task; this list and the switch that names its work on a server
/// are the only places that know all of them.
package enum Action: Hashable, Sendable {
    case createPartition(CreatePartition)
    case refreshView(RefreshView)
    case updateStatistics(UpdateStatistics)

    /// The action as what all of them have in common.
    package var value: any StepAction {
        switch self {
        case .createPartition(let action): action
        case .refreshView(let action): action
        case .updateStatistics(let action): action
        }
    }
}

/// The kinds of action, by the words that JSON documents and keys of steps know them by: a verb first. The words are
/// permanent.
package enum ActionKind: String, CaseIterable, Hashable, Sendable {
    case createPartition = "create_partition"
    case refreshView = "refresh_view"
    case updateStatistics = "update_statistics"
}
