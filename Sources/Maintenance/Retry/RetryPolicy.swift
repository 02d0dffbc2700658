/// Whether and when a failed step is tried again within its run.
package struct RetryPolicy: Sendable {
    package var backoff: Backoff

    package init(backoff: Backoff = Backoff(base: .milliseconds(100), maximum: .seconds(2))) {
        self.backoff = backoff
    }

    /// What to do after a try that failed.
    package enum Reaction: Hashable, Sendable {
        case retry(after: Duration)
        /// Other sessions block the step; it is left to a later run.
        case postpone
        case fail
    }

    /// - Parameters:
    ///   - attempt: the number of the try that failed, counted from 1.
    ///   - waited: how long the steps on its table have waited for locks, including this try.
    ///   - jitter: a random number from 0 to 1 (`Backoff.pause`).
    package func reaction(
        to failure: FailureClass, of step: PlanStep, attempt: Int, waited: Duration, jitter: Double
    ) -> Reaction {
        guard isLockContention(failure, of: step) else { return .fail }
        let met = failure == .timeout ? .lockNotAvailable : failure
        guard let delay = delay(after: met, attempt: attempt, waited: waited, limits: step.limits, jitter: jitter)
        else { return failure == .timeout ? .fail : .postpone }
        return .retry(after: delay)
    }

    /// Whether the try failed because of other sessions: by their locks, or because the server was busy.
    package func isLockContention(_ failure: FailureClass, of step: PlanStep) -> Bool {
        switch failure {
        case .lockNotAvailable, .transactionRollback: true
        case .timeout: step.isQuick
        case .connection, .pooler, .authentication, .privilege, .cancelled, .resources, .refused, .other: false
        }
    }

    /// Whether the lock budget of a table allows one more try.
    ///
    /// - Parameter waited: how long its locks have been waited for already.
    package func allowsWait(after waited: Duration, _ limits: StepLimits) -> Bool {
        waited + limits.lockDeadline <= limits.lockBudget
    }

    /// - Returns: the time to wait before the next try; nil if there is to be none.
    private func delay(
        after failure: FailureClass, attempt: Int, waited: Duration, limits: StepLimits, jitter: Double
    ) -> Duration? {
        guard attempt < limits.tries else { return nil }
        switch failure {
        case .lockNotAvailable:
            guard allowsWait(after: waited, limits) else { return nil }
        case .transactionRollback: break
        case .connection, .pooler, .authentication, .privilege, .timeout, .cancelled, .resources, .refused, .other:
            return nil
        }
        return backoff.pause(after: attempt, jitter: jitter)
    }
}
