/// Whether and when a slot is tried again after a run for it.
///
/// Each further try is a run of its own, and does only what is left: steps that were already done for the slot are
/// superseded.
package struct SlotRetryPolicy: Sendable {
    package var backoff: Backoff
    /// From this attempt on, a run that reached the end of its plan completes its slot even if steps were postponed:
    /// the next slot will try them again anyway.
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
        /// Another try would fail in the same way until somebody acts, so once a slot is enough.
        case nextSlot
    }

    /// - Parameters:
    ///   - attempt: the number of the try that has ended, counted from 1.
    ///   - jitter: a random number from 0 to 1 (`Backoff.pause`).
    package func reaction(to summary: RunSummary, attempt: Int, jitter: Double) -> Reaction {
        switch summary.slot?.state {
        case .ran, .completedElsewhere: return .completed
        case .open, nil: break
        }
        if let failure = summary.failure, !isTransient(failure) { return .nextSlot }
        // If a run has done everything but its slot is still open, it could not record that in the ledger.
        if summary.slot == nil, isComplete(summary, attempt: attempt) { return .completed }
        return .retry(after: backoff.pause(after: attempt, jitter: jitter))
    }

    /// Whether the run reached the end of its plan and left nothing that another try of the slot could do.
    package func isComplete(_ summary: RunSummary, attempt: Int) -> Bool {
        guard summary.failure == nil, summary.interruption == nil, summary.heldLocks.isEmpty else { return false }
        return attempt >= lastAttempt || !summary.reports.contains { isRetryable($0, by: summary) }
    }

    private func isRetryable(_ report: StepReport, by summary: RunSummary) -> Bool {
        switch report.outcome {
        case .done, .superseded: false
        case .postponed: true
        case .failed(let failure): [.connection, .resources, .transactionRollback].contains(failure.failureClass)
        // Where it was not tried because a step that it requires failed, the outcome of that step counts.
        case .interrupted: !summary.reports.contains { $0.hasFailed && report.step.requires($0.step) }
        }
    }

    /// Whether the failure that ended a run early may go away by itself.
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
