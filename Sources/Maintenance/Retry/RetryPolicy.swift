/// Whether and when a failed step is tried again within its run.
package struct RetryPolicy: Sendable {
    package var backoff: Backoff
    /// Whether locks are tried for as long as the budget of their tables allows, however many tries that takes, and at
    /// least once: for a command whose caller waits for it, where there is no later run that a step could be left to.
    package var exhaustsBudget: Bool

    package init(backoff: Backoff = .betweenTries, exhaustsBudget: Bool = false) {
        self.backoff = backoff
        self.exhaustsBudget = exhaustsBudget
    }

    /// What to do after a try that failed.
    package enum Reaction: Hashable, Sendable {
        case retry(after: Duration)
        /// Other sessions block the step; it is left to a later run.
        case postpone
        case fail
    }

    /// - Parameters:
    ///   - isQuick: whether the step normally takes milliseconds.
    ///   - attempt: the number of the try that failed, counted from 1.
    ///   - waited: how long the steps on its tables have waited for locks, including this try.
    ///   - jitter: a random number from 0 to 1 (`Backoff.pause`).
    package func reaction(
        to failure: FailureClass, isQuick: Bool, limits: StepLimits, attempt: Int, waited: Duration, jitter: Double
    ) -> Reaction {
        guard isLockContention(failure, isQuick: isQuick) else { return .fail }
        // Work that is too slow will hardly be faster, however often it is tried.
        let mayTry = attempt < limits.tries || exhaustsBudget && failure != .timeout
        // What was rolled back has held up nobody.
        let mayWait = failure == .transactionRollback || allowsWait(after: waited, limits)
        guard mayTry, mayWait else { return failure == .timeout ? .fail : .postpone }
        return .retry(after: backoff.pause(after: attempt, jitter: jitter))
    }

    /// Whether the try failed because of other sessions: by their locks, or because the server was busy.
    package func isLockContention(_ failure: FailureClass, isQuick: Bool) -> Bool {
        switch failure {
        case .lockNotAvailable, .transactionRollback: true
        case .timeout: isQuick
        case .connection, .pooler, .authentication, .privilege, .cancelled, .resources, .refused, .other: false
        }
    }

    /// Whether the lock budget of a table allows one more try.
    ///
    /// - Parameter waited: how long its locks have been waited for already.
    package func allowsWait(after waited: Duration, _ limits: StepLimits) -> Bool {
        waited + limits.lockDeadline <= limits.lockBudget
    }
}
