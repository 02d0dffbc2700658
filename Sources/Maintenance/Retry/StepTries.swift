import SQLText

/// The tries of one step, as a state machine: it is given the result of a try, and returns what to do next. It neither
/// waits nor connects itself.
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
        /// From the start of the try to its failure.
        package var duration: Duration
        /// The sessions that held the locks it waited for.
        package var blockers: [Blocker]
        /// Whether the run has been told to stop.
        package var isStopRequested: Bool
        /// Whether reconnecting to the server failed.
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

    /// Those of the current try: what a try has taken that code of an owner may have ended, by an error that is worth
    /// another one, is taken from the limit of the next.
    package private(set) var limits: StepLimits
    /// The tables whose locks it waits for.
    private let tables: [RelationName]
    private let isQuick: Bool
    private let limit: Duration
    private var spent = Duration.zero
    /// The error of the last try that was rolled back.
    private var rollback: ServerFailure?
    /// The number of the current try, counted from 1.
    package private(set) var attempt = 1
    /// The time spent waiting for other sessions, over all tries.
    package private(set) var lockWait = Duration.zero
    /// Whether the connection was lost during a try: its COMMIT may have reached the server nevertheless.
    package private(set) var hasLostConnection = false
    private let policy: RetryPolicy

    /// - Parameters:
    ///   - tables: the tables whose locks the step waits for, and whose budget that is taken from.
    ///   - isQuick: whether it normally takes milliseconds.
    package init(
        on tables: [RelationName], limits: StepLimits, isQuick: Bool, policy: RetryPolicy = RetryPolicy()
    ) {
        self.tables = tables
        self.limits = limits
        self.isQuick = isQuick
        self.policy = policy
        limit = limits.statementTimeout
    }

    package init(_ step: PlanStep, policy: RetryPolicy = RetryPolicy()) {
        self.init(on: [step.object], limits: step.limits, isQuick: step.isQuick, policy: policy)
    }

    /// To be called before each try.
    ///
    /// - Returns: the outcome of the step if it must not be tried; nil if it is to be tried.
    package func outcomeBeforeTry(_ waits: LockWaits, isStopRequested: Bool) -> StepOutcome? {
        // The lock budget of the table is used up, possibly by other runs within the last hour.
        let waited = waits.longest(for: tables)
        if attempt == 1, !hasLostConnection, !policy.exhaustsBudget, waited > .zero,
            !policy.allowsWait(after: waited, limits)
        {
            return .postponed(tries: 0, blockers: waits.blockers(of: tables))
        }
        return isStopRequested ? .interrupted(reason: "given up between two tries: the run was told to stop") : nil
    }

    /// To be called after each try that failed.
    ///
    /// - Parameters:
    ///   - waits: the waits for all tables; that of this try is added.
    ///   - jitter: a random number from 0 to 1 (`Backoff.pause`).
    package mutating func next(after failed: Failure, waits: inout LockWaits, jitter: Double) -> Next {
        let failureClass = failed.failure.failureClass
        if failureClass == .cancelled {
            return .end(.interrupted(reason: "cancelled on the server and rolled back"))
        }
        if [.connection, .transactionRollback].contains(failureClass) { spend(failed.duration) }
        if failureClass == .connection {
            if failed.isStopRequested {
                return .end(.interrupted(reason: "the connection was lost, and the run was told to stop"))
            }
            if !hasLostConnection, !failed.isServerUnreachable {
                hasLostConnection = true
                return .tryAgain
            }
        }
        if failureClass == .transactionRollback {
            rollback = failed.failure
            if spent >= limit { return .end(.failed(failed.failure)) }
        } else if policy.isLockContention(failureClass, isQuick: isQuick) {
            lockWait += failed.duration
            waits.add(failed.duration, for: tables, failed.blockers)
        }
        switch policy.reaction(
            to: failureClass, isQuick: isQuick, limits: limits, attempt: attempt, waited: waits.longest(for: tables),
            jitter: jitter)
        {
        // What was left of the limit says less than what has used it up.
        case .fail: return .end(.failed(failureClass == .timeout ? rollback ?? failed.failure : failed.failure))
        case .postpone: return .end(.postponed(tries: attempt, blockers: failed.blockers))
        case .retry(let delay):
            attempt += 1
            return .pause(delay)
        }
    }

    /// Never to nothing, which would be no limit: a commit that may have reached the server is still to be asked for.
    private mutating func spend(_ duration: Duration) {
        spent += duration
        limits.statementTimeout = max(limit - spent, min(limit, limits.lockDeadline))
    }
}
