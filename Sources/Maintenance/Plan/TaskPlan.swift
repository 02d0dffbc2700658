/// What every planner returns: the steps for one kind of task, and what was found out about its objects.
package struct TaskPlan: Hashable, Sendable {
    /// In the order of execution.
    package var steps: [PlanStep] = []
    package var refusals: [Refusal] = []
    package var findings: [Finding] = []
    /// What was inferred about each object, and from what.
    package var inferences: [Finding] = []
    /// The runways before the plan is executed.
    package var runways: [Runway] = []
    /// What is to be remembered although no step is done.
    package var notes: [Remembered.Note] = []
    /// How many objects were found that pgtend is to maintain, including refused ones.
    package var objectsInView = 0

    package init(
        steps: [PlanStep] = [], refusals: [Refusal] = [], findings: [Finding] = [], inferences: [Finding] = [],
        runways: [Runway] = [], notes: [Remembered.Note] = [], objectsInView: Int = 0
    ) {
        self.steps = steps
        self.refusals = refusals
        self.findings = findings
        self.inferences = inferences
        self.runways = runways
        self.notes = notes
        self.objectsInView = objectsInView
    }

    static func += (left: inout TaskPlan, right: TaskPlan) {
        left.steps += right.steps
        left.refusals += right.refusals
        left.findings += right.findings
        left.inferences += right.inferences
        left.runways += right.runways
        left.notes += right.notes
        left.objectsInView += right.objectsInView
    }
}
