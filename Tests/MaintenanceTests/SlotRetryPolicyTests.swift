import CivilTime
import Maintenance
import SQLText
import Testing

@Suite("Retry of slots")
struct SlotRetryPolicyTests {
    private static let limits = StepLimits(locks: LockBudget(), statementTimeout: .seconds(1))

    private static func view(
        _ name: String, _ mode: RefreshView.Mode = .concurrent, requires: [PlanStep] = []
    ) -> PlanStep {
        PlanStep(
            .refreshView(RefreshView(view: app(name), mode: mode, owner: "o", role: nil)), reason: "due",
            limits: limits,
            requires: requires.map { StepRequirement($0.key, reason: "not refreshed:") })
    }

    private static func summary(_ outcomes: [StepOutcome] = [], failure: ServerFailure? = nil) -> RunSummary {
        RunSummary(
            runID: "r", database: "d", tasks: [.views], startedAt: Instant(microseconds: 0),
            reports: outcomes.map { StepReport(step: view("v"), outcome: $0, duration: .zero) }, failure: failure)
    }

    private static func failure(_ failureClass: FailureClass, _ state: SQLState? = nil) -> ServerFailure {
        ServerFailure(failureClass: failureClass, sqlState: state, message: "m")
    }

    private func reaction(to summary: RunSummary, attempt: Int = 1, jitter: Double = 1) -> SlotRetryPolicy.Reaction {
        SlotRetryPolicy().reaction(to: summary, attempt: attempt, jitter: jitter)
    }

    @Test("What ended a run is waited for where waiting may help", arguments: FailureClass.allCases)
    func waitsForWhatMayPass(failureClass: FailureClass) {
        let isLasting = [.authentication, .privilege, .pooler, .refused, .other].contains(failureClass)
        let summary = Self.summary(failure: Self.failure(failureClass))
        #expect(reaction(to: summary) == (isLasting ? .nextSlot : .retry(after: .seconds(1))))
    }

    @Test("A standby is waited for: it may be promoted")
    func waitsForAPromotion() {
        #expect(
            reaction(to: Self.summary(failure: Self.failure(.other, .readOnlySQLTransaction)))
                == .retry(after: .seconds(1)))
    }

    @Test("The wait doubles from a second to a minute, and the jitter halves it at most")
    func doubles() {
        let summary = Self.summary(failure: Self.failure(.connection))
        let waits = [1, 2, 6, 7, 1_000].map { reaction(to: summary, attempt: $0) }
        #expect(waits == [1, 2, 32, 60, 60].map { .retry(after: .seconds($0)) })
        #expect(reaction(to: summary, attempt: 7, jitter: 0) == .retry(after: .seconds(30)))
    }

    @Test(
        "Steps that others kept from their work are tried twice more, those that failed for good are not",
        arguments: [
            (StepOutcome.done, true), (.superseded(reason: "r"), true), (.postponed(tries: 5, blockers: []), false),
            (.interrupted(reason: "r"), false), (.failed(failure(.connection)), false),
            (.failed(failure(.resources)), false), (.failed(failure(.transactionRollback)), false),
            (.failed(failure(.privilege)), true), (.failed(failure(.timeout)), true), (.failed(failure(.other)), true),
        ])
    func countsWhatIsLeft(outcome: StepOutcome, isComplete: Bool) {
        let summary = Self.summary([.done, outcome])
        for attempt in 1...2 {
            #expect(SlotRetryPolicy().isComplete(summary, attempt: attempt) == isComplete)
            #expect((reaction(to: summary, attempt: attempt) == .completed) == isComplete)
        }
        #expect(reaction(to: summary, attempt: 3) == .completed)
    }

    @Test("A view that waits for one that failed for good is not waited for")
    func followsTheCause() {
        var summary = Self.summary()
        func set(_ cause: StepOutcome) {
            let first = Self.view("a", .initial)
            summary.reports = [
                StepReport(step: first, outcome: cause, duration: .zero),
                StepReport(
                    step: Self.view("b", requires: [first]), outcome: .interrupted(reason: "not refreshed"),
                    duration: .zero),
            ]
        }
        set(.failed(Self.failure(.other)))
        #expect(reaction(to: summary) == .completed)
        set(.postponed(tries: 5, blockers: []))
        #expect(reaction(to: summary) == .retry(after: .seconds(1)))
    }

    @Test("Neither a held lock nor a signal completes a slot, however often")
    func isNotCompletedByStanding() {
        var held = Self.summary()
        held.heldLocks = [
            HeldRunLock(
                task: .views, pid: 1, application: "a", user: "u", client: "c", since: Instant(microseconds: 0))
        ]
        var stopped = Self.summary()
        stopped.interruption = "SIGTERM"
        for summary in [held, stopped] {
            #expect(!SlotRetryPolicy().isComplete(summary, attempt: 9))
            #expect(reaction(to: summary) == .retry(after: .seconds(1)))
        }
    }

    @Test("The state of the slot has the last word")
    func followsTheSlot() {
        let slot = Slot(task: .views, due: Instant(microseconds: 0))
        var summary = Self.summary([.done])
        summary.slot = SlotReport(slot: slot, attempt: 1, state: .open)
        #expect(reaction(to: summary) == .retry(after: .seconds(1)), "its end could not be entered")
        summary.slot?.state = .ran(late: true)
        #expect(reaction(to: summary) == .completed)
        let owner = RunOwner(runID: "o", host: "h", pid: 1, startedAt: Instant(microseconds: 0))
        summary.slot?.state = .completedElsewhere(owner)
        #expect(reaction(to: summary) == .completed)
    }
}
