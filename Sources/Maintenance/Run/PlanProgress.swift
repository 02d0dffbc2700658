/// Which steps of a plan are done, as far as later steps depend on that.
package struct PlanProgress: Sendable {
    /// The steps that earlier runs have done for the slot, each with the ID of that run.
    package let doneBefore: [StepKey: String]
    /// The steps of this run that ended without being done.
    private var undone: [StepKey: StepOutcome.Kind] = [:]
    /// Those that were done. A planner that wants one again, after what it has left, would want it for ever.
    private var done: Set<StepKey> = []

    package init(doneBefore: [StepKey: String] = [:]) {
        self.doneBefore = doneBefore
    }

    /// The outcome of a step that must not be tried; nil if it is to be tried.
    ///
    /// What an earlier run did for the slot is not repeated. A step that requires one that was not done would fail,
    /// with a misleading error.
    package func outcomeWithoutTry(of step: PlanStep) -> StepOutcome? {
        if let run = doneBefore[step.key] {
            return .superseded(reason: "done already for this slot by run \(run)")
        }
        if done.contains(step.key) { return .superseded(reason: "done already by this run") }
        for requirement in step.requires {
            let word: String
            switch undone[requirement.key] {
            case nil, .done, .superseded: continue
            case .failed: word = "failed"
            case .postponed: word = "was postponed"
            case .interrupted: word = requirement.notDone
            }
            return .interrupted(reason: "\(requirement.reason) \(word) above")
        }
        return nil
    }

    package mutating func add(_ report: StepReport) {
        if report.outcome == .done { done.insert(report.step.key) }
        switch report.outcome.kind {
        case .done, .superseded: undone[report.step.key] = nil
        case .failed, .postponed, .interrupted: undone[report.step.key] = report.outcome.kind
        }
    }
}
