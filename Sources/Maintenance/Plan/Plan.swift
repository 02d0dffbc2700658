import CivilTime

/// What a run will do in one database, and what it will leave alone and why.
package struct Plan: Hashable, Sendable {
    /// The name of the database in the configuration.
    package var database: String
    /// When the snapshot was taken, by the server's clock.
    package var takenAt: Instant
    /// As whom it was made, and its SQL is executed.
    package var role: String?
    /// The plans of all requested kinds of task, in the order of `TaskKind`.
    package var work: TaskPlan
    /// Watched schemas that the database does not have.
    package var missingSchemas: [String]

    package init(database: String, takenAt: Instant, work: TaskPlan = TaskPlan(), missingSchemas: [String] = []) {
        self.database = database
        self.takenAt = takenAt
        self.work = work
        self.missingSchemas = missingSchemas
    }

    package var steps: [PlanStep] { work.steps }
    package var refusals: [Refusal] { work.refusals }
    package var findings: [Finding] { work.findings }
    package var inferences: [Finding] { work.inferences }
    package var runways: [Runway] { work.runways }
    package var notes: [Remembered.Note] { work.notes }
    package var objectsInView: Int { work.objectsInView }

    /// The verdict that a run would have if all its steps succeeded.
    package var verdict: RunVerdict {
        RunVerdict(refusals: refusals, objectsInView: objectsInView, missingSchemas: missingSchemas)
    }
}
