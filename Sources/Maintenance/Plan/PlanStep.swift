import SQLText

/// One step of a plan: its action, and what all steps have in common. The plan that is printed and the plan that is
/// executed consist of the same values.
package struct PlanStep: Hashable, Sendable {
    package let kind: ActionKind
    package let task: TaskKind
    /// The table, materialized view or target table that the step works on.
    package let object: RelationName
    /// The role for SET ROLE before the work; nil keeps the role that connected.
    package let role: String?
    /// Why the step is in the plan.
    package let reason: String
    /// The locks stronger than ACCESS SHARE that it takes on relations of the application, in the order in which they
    /// are taken.
    package let locks: [LockRequirement]
    package var limits: StepLimits
    package let key: StepKey
    /// Steps of the same plan that have to be done first, because this one would fail otherwise.
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

    /// What else is known about it, besides its object.
    package var attributes: [StepAttribute] { action.value.attributes }

    /// The owner whose code may run in its session (`StepAction.codeOwner`).
    package var codeOwner: String? { action.value.codeOwner }

    /// Whether it normally takes milliseconds (`StepAction.isQuick`).
    package var isQuick: Bool { action.value.isQuick }

    /// Whether it is one of those that go one at a time in a database (`StepAction.changesDefinitions`).
    package var changesDefinitions: Bool { action.value.changesDefinitions }
}

extension PlanStep: CustomStringConvertible {
    /// What it does, as a phrase: "create partition a.b_2026_12 of a.b …".
    package var description: String { action.value.description }
}

/// A step that has to be done before another one.
package struct StepRequirement: Hashable, Sendable {
    package let key: StepKey
    /// What is not done without it, and why: the first part of a sentence that continues with the outcome of that step.
    package let reason: String
    /// How that sentence continues if the required step was interrupted or never started: "was not refreshed".
    package let notDone: String

    package init(_ key: StepKey, reason: String, notDone: String = "was not done") {
        self.key = key
        self.reason = reason
        self.notDone = notDone
    }
}

/// The limits on how long a step may hold up other sessions.
package struct StepLimits: Hashable, Sendable {
    /// For all of the step's locks together.
    package var lockDeadline: Duration
    package var tries: Int
    /// For the waits for locks on one table, over all tries of all steps (`LockBudget.perTableAndHour`).
    package var lockBudget: Duration
    /// For each single statement (`statement_timeout`).
    package var statementTimeout: Duration

    package init(locks: LockBudget, statementTimeout: Duration) {
        lockDeadline = locks.perStep
        tries = locks.tries
        lockBudget = locks.perTableAndHour
        self.statementTimeout = statementTimeout
    }
}
