/// Something that has just happened: in a run, or to the service between runs. Every sink gets the same values.
package enum MaintenanceEvent: Sendable {
    case runStarted(runID: String, database: String, tasks: [TaskKind])
    /// The plan is made. `steps` is the number of its steps, for showing progress.
    case planned(runID: String, database: String, steps: Int)
    case runLockHeld(runID: String, database: String, HeldRunLock)
    case refused(runID: String, database: String, Refusal)
    case stepStarted(runID: String, database: String, step: PlanStep, index: Int, of: Int)
    /// A lock could not be acquired; the step is tried again after `delay`.
    case stepRetried(runID: String, database: String, step: PlanStep, attempt: Int, delay: Duration, [Blocker])
    case stepFinished(runID: String, database: String, StepReport)
    case runFinished(RunSummary)
    case service(ServiceEvent)
}

/// Where events go. A sink must not block for long, and never throws: it reports by itself what it cannot deliver.
package protocol EventSink: Sendable {
    func record(_ event: MaintenanceEvent)
}
