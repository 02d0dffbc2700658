import SQLText

/// One thing to do: what every step has, and the action. The plan that is printed and the plan that is executed are made
/// of the same values.
package struct PlanStep: Hashable, Sendable {
    package let kind: ActionKind
    package let task: TaskKind
    /// The table, view or target that the step is about.
    package let object: RelationName
    /// The role to SET before it; nil works as the role that connected.
    package let role: String?
    /// Why the step is in the plan.
    package let reason: String
    /// The locks beyond ACCESS SHARE that it takes on relations which the application uses, in the order in which they
    /// are taken.
    package let locks: [LockRequirement]
    package let limits: StepLimits
    package let key: StepKey
    /// Steps of the same plan without whose effect this one would only fail.
    package let requires: [StepRequirement]
    package let action: Action

    package init(_ action: Action, reason: String, limits: StepLimits, requires: [StepRequirement] = []) {
        let value = action.value
        kind = type(of: value).kind
        task = type(of: value).task
        object = value.object
        role = value.role
        self.reason = reason
        locks = value.locks
        self.limits = limits
        key = StepKey(kind, value.identity)
        self.requires = requires
        self.action = action
    }

    /// What is known of it beside its object.
    package var attributes: [StepAttribute] { action.value.attributes }

    /// Whether it takes milliseconds by its nature.
    package var isQuick: Bool { action.value.isQuick }
}

extension PlanStep: CustomStringConvertible {
    /// What it does, as a phrase: "create partition a.b_2026_12 of a.b …".
    package var description: String { action.value.description }
}

/// A step that has to be done before another one.
package struct StepRequirement: Hashable, Sendable {
    package let key: StepKey
    /// What is not done without it, and why: the beginning of a sentence that goes on with what became of that step.
    package let reason: String
    /// What is said of a step that was not begun or interrupted: "was not refreshed".
    package let notDone: String

    package init(_ key: StepKey, reason: String, notDone: String = "was not done") {
        self.key = key
        self.reason = reason
        self.notDone = notDone
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
