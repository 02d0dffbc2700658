import Maintenance
import SQLText
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    private static let locks = LockBudget(
        perStep: .milliseconds(200), tries: 3, perTableAndHour: .milliseconds(1_000))
    private static let limits = StepLimits(locks: locks, statementTimeout: .seconds(2))
    private static let view = PlanStep(
        .refreshView(
            RefreshView(view: RelationName(schema: "app", name: "v"), mode: .concurrent, owner: "o", role: nil)),
        reason: "due", limits: limits)

    private func reaction(
        to failure: FailureClass, attempt: Int = 1, waited: Duration = .zero, jitter: Double = 1
    ) -> RetryPolicy.Reaction {
        RetryPolicy(backoff: Backoff(base: .milliseconds(100), maximum: .milliseconds(150))).reaction(
            to: failure, isQuick: Self.view.isQuick, limits: Self.limits, attempt: attempt, waited: waited,
            jitter: jitter)
    }

    @Test("Only what others caused is tried again", arguments: FailureClass.allCases)
    func triesAgainWhatOthersCaused(failure: FailureClass) {
        let isOthers = [.lockNotAvailable, .transactionRollback].contains(failure)
        #expect(reaction(to: failure) == (isOthers ? .retry(after: .milliseconds(100)) : .fail))
    }

    @Test("The wait doubles up to the longest, and the jitter halves it at most")
    func doubles() {
        #expect(reaction(to: .lockNotAvailable, attempt: 2) == .retry(after: .milliseconds(150)))
        #expect(reaction(to: .lockNotAvailable, attempt: 2, jitter: 0) == .retry(after: .milliseconds(75)))
    }

    @Test("Neither the tries nor the budget are exceeded")
    func ends() {
        #expect(reaction(to: .lockNotAvailable, attempt: 3) == .postpone)
        #expect(reaction(to: .lockNotAvailable, waited: .milliseconds(800)) == .retry(after: .milliseconds(100)))
        #expect(reaction(to: .lockNotAvailable, waited: .milliseconds(801)) == .postpone)
        // It was rolled back, and held up nobody.
        #expect(reaction(to: .transactionRollback, waited: .seconds(9)) == .retry(after: .milliseconds(100)))
        #expect(reaction(to: .transactionRollback, attempt: 3) == .postpone)
    }

    @Test("A partition that was not attached in time is tried again, unless a DEFAULT partition has to be scanned")
    func triesAnEmptyTableAgain() {
        func reaction(_ defaultPartition: RelationName?, attempt: Int) -> RetryPolicy.Reaction {
            let events = app("events")
            let step = CreatePartition(
                parent: events, parentOID: 1, parentOwner: "o", partition: app("events_2026_01"),
                from: utc("2026-01-01"), to: utc("2026-02-01"), keyType: .timestamptz, keyColumn: "at",
                template: PartitionTemplate(relation: events, owner: "o"), defaultPartition: defaultPartition,
                foreignKeyTables: [])
            return RetryPolicy().reaction(
                to: .timeout, isQuick: PlanStep(.createPartition(step), reason: "due", limits: Self.limits).isQuick,
                limits: Self.limits, attempt: attempt, waited: .zero, jitter: 1)
        }
        #expect(reaction(nil, attempt: 1) == .retry(after: .milliseconds(100)))
        #expect(reaction(nil, attempt: 3) == .fail)
        #expect(reaction(app("rest"), attempt: 1) == .fail)
    }
}
