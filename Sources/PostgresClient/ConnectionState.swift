/// What a connection is doing, and what it may do next. Pure: it never sees a socket, a clock or libpq.
///
/// ```
/// idle ──begin──▶ running ──serverDone──▶ idle
///                    │ interrupt
///                    ▼
///                cancelling ──serverDone and cancelReturned──▶ idle
///                    │ the grace is over
///                    ▼
/// any ──lost──▶   broken        (final)
/// ```
struct ConnectionState {
    /// Why a statement was interrupted; the first reason counts.
    enum Interruption: Sendable {
        case timedOut(after: Duration)
        case cancelled
    }

    /// A cancel request may still be under way when the server is done with the statement that it was meant for. The
    /// next statement must wait for its end, or be hit by it.
    struct Cancelling {
        let reason: Interruption
        let graceEnds: ContinuousClock.Instant
        var isServerDone = false
        var hasReturned = false
    }

    enum Phase {
        case idle
        case running(deadline: ContinuousClock.Instant?, limit: Duration?)
        case cancelling(Cancelling)
        case broken(PostgresError)
    }

    /// What the driver is to do until the next event.
    enum Step {
        /// Wait for the server, and for `until`, where there is such a point in time.
        case wait(until: ContinuousClock.Instant?)
        /// Ask the server to cancel, then look at the next step.
        case requestCancel
        /// The statement is over; `interruption` says whether we had asked for its end.
        case finish(interruption: Interruption?)
        /// Close the connection and report the error.
        case abandon(PostgresError)
    }

    private(set) var phase: Phase = .idle
    private let grace: Duration

    init(cancelGrace: Duration) {
        grace = cancelGrace
    }

    mutating func begin(limit: Duration?, now: ContinuousClock.Instant) {
        guard case .idle = phase else { return }
        phase = .running(deadline: limit.map { now + $0 }, limit: limit)
    }

    /// The next step at `now`. To ask changes the state only where a time limit has passed or the statement is over.
    mutating func next(now: ContinuousClock.Instant, isServerDone: Bool) -> Step {
        switch phase {
        case .idle:
            return .finish(interruption: nil)
        case .running(let deadline, let limit):
            if isServerDone {
                phase = .idle
                return .finish(interruption: nil)
            }
            if let deadline, let limit, deadline <= now {
                return interrupt(.timedOut(after: limit), now: now) ? .requestCancel : .wait(until: nil)
            }
            return .wait(until: deadline)
        case .cancelling(var cancelling):
            cancelling.isServerDone = cancelling.isServerDone || isServerDone
            phase = .cancelling(cancelling)
            if cancelling.isServerDone && cancelling.hasReturned {
                phase = .idle
                return .finish(interruption: cancelling.reason)
            }
            if cancelling.graceEnds <= now {
                let error = PostgresError.unresponsive(to: cancelling.reason, grace: grace)
                phase = .broken(error)
                return .abandon(error)
            }
            return .wait(until: cancelling.graceEnds)
        case .broken(let error):
            return .abandon(error)
        }
    }

    /// True if a cancel request is to be sent: once a statement, and never for one that is over.
    mutating func interrupt(_ reason: Interruption, now: ContinuousClock.Instant) -> Bool {
        guard case .running = phase else { return false }
        phase = .cancelling(Cancelling(reason: reason, graceEnds: now + grace))
        return true
    }

    mutating func cancelReturned() {
        guard case .cancelling(var cancelling) = phase else { return }
        cancelling.hasReturned = true
        phase = .cancelling(cancelling)
    }

    mutating func lose(_ error: PostgresError) {
        if case .broken = phase { return }
        phase = .broken(error)
    }
}

extension PostgresError {
    fileprivate static func unresponsive(to reason: ConnectionState.Interruption, grace: Duration) -> PostgresError {
        let tail = "the server did not react to a cancel request within \(grace), so the connection was closed"
        return switch reason {
        case .timedOut(let limit):
            PostgresError(.timedOut, "the statement took longer than its limit of \(limit), and \(tail)")
        case .cancelled:
            PostgresError(.cancelled, "the statement was cancelled, and \(tail)")
        }
    }
}
