/// What of a plan is done, as far as it decides about the steps that come after.
package struct PlanProgress: Sendable {
    /// What was done for the slot already, each with the run that did it.
    package let doneBefore: [StepKey: String]
    /// The steps that are not done, each with what became of it.
    private var undone: [StepKey: StepOutcome.Kind] = [:]

    package init(doneBefore: [StepKey: String] = [:]) {
        self.doneBefore = doneBefore
    }

    /// How a step ends without being tried; nil where it is to be tried. What an earlier run did for the slot is not done
    /// again, and what requires a step that was not done would only fail, with words that lead astray.
    package func outcomeWithoutTry(of step: PlanStep) -> StepOutcome? {
        if let run = doneBefore[step.key] {
            return .superseded(reason: "done already for this slot by run \(run)")
        }
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
        switch report.outcome.kind {
        case .done, .superseded: undone[report.step.key] = nil
        case .failed, .postponed, .interrupted: undone[report.step.key] = report.outcome.kind
        }
    }
}
