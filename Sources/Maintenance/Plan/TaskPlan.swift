/// The one answer of every planner: what is to be done for one kind of task, and what was seen on the way.
package struct TaskPlan: Hashable, Sendable {
    /// In the order of execution.
    package var steps: [PlanStep] = []
    package var refusals: [Refusal] = []
    package var findings: [Finding] = []
    /// How each object was understood, and from what.
    package var inferences: [Finding] = []
    /// As it is before the plan is executed.
    package var runways: [Runway] = []
    /// How many objects are in view, tended or refused.
    package var objectsInView = 0

    package init(
        steps: [PlanStep] = [], refusals: [Refusal] = [], findings: [Finding] = [], inferences: [Finding] = [],
        runways: [Runway] = [], objectsInView: Int = 0
    ) {
        self.steps = steps
        self.refusals = refusals
        self.findings = findings
        self.inferences = inferences
        self.runways = runways
        self.objectsInView = objectsInView
    }

    static func += (left: inout TaskPlan, right: TaskPlan) {
        left.steps += right.steps
        left.refusals += right.refusals
        left.findings += right.findings
        left.inferences += right.inferences
        left.runways += right.runways
        left.objectsInView += right.objectsInView
    }
}
