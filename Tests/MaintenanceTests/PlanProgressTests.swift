import Maintenance
import SQLText
import Testing

@Suite("Progress of a plan")
struct PlanProgressTests {
    private static let limits = StepLimits(locks: LockBudget(), statementTimeout: .seconds(1))

    private static func view(_ name: String, requires: [PlanStep] = []) -> PlanStep {
        PlanStep(
            .refreshView(RefreshView(view: app(name), mode: .initial, owner: "o", role: nil)), reason: "due",
            limits: limits,
            requires: requires.map { StepRequirement($0.key, reason: "not refreshed: \($0.object), which it reads,") })
    }

    private static func ended(_ step: PlanStep, _ outcome: StepOutcome) -> StepReport {
        StepReport(step: step, outcome: outcome, duration: .zero)
    }

    @Test(
        "What requires a step that was not done is not tried",
        arguments: [
            (StepOutcome.done, nil), (.superseded(reason: "r"), nil),
            (.failed(ServerFailure(failureClass: .other, message: "m")), "failed"),
            (.postponed(tries: 3, blockers: []), "was postponed"), (.interrupted(reason: "r"), "was not done"),
        ] as [(StepOutcome, String?)])
    func followsWhatIsRequired(outcome: StepOutcome, word: String?) {
        let first = Self.view("a")
        let second = Self.view("b", requires: [first])
        var progress = PlanProgress()
        #expect(progress.outcomeWithoutTry(of: second) == nil)
        progress.add(Self.ended(first, outcome))
        let reason = word.map { "not refreshed: app.a, which it reads, \($0) above" }
        #expect(progress.outcomeWithoutTry(of: second) == reason.map { .interrupted(reason: $0) })
        #expect(progress.outcomeWithoutTry(of: Self.view("c")) == nil)
        // A second plan may have it done after all.
        progress.add(Self.ended(first, .done))
        #expect(progress.outcomeWithoutTry(of: second) == nil)
    }

    @Test("What was done for the slot already is not done again")
    func leavesWhatIsDone() {
        let step = Self.view("a")
        let progress = PlanProgress(doneBefore: [step.key: "run1"])
        #expect(
            progress.outcomeWithoutTry(of: step) == .superseded(reason: "done already for this slot by run run1"))
    }

    @Test("Two actions on one object are two steps")
    func keysBeginWithAVerb() {
        let (partition, parent) = (app("t_2026_01"), app("t"))
        let kinds = ActionKind.allCases.map { StepKey($0, ["\(parent)", "\(partition)"]) }
        #expect(Set(kinds).count == ActionKind.allCases.count)
    }
}
