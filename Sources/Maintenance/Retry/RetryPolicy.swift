/// Whether and when a step that failed is tried again within its run.
package struct RetryPolicy: Sendable {
    /// The wait before the second try; it doubles with every further one.
    package var base: Duration
    package var longest: Duration

    package init(base: Duration = .milliseconds(100), longest: Duration = .seconds(2)) {
        self.base = base
        self.longest = longest
    }

    /// - Parameters:
    ///   - attempt: the number of the try that failed, from 1.
    ///   - waited: the time that its tries have spent waiting for locks.
    ///   - jitter: 0 to 1, so that two daemons do not meet again.
    /// - Returns: the time to wait before the next try; nil when there is to be none.
    package func delay(
        after failure: FailureClass, attempt: Int, waited: Duration, limits: StepLimits, jitter: Double
    ) -> Duration? {
        guard attempt < limits.tries else { return nil }
        switch failure {
        case .lockNotAvailable:
            guard waited + limits.lockDeadline <= limits.lockBudget else { return nil }
        case .transactionRollback: break
        case .connection, .authentication, .privilege, .timeout, .cancelled, .resources, .other: return nil
        }
        let doubled = base * (1 << min(attempt - 1, 16))
        return min(doubled, longest) * (0.5 + jitter / 2)
    }
}
