import CivilTime

/// What a run will do to one database, and what it will leave alone and why.
package struct Plan: Hashable, Sendable {
    /// The name of the database in the configuration.
    package var database: String
    /// The moment of the snapshot, by the server's clock.
    package var takenAt: Instant
    /// In the order of execution.
    package var steps: [PlanStep]
    package var refusals: [Refusal]
    package var findings: [Finding]
    /// How each set was understood, and from what.
    package var inferences: [Finding]
    /// As it is before the plan is executed.
    package var runways: [Runway]
    /// How many objects are in view, tended or refused.
    package var objectsInView: Int
    /// Watched schemas that the database does not have.
    package var missingSchemas: [String]

    package init(
        database: String, takenAt: Instant, steps: [PlanStep] = [], refusals: [Refusal] = [],
        findings: [Finding] = [], inferences: [Finding] = [], runways: [Runway] = [], objectsInView: Int = 0,
        missingSchemas: [String] = []
    ) {
        self.database = database
        self.takenAt = takenAt
        self.steps = steps
        self.refusals = refusals
        self.findings = findings
        self.inferences = inferences
        self.runways = runways
        self.objectsInView = objectsInView
        self.missingSchemas = missingSchemas
    }

    /// What a run would have to say about what it finds.
    package var verdict: RunVerdict {
        RunVerdict(refusals: refusals, objectsInView: objectsInView, missingSchemas: missingSchemas)
    }
}
