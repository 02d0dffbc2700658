/// The tries of one step, as a state machine: it is told what came of a try, and says what is next. It neither waits nor
/// connects.
///
/// ```
/// (begun) ──▶ try ──the step's own end──────────────▶ end
///              ▲ └──others were in the way──▶ pause ──▶ try
///              ├──the connection was lost, once─────────┘
///              └──anything else─────────────────────▶ end
/// ```
package struct StepTries: Sendable {
    package enum Next: Hashable, Sendable {
        /// On a new connection where the old one was lost.
        case tryAgain
        case pause(Duration)
        case end(StepOutcome)
    }

    /// A try that failed.
    package struct Failure: Sendable {
        package var failure: ServerFailure
        /// From the beginning of the try to its failure.
        package var duration: Duration
        /// Who held the locks that it waited for.
        package var blockers: [Blocker]
        /// The run was told to stop.
        package var isStopRequested: Bool
        /// The server could not be reached again.
        package var isServerUnreachable: Bool

        package init(
            _ failure: ServerFailure, duration: Duration, blockers: [Blocker] = [], isStopRequested: Bool = false,
            isServerUnreachable: Bool = false
        ) {
            self.failure = failure
            self.duration = duration
            self.blockers = blockers
            self.isStopRequested = isStopRequested
            self.isServerUnreachable = isServerUnreachable
        }
    }

    package let step: PlanStep
    /// The number of the try, from 1.
    package private(set) var attempt = 1
    /// The time spent waiting for others, over all tries.
    package private(set) var lockWait = Duration.zero
    /// Whether the connection was lost under a try: then its COMMIT may have arrived all the same.
    package private(set) var hasLostConnection = false
    private let policy: RetryPolicy

    package init(_ step: PlanStep, policy: RetryPolicy = RetryPolicy()) {
        self.step = step
        self.policy = policy
    }

    /// Before a try.
    ///
    /// - Returns: how the step ends instead of it; nil where it is to be tried.
    package func outcomeBeforeTry(_ waits: LockWaits, isStopRequested: Bool) -> StepOutcome? {
        // A table that nobody may be made to wait for any longer; also by what other runs waited within the hour.
        if attempt == 1, !hasLostConnection, waits.total(for: step.object) > .zero,
            !policy.allowsWait(after: waits.total(for: step.object), step.limits)
        {
            return .postponed(tries: 0, blockers: waits.blockers(of: step.object))
        }
        return isStopRequested ? .interrupted(reason: "given up between two tries: the run was told to stop") : nil
    }

    /// After a try that failed.
    ///
    /// - Parameters:
    ///   - waits: of all tables; the try's wait is added.
    ///   - jitter: 0 to 1.
    package mutating func next(after failed: Failure, waits: inout LockWaits, jitter: Double) -> Next {
        let failureClass = failed.failure.failureClass
        if failureClass == .cancelled {
            return .end(.interrupted(reason: "cancelled on the server and rolled back"))
        }
        if failureClass == .connection {
            if failed.isStopRequested {
                return .end(.interrupted(reason: "the connection was lost, and the run was told to stop"))
            }
            if !hasLostConnection, !failed.isServerUnreachable {
                hasLostConnection = true
                return .tryAgain
            }
        }
        if policy.isLockContention(failureClass, of: step) {
            lockWait += failed.duration
            waits.add(failed.duration, for: step.object, failed.blockers)
        }
        switch policy.reaction(
            to: failureClass, of: step, attempt: attempt, waited: waits.total(for: step.object), jitter: jitter)
        {
        case .fail: return .end(.failed(failed.failure))
        case .postpone: return .end(.postponed(tries: attempt, blockers: failed.blockers))
        case .retry(let delay):
            attempt += 1
            return .pause(delay)
        }
    }
}
