import CivilTime

/// Failures in a row of one thing, and which of them are worth a report: a night of outage is a dozen entries.
package struct FailureStreak: Hashable, Sendable {
    package private(set) var failures = 0
    /// When the first of them was.
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
    /// - Returns: whether it is to be said: the 1st, 3rd, 10th, 30th, 100th … of them, the first one that is graver than
    ///   what was said last, and one a day however long it lasts.
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

    /// It works again.
    ///
    /// - Returns: the failures that were before, and since when; nil where there were none.
    package mutating func end() -> (failures: Int, since: Instant)? {
        defer { self = FailureStreak() }
        return since.map { (failures, $0) }
    }
}

extension Int {
    /// 1 or 3, and any number of zeros behind it.
    fileprivate var isRoundFigure: Bool {
        var rest = self
        while rest > 0, rest.isMultiple(of: 10) { rest /= 10 }
        return rest == 1 || rest == 3
    }
}

/// How grave it is that something has failed that often, for that long: a single failure is mostly over before anybody
/// has looked.
package enum FailureSeverity: Int, CaseIterable, Hashable, Comparable, Sendable {
    case transient
    /// From the third failure, or after 15 minutes.
    case persistent
    /// From the tenth failure, or after two hours.
    case severe

    /// - Parameter lasting: since the first of the failures.
    package init(failures: Int, lasting: Duration) {
        if failures >= 10 || lasting >= .seconds(2 * 3_600) {
            self = .severe
        } else if failures >= 3 || lasting >= .seconds(15 * 60) {
            self = .persistent
        } else {
            self = .transient
        }
    }

    package static func < (left: FailureSeverity, right: FailureSeverity) -> Bool { left.rawValue < right.rawValue }
}
