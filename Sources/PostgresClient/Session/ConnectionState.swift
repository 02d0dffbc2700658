/// The state machine of a connection. Pure: it uses no socket, no clock and no libpq.
///
/// ```
/// idle ──begin──▶ running ──the server is done──▶ idle
///                    │ interrupt, or the limit has passed
///                    ▼
///                cancelling ──the server is done, and so is the cancel request──▶ idle
///                    │ the grace is over
///                    ▼
/// any ──markBroken──▶ broken    (final)
/// ```
struct ConnectionState {
    /// Why a statement was interrupted; the first reason counts.
    enum Interruption: Sendable, Equatable {
        case timedOut(after: Duration)
        case cancelled
    }

    /// How long a statement may take, and how long the server may take to react to its cancellation.
    struct Limits {
        let deadline: ContinuousClock.Instant?
        let limit: Duration?
        let grace: Duration
        /// False for a statement that must not be interrupted: when the limit passes, the connection is closed instead.
        let isCancellable: Bool

        init(
            limit: Duration?, grace: Duration, isCancellable: Bool = true, from start: ContinuousClock.Instant
        ) {
            deadline = limit.map { start + $0 }
            self.limit = limit
            self.grace = grace
            self.isCancellable = isCancellable
        }
    }

    /// A cancel request may still be under way when the server has finished the statement that it was meant for. The
    /// next statement has to wait until the request is over, since it would be cancelled instead.
    struct Cancelling {
        let reason: Interruption
        let grace: Duration
        let graceEnds: ContinuousClock.Instant
        var isRequestOver = false
    }

    enum Phase {
        case idle
        case running(Limits)
        case cancelling(Cancelling)
        case broken(PostgresError)
    }

    /// What the connection has to do now.
    enum Step {
        /// Wait for the server, but no longer than until that time, if there is one.
        case wait(until: ContinuousClock.Instant?)
        /// Send one cancel request, and ask for the next step.
        case requestCancel
        /// The statement has ended; `interruption` says whether, and why, it had been cancelled.
        case finish(interruption: Interruption?)
        /// Close the connection and report the error.
        case abandon(PostgresError)
    }

    private(set) var phase: Phase = .idle

    /// A statement has been sent. The connection must be idle.
    mutating func begin(_ limits: Limits) {
        guard case .idle = phase else { preconditionFailure("two statements on one connection") }
        phase = .running(limits)
    }

    /// The next step at `now`. This changes the phase when a limit has passed or the statement has ended.
    mutating func next(now: ContinuousClock.Instant, isServerDone: Bool) -> Step {
        switch phase {
        case .idle:
            return .finish(interruption: nil)
        case .running where isServerDone:
            phase = .idle
            return .finish(interruption: nil)
        case .running(let limits):
            if let limit = limits.limit, let deadline = limits.deadline, deadline <= now {
                if !limits.isCancellable {
                    markBroken(.unanswered(after: limit))
                    return next(now: now, isServerDone: isServerDone)
                }
                interrupt(.timedOut(after: limit), now: now)
                return .requestCancel
            }
            return .wait(until: limits.deadline)
        case .cancelling(let cancelling) where isServerDone && cancelling.isRequestOver:
            phase = .idle
            return .finish(interruption: cancelling.reason)
        case .cancelling(let cancelling):
            if cancelling.graceEnds <= now {
                markBroken(.unresponsive(cancelling))
                return next(now: now, isServerDone: isServerDone)
            }
            return .wait(until: cancelling.graceEnds)
        case .broken(let error):
            return .abandon(error)
        }
    }

    /// True if a cancel request has to be sent: at most one for each statement, and none for one that has ended.
    @discardableResult
    mutating func interrupt(_ reason: Interruption, now: ContinuousClock.Instant) -> Bool {
        guard case .running(let limits) = phase, limits.isCancellable else { return false }
        phase = .cancelling(Cancelling(reason: reason, grace: limits.grace, graceEnds: now + limits.grace))
        return true
    }

    /// The cancel request has been processed by the server, or has failed: it cannot hit anything any more.
    mutating func cancelRequestEnded() {
        guard case .cancelling(var cancelling) = phase else { return }
        cancelling.isRequestOver = true
        phase = .cancelling(cancelling)
    }

    /// Final: the first error is kept, and later ones are ignored.
    mutating func markBroken(_ error: PostgresError) {
        if case .broken = phase { return }
        phase = .broken(error)
    }
}

extension PostgresError {
    fileprivate static func unanswered(after limit: Duration) -> PostgresError {
        PostgresError(
            .connection,
            "the server did not answer within \(limit) to what must not be cancelled, so the connection was closed")
    }

    fileprivate static func unresponsive(_ cancelling: ConnectionState.Cancelling) -> PostgresError {
        let tail =
            "the server did not react to a cancel request within \(cancelling.grace), so the connection was closed"
        return switch cancelling.reason {
        case .timedOut(let limit):
            PostgresError(.timedOut, "the statement took longer than its limit of \(limit), and \(tail)")
        case .cancelled:
            PostgresError(.cancelled, "the statement was cancelled, and \(tail)")
        }
    }
}
