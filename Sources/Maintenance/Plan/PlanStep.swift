import SQLText

/// One thing to do. The plan that is printed and the plan that is executed are made of the same values.
package enum PlanStep: Hashable, Sendable {
    case createPartition(CreatePartition)
    case refreshView(RefreshView)
    case updateStatistics(UpdateStatistics)

    package var kind: TaskKind {
        switch self {
        case .createPartition: .partitions
        case .refreshView: .views
        case .updateStatistics: .statistics
        }
    }

    /// The table, view or target that the step is about.
    package var object: RelationName {
        switch self {
        case .createPartition(let step): step.parent
        case .refreshView(let step): step.view
        case .updateStatistics(let step): step.corpus.target
        }
    }

    /// Why the step is in the plan.
    package var reason: String {
        switch self {
        case .createPartition(let step): step.reason
        case .refreshView(let step): step.reason
        case .updateStatistics(let step): step.reason
        }
    }

    /// The locks beyond ACCESS SHARE that it takes on relations which the application uses, in the order in
    /// which they are taken.
    package var locks: [LockRequirement] {
        switch self {
        case .createPartition(let step): step.locks
        case .refreshView(let step): step.locks
        case .updateStatistics(let step): step.locks
        }
    }

    package var limits: StepLimits {
        switch self {
        case .createPartition(let step): step.limits
        case .refreshView(let step): step.limits
        case .updateStatistics(let step): step.limits
        }
    }
}

extension PlanStep: CustomStringConvertible {
    /// What it does, as a phrase: "create partition a.b_2026_12 of a.b …".
    package var description: String {
        switch self {
        case .createPartition(let step):
            "create partition \(step.partition) of \(step.parent) for [\(step.lower), \(step.upper))"
        case .refreshView(let step):
            "refresh materialized view \(step.mode == .concurrent ? "concurrently " : "")\(step.view)"
        case .updateStatistics(let step):
            "update statistics \(step.corpus.target) of tenant \(step.tenant)"
        }
    }
}

/// The bounds on what a step may cost others.
package struct StepLimits: Hashable, Sendable {
    /// For all of the step's locks together.
    package var lockDeadline: Duration
    package var tries: Int
    /// The sum of the waits for one table over all tries of all steps.
    package var lockBudget: Duration
    /// For the step's longest statement; cancelled on the server.
    package var statementTimeout: Duration

    package init(locks: LockBudget, statementTimeout: Duration) {
        lockDeadline = locks.perStep
        tries = locks.tries
        lockBudget = locks.perTableAndHour
        self.statementTimeout = statementTimeout
    }
}
