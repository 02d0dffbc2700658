import Maintenance
import SQLText
import Testing

@Suite("Tries of a step")
struct StepTriesTests {
    private static let limits = StepLimits(
        locks: LockBudget(perStep: .milliseconds(200), tries: 3, perTableAndHour: .milliseconds(1_000)),
        statementTimeout: .seconds(2))
    private static let step = PlanStep(
        .refreshView(RefreshView(view: app("v"), mode: .concurrent, owner: "o", role: nil)), reason: "due",
        limits: limits)
    private static let blocker = Blocker(
        pid: 7, application: "a", user: "u", state: "active", relation: app("v"), lockMode: "ExclusiveLock",
        transactionAge: 1)

    private var tries = StepTries(
        step, policy: RetryPolicy(backoff: Backoff(base: .milliseconds(100), maximum: .seconds(2))))
    private var waits = LockWaits()

    private mutating func fail(
        _ failureClass: FailureClass, after duration: Duration = .milliseconds(200), isStopRequested: Bool = false,
        isServerUnreachable: Bool = false
    ) -> StepTries.Next {
        let failure = ServerFailure(failureClass: failureClass, message: "m")
        return tries.next(
            after: StepTries.Failure(
                failure, duration: duration, blockers: [Self.blocker], isStopRequested: isStopRequested,
                isServerUnreachable: isServerUnreachable),
            waits: &waits, jitter: 1)
    }

    @Test("Who stands in the way is waited for, longer each time, and named at the end")
    mutating func postpones() {
        #expect(fail(.lockNotAvailable) == .pause(.milliseconds(100)))
        #expect(fail(.lockNotAvailable) == .pause(.milliseconds(200)))
        #expect(fail(.lockNotAvailable) == .end(.postponed(tries: 3, blockers: [Self.blocker])))
        #expect(tries.attempt == 3 && tries.lockWait == .milliseconds(600))
        #expect(
            waits.longest(for: [app("v")]) == .milliseconds(600) && waits.blockers(of: [app("v")]) == [Self.blocker])
    }

    @Test("A table whose budget is spent is not waited for at all, whoever has spent it")
    mutating func keepsTheBudget() {
        #expect(tries.outcomeBeforeTry(LockWaits([app("v"): .milliseconds(800)]), isStopRequested: false) == nil)
        let spent = LockWaits([app("v"): .milliseconds(801)])
        #expect(tries.outcomeBeforeTry(spent, isStopRequested: false) == .postponed(tries: 0, blockers: []))
        #expect(tries.outcomeBeforeTry(LockWaits([app("w"): .seconds(9)]), isStopRequested: false) == nil)
        waits = LockWaits([app("v"): .milliseconds(700)])
        // This try has spent the rest.
        #expect(fail(.lockNotAvailable) == .end(.postponed(tries: 1, blockers: [Self.blocker])))
    }

    @Test("A command whose caller waits tries until the budget of the slowest table is spent, and once in any case")
    mutating func exhaustsTheBudget() {
        tries = StepTries(
            on: [app("v"), app("w")], limits: Self.limits, isQuick: true,
            policy: RetryPolicy(backoff: .betweenTries, exhaustsBudget: true))
        waits = LockWaits([app("w"): .seconds(9)])
        #expect(tries.outcomeBeforeTry(waits, isStopRequested: false) == nil)
        waits = LockWaits()
        for _ in 1...4 { #expect(fail(.lockNotAvailable).isPause) }
        #expect(fail(.lockNotAvailable) == .end(.postponed(tries: 5, blockers: [Self.blocker])))
        #expect(waits.longest(for: [app("w")]) == .milliseconds(1_000))
    }

    @Test("One that is too slow has its tries, also where the budget would allow more")
    mutating func givesUpWhatIsSlow() {
        tries = StepTries(
            on: [app("v")], limits: Self.limits, isQuick: true, policy: RetryPolicy(exhaustsBudget: true))
        for _ in 1...2 { #expect(fail(.timeout, after: .milliseconds(1)).isPause) }
        #expect(
            fail(.timeout, after: .milliseconds(1))
                == .end(.failed(ServerFailure(failureClass: .timeout, message: "m"))))
    }

    @Test("A lost connection is had again once, and does not count as a try")
    mutating func reconnectsOnce() {
        #expect(fail(.connection) == .tryAgain)
        #expect(tries.hasLostConnection && tries.attempt == 1 && tries.lockWait == .zero)
        let failure = ServerFailure(failureClass: .connection, message: "m")
        #expect(fail(.connection) == .end(.failed(failure)))
    }

    @Test("Tries that code of an owner may have ended share the limit of one")
    mutating func sharesOneLimit() {
        #expect(fail(.transactionRollback, after: .milliseconds(1_500)) == .pause(.milliseconds(100)))
        #expect(tries.limits.statementTimeout == .milliseconds(500))
        let failure = ServerFailure(failureClass: .transactionRollback, message: "m")
        #expect(fail(.transactionRollback, after: .milliseconds(500)) == .end(.failed(failure)))
        #expect(tries.attempt == 2 && waits.longest(for: [app("v")]) == .zero)
    }

    @Test("A lost connection leaves the rest of the limit, or what it takes to see whether the step was committed")
    mutating func leavesTheRestOfTheLimit() {
        var other = self
        #expect(fail(.connection, after: .milliseconds(500)) == .tryAgain)
        #expect(tries.limits.statementTimeout == .milliseconds(1_500))
        #expect(other.fail(.connection, after: .seconds(3)) == .tryAgain)
        #expect(other.tries.limits.statementTimeout == .milliseconds(200))
    }

    @Test("A server that could not be reached again is not asked again")
    mutating func givesUpALostServer() {
        let failure = ServerFailure(failureClass: .connection, message: "m")
        #expect(fail(.connection, isServerUnreachable: true) == .end(.failed(failure)))
        #expect(!tries.hasLostConnection)
    }

    @Test("Whoever is told to stop begins no further try")
    mutating func stops() {
        #expect(
            fail(.cancelled) == .end(.interrupted(reason: "cancelled on the server and rolled back")))
        #expect(
            fail(.connection, isStopRequested: true)
                == .end(.interrupted(reason: "the connection was lost, and the run was told to stop")))
        #expect(fail(.lockNotAvailable, isStopRequested: true) == .pause(.milliseconds(100)))
        guard case .interrupted? = tries.outcomeBeforeTry(waits, isStopRequested: true) else {
            Issue.record("it is tried again")
            return
        }
    }

    @Test(
        "What nobody else has caused fails at once",
        arguments: [FailureClass.privilege, .timeout, .resources, .refused, .other, .authentication, .pooler])
    func fails(failureClass: FailureClass) {
        var copy = self
        let failure = ServerFailure(failureClass: failureClass, message: "m")
        #expect(copy.fail(failureClass) == .end(.failed(failure)))
        #expect(copy.tries.lockWait == .zero)
    }
}

extension StepTries.Next {
    fileprivate var isPause: Bool {
        if case .pause = self { true } else { false }
    }
}
