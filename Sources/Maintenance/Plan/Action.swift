/// What a step does: the list of all actions.
///
/// Each action has a type of its own, in the folder of its task. Only this list and `PlanStep.work(serverVersion:)`,
/// which selects the work of an action on a server, know all of them.
///
/// Indirect, so that a step has no room for the largest of them in it: a plan may have one for each of many tenants.
package indirect enum Action: Hashable, Sendable {
    case createPartition(CreatePartition)
    case refreshView(RefreshView)
    case updateStatistics(UpdateStatistics)
    case analyzeTable(AnalyzeTable)

    /// The action as a value of the protocol that all of them conform to.
    package var value: any StepAction {
        switch self {
        case .createPartition(let action): action
        case .refreshView(let action): action
        case .updateStatistics(let action): action
        case .analyzeTable(let action): action
        }
    }
}

/// The kinds of action. Their words, a verb first, appear in JSON documents and in the keys of steps, and are
/// permanent.
package enum ActionKind: String, CaseIterable, Hashable, Sendable {
    case createPartition = "create_partition"
    case refreshView = "refresh_view"
    case updateStatistics = "update_statistics"
    case analyzeTable = "analyze_table"

    package var type: any StepAction.Type {
        switch self {
        case .createPartition: CreatePartition.self
        case .refreshView: RefreshView.self
        case .updateStatistics: UpdateStatistics.self
        case .analyzeTable: AnalyzeTable.self
        }
    }
}
