/// What happens during a run, and to the service between runs, as it happens. Every sink gets the same values.
package enum MaintenanceEvent: Sendable {
    case runStarted(runID: String, database: String, tasks: [TaskKind])
    /// The plan is made; `steps` is its length, for progress.
    case planned(runID: String, database: String, steps: Int)
    case runLockHeld(runID: String, database: String, HeldRunLock)
    case refused(runID: String, database: String, Refusal)
    case stepStarted(runID: String, database: String, step: PlanStep, index: Int, of: Int)
    /// A lock was not to be had; the step is tried again after `delay`.
    case stepRetried(runID: String, database: String, step: PlanStep, attempt: Int, delay: Duration, [Blocker])
    case stepFinished(runID: String, database: String, StepReport)
    case runFinished(RunSummary)
    case service(ServiceEvent)
}

/// Where events go. A sink never blocks the run for long and never throws: what it cannot deliver it says itself.
package protocol EventSink: Sendable {
    func record(_ event: MaintenanceEvent)
}
