/// Whether and when a step that failed is tried again within its run.
package struct RetryPolicy: Sendable {
    package var backoff: Backoff

    package init(backoff: Backoff = Backoff(base: .milliseconds(100), maximum: .seconds(2))) {
        self.backoff = backoff
    }

    /// What comes of a try that failed.
    package enum Reaction: Hashable, Sendable {
        case retry(after: Duration)
        /// Others are in the way: a later run finds it otherwise.
        case postpone
        case fail
    }

    /// - Parameters:
    ///   - attempt: the number of the try that failed, from 1.
    ///   - waited: the time that the steps on its table have spent waiting for locks, this try included.
    ///   - jitter: 0 to 1, so that two daemons do not meet again.
    package func reaction(
        to failure: FailureClass, of step: PlanStep, attempt: Int, waited: Duration, jitter: Double
    ) -> Reaction {
        guard isLockContention(failure, of: step) else { return .fail }
        let met = failure == .timeout ? .lockNotAvailable : failure
        guard let delay = delay(after: met, attempt: attempt, waited: waited, limits: step.limits, jitter: jitter)
        else { return failure == .timeout ? .fail : .postpone }
        return .retry(after: delay)
    }

    /// Whether the try failed because it waited for others.
    package func isLockContention(_ failure: FailureClass, of step: PlanStep) -> Bool {
        switch failure {
        case .lockNotAvailable, .transactionRollback: true
        case .timeout: step.isQuick
        case .connection, .pooler, .authentication, .privilege, .cancelled, .resources, .refused, .other: false
        }
    }

    /// Whether one more try may wait for a table whose locks have been waited for that long already.
    package func allowsWait(after waited: Duration, _ limits: StepLimits) -> Bool {
        waited + limits.lockDeadline <= limits.lockBudget
    }

    /// - Returns: the time to wait before the next try; nil when there is to be none.
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
