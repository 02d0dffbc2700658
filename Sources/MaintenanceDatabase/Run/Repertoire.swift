import Maintenance

/// What a run can do: how its plan comes from a snapshot, and its work from the steps of the plan.
struct Repertoire: Sendable {
    /// The actions whose planners have to be told what is remembered.
    let remembering: @Sendable ([TaskKind]) -> [ActionKind]
    let plan: @Sendable ([TaskKind], CatalogSnapshot) -> Plan
    /// - Parameter serverVersion: `server_version_num`.
    let work: @Sendable (_ step: PlanStep, _ serverVersion: Int) -> any StepWork
}

extension Repertoire {
    /// All actions that there are.
    init(_ definition: DatabaseDefinition) {
        self.init(
            remembering: { tasks in
                ActionKind.allCases.filter { kind in
                    let task = kind.type.task
                    return kind.type.remembers && tasks.contains(task) && definition.mayHaveWork(for: task)
                }
            }, plan: { Planner(definition: definition, tasks: $0).plan($1) },
            work: { $0.work(serverVersion: $1) })
    }
}
