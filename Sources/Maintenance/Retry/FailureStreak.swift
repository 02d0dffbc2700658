import CivilTime

/// Consecutive failures of one thing, and which of them are to be reported: an outage of a night is about a dozen log
/// entries.
package struct FailureStreak: Hashable, Sendable {
    package private(set) var failures = 0
    /// When the first of them occurred.
    package private(set) var since: Instant?
    private var latest: Instant?
    private var lastReported: Instant?
    private var reportedSeverity: FailureSeverity?

    package init() {}

    /// From the first failure to the latest.
    package var lasting: Duration {
        guard let since, let latest else { return .zero }
        return latest.duration(since: since)
    }

    /// Counts one more failure.
    ///
    /// - Returns: whether it is to be reported: the 1st, 3rd, 10th, 30th, 100th … failure is, the first one with a
    ///   higher severity than the one reported last, and at least one a day.
    package mutating func add(at now: Instant) -> Bool {
        failures += 1
        since = since ?? now
        latest = now
        let severity = FailureSeverity(failures: failures, lasting: lasting)
        let isDayLater = lastReported.map { now >= $0.adding(microseconds: Instant.microsecondsPerDay) } ?? true
        let isToBeReported = isDayLater || failures.isRoundFigure || reportedSeverity.map { severity > $0 } ?? true
        if isToBeReported {
            lastReported = now
            reportedSeverity = severity
        }
        return isToBeReported
    }

    /// Ends the streak, because it works again.
    ///
    /// - Returns: how many failures there were, and when the first occurred; nil if there were none.
    package mutating func end() -> (failures: Int, since: Instant)? {
        defer { self = FailureStreak() }
        return since.map { (failures, $0) }
    }
}

extension Int {
    /// 1 or 3, followed by any number of zeros.
    fileprivate var isRoundFigure: Bool {
        var rest = self
        while rest > 0, rest.isMultiple(of: 10) { rest /= 10 }
        return rest == 1 || rest == 3
    }
}

/// How severe a streak of failures is, by their number and duration together: a server that restarts is tried a few times
/// within seconds, and of a task that is due once a day a single failure is soon hours old. Neither needs anybody.
package enum FailureSeverity: Int, CaseIterable, Hashable, Comparable, Sendable {
    case transient
    /// From the third failure on, five minutes after the first at the earliest.
    case persistent
    /// From the tenth failure on, two hours after the first at the earliest.
    case severe

    /// - Parameter lasting: the time since the first of the failures.
    package init(failures: Int, lasting: Duration) {
        if failures >= 10 && lasting >= .seconds(2 * 3_600) {
            self = .severe
        } else if failures >= 3 && lasting >= .seconds(5 * 60) {
            self = .persistent
        } else {
            self = .transient
        }
    }

    package static func < (left: FailureSeverity, right: FailureSeverity) -> Bool { left.rawValue < right.rawValue }
}
