import CivilTime

/// What a run will do to one database, and what it will leave alone and why.
package struct Plan: Hashable, Sendable {
    /// The name of the database in the configuration.
    package var database: String
    /// The moment of the snapshot, by the server's clock.
    package var takenAt: Instant
    /// Of all kinds of task that were asked for, in their order.
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
    package var objectsInView: Int { work.objectsInView }

    /// What a run would have to say about what it finds.
    package var verdict: RunVerdict {
        RunVerdict(refusals: refusals, objectsInView: objectsInView, missingSchemas: missingSchemas)
    }
}
