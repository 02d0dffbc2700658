/// What comes of a slot after a run for it.
///
/// Each further try is a run of its own, and does only what is left: what was done for the slot already is superseded.
package struct SlotRetryPolicy: Sendable {
    package var backoff: Backoff
    /// From this attempt on a run that came to the end of its plan completes its slot, whatever others kept it from:
    /// the next slot tries again anyhow.
    package var lastAttempt: Int

    package init(
        backoff: Backoff = Backoff(base: .seconds(1), maximum: .seconds(60)), lastAttempt: Int = 3
    ) {
        self.backoff = backoff
        self.lastAttempt = lastAttempt
    }

    package enum Reaction: Hashable, Sendable {
        /// Nothing is left that another try could do.
        case completed
        case retry(after: Duration)
        /// The same would fail again until somebody acts: once a slot is often enough.
        case nextSlot
    }

    /// - Parameters:
    ///   - attempt: the number of the try that ended, from 1.
    ///   - jitter: 0 to 1; it halves the wait at most, so that two services do not meet again.
    package func reaction(to summary: RunSummary, attempt: Int, jitter: Double) -> Reaction {
        switch summary.slot?.state {
        case .ran, .completedElsewhere: return .completed
        case .open, nil: break
        }
        if let failure = summary.failure, !isTransient(failure) { return .nextSlot }
        // A run that did all there was to do, and whose slot is still open, could not enter that into the ledger.
        if summary.slot == nil, isComplete(summary, attempt: attempt) { return .completed }
        return .retry(after: backoff.pause(after: attempt, jitter: jitter))
    }

    /// Whether the run came to the end of its plan, and nothing is left that another try of the slot could do.
    package func isComplete(_ summary: RunSummary, attempt: Int) -> Bool {
        guard summary.failure == nil, summary.interruption == nil, summary.heldLocks.isEmpty else { return false }
        return attempt >= lastAttempt || !summary.reports.contains { isRetryable($0, by: summary) }
    }

    private func isRetryable(_ report: StepReport, by summary: RunSummary) -> Bool {
        switch report.outcome {
        case .done, .superseded: false
        case .postponed: true
        case .failed(let failure): [.connection, .resources, .transactionRollback].contains(failure.failureClass)
        // It waits for a step that it requires: what became of that one is what counts.
        case .interrupted: !summary.reports.contains { $0.hasFailed && report.step.requires($0.step) }
        }
    }

    /// Whether waiting alone may help against what ended a run before its last step.
    private func isTransient(_ failure: ServerFailure) -> Bool {
        // A standby may be promoted at any moment.
        if failure.isStandby { return true }
        return switch failure.failureClass {
        case .connection, .resources, .lockNotAvailable, .transactionRollback, .timeout, .cancelled: true
        case .pooler, .authentication, .privilege, .refused, .other: false
        }
    }
}

extension StepReport {
    fileprivate var hasFailed: Bool { outcome.kind == .failed }
}

extension PlanStep {
    fileprivate func requires(_ other: PlanStep) -> Bool { requires.contains { $0.key == other.key } }
}
