/// How one step of a run went.
package struct StepReport: Hashable, Sendable {
    package var step: PlanStep
    package var outcome: StepOutcome
    /// What it has come to, if it was done.
    package var result: StepResult
    package var duration: Duration
    /// The time spent waiting for locks, over all tries.
    package var lockWait: Duration
    /// The number of tries.
    package var attempt: Int
    /// The server's warnings, and what pgtend itself noticed, while the step was executed.
    package var notices: [String]
    /// Whether the same failure has been reported for other steps of the run: the summary counts it, a log omits it.
    package var isRepetition = false

    package init(
        step: PlanStep, outcome: StepOutcome, result: StepResult = StepResult(), duration: Duration,
        lockWait: Duration = .zero, attempt: Int = 1,
        notices: [String] = []
    ) {
        self.step = step
        self.outcome = outcome
        self.result = result
        self.duration = duration
        self.lockWait = lockWait
        self.attempt = attempt
        self.notices = notices
    }
}
