import CivilTime
import SQLText

/// A step of a run, as recorded in the ledger.
package struct LedgerStep: Hashable, Sendable {
    /// From 1, in the order of the run.
    package var number: Int
    package var task: TaskKind
    package var object: RelationName
    /// What it does, as a phrase (`PlanStep.description`).
    package var action: String
    package var outcome: StepOutcome.Kind
    /// By the server's clock; nil for a step that was never started.
    package var startedAt: Instant?
    package var duration: Duration
    package var lockWait: Duration
    /// The number of tries.
    package var attempts: Int
    package var failureClass: FailureClass?
    package var sqlState: SQLState?
    /// What went wrong, or what blocked it; nil for a step that was done.
    package var message: String?
    /// What it has come to; a figure that this version does not know is left out.
    package var figures: [StepResult.Figure: Int64]

    package init(
        number: Int, task: TaskKind, object: RelationName, action: String, outcome: StepOutcome.Kind,
        startedAt: Instant? = nil, duration: Duration = .zero, lockWait: Duration = .zero, attempts: Int = 1,
        failureClass: FailureClass? = nil, sqlState: SQLState? = nil, message: String? = nil,
        figures: [StepResult.Figure: Int64] = [:]
    ) {
        self.number = number
        self.task = task
        self.object = object
        self.action = action
        self.outcome = outcome
        self.startedAt = startedAt
        self.duration = duration
        self.lockWait = lockWait
        self.attempts = attempts
        self.failureClass = failureClass
        self.sqlState = sqlState
        self.message = message
        self.figures = figures
    }
}

/// The last refresh of a view that is recorded in the ledger.
package struct LedgerRefresh: Hashable, Sendable {
    package var view: RelationName
    /// When it began, by the server's clock: the view contains what was committed before.
    package var startedAt: Instant
    package var duration: Duration
    package var runID: String

    package init(view: RelationName, startedAt: Instant, duration: Duration, runID: String) {
        self.view = view
        self.startedAt = startedAt
        self.duration = duration
        self.runID = runID
    }
}
