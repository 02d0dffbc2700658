/// One step and how it went.
package struct StepReport: Hashable, Sendable {
    package var step: PlanStep
    package var outcome: StepOutcome
    package var duration: Duration
    /// The time spent waiting for locks, over all tries.
    package var lockWait: Duration
    /// The number of tries, 1 for a step that met no lock.
    package var attempt: Int
    /// What the server said on the way (NOTICE and WARNING), worth keeping.
    package var notices: [String]
    /// One more of many failures alike, which the summary counts and a log does without.
    package var isRepetition = false

    package init(
        step: PlanStep, outcome: StepOutcome, duration: Duration, lockWait: Duration = .zero, attempt: Int = 1,
        notices: [String] = []
    ) {
        self.step = step
        self.outcome = outcome
        self.duration = duration
        self.lockWait = lockWait
        self.attempt = attempt
        self.notices = notices
    }
}
