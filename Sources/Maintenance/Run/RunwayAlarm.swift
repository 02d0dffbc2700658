import CivilTime

/// When a short runway is trouble, as the configuration has it.
package struct RunwayLimits: Hashable, Sendable {
    /// nil: half of what `premake` promises.
    package var warning: Duration?
    /// nil: the length of the last period, if `premake` promises more than the current one, and not more than a warning that
    /// is configured.
    package var critical: Duration?

    package init(warning: Duration? = nil, critical: Duration? = nil) {
        self.warning = warning
        self.critical = critical
    }
}

/// How little of a runway is trouble, whatever keeps the set from being extended.
package struct RunwayAlarm: Hashable, Sendable {
    /// Less than that is a warning; 0: never.
    package var warning: Duration
    /// That and less is critical; 0: only when there is nothing left.
    package var critical: Duration

    package init(warning: Duration = .zero, critical: Duration = .zero) {
        self.warning = warning
        self.critical = critical
    }

    /// - Parameters:
    ///   - limits: what is configured, for the set or for all.
    ///   - interval: nil where the set has none that is known. Its last partition then stands for all of them, as a year
    ///     if it is longer.
    ///   - last: the length of the last partition of the runway; nil if there is none.
    package init(_ limits: RunwayLimits, premake: Int, interval: CalendarInterval?, last: Duration?) {
        let longest = interval?.longest ?? CalendarInterval.year.longest
        // A partition that is longer than a period holds several of them, of which only the last one counts.
        let lastPeriod = min(last ?? longest, longest)
        let period = interval?.shortest ?? lastPeriod
        warning = limits.warning ?? period * max(0, premake) / 2
        let ceiling = limits.warning.flatMap { $0 > .zero ? $0 : nil } ?? lastPeriod
        critical = limits.critical ?? (premake > 0 ? min(lastPeriod, ceiling) : .zero)
    }

    /// How urgent it is with that much of the runway left.
    package func level(with remaining: Duration) -> RunwayLevel {
        if remaining <= critical || remaining <= .zero { return .critical }
        guard remaining < warning else { return .ample }
        return remaining < (warning + critical) / 2 ? .pressing : .warning
    }
}

/// How urgent it is that a set gets further partitions. The words are permanent.
package enum RunwayLevel: String, CaseIterable, Hashable, Comparable, Sendable {
    case ample
    case warning
    /// Half of the way from a warning to critical has gone by.
    case pressing
    /// The current period is the last one, unless the configuration says otherwise; or rows for now are rejected already, or
    /// go to the DEFAULT partition, from where they keep later partitions from being made.
    case critical

    package static func < (left: RunwayLevel, right: RunwayLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

extension Runway {
    /// - Parameter elapsed: the time since the moment that the runway was determined for; negative for an earlier one.
    package func level(after elapsed: Duration = .zero) -> RunwayLevel {
        if isUnbounded { return .ample }
        guard let remaining else { return .critical }
        return alarm.level(with: remaining - elapsed)
    }
}

extension CalendarInterval {
    /// An upper limit for the length of a period: a clock change takes an hour.
    fileprivate var longest: Duration {
        let days: Int64 =
            switch self {
            case .day: 1
            case .week: 7
            case .month: 31
            case .quarter: 92
            case .year: 366
            }
        return .seconds(days * 86_400 + 3_600)
    }

    /// A lower limit for the length of a period, but for a day of a clock change.
    fileprivate var shortest: Duration {
        let days: Int64 =
            switch self {
            case .day: 1
            case .week: 7
            case .month: 28
            case .quarter: 90
            case .year: 365
            }
        return .seconds(days * 86_400)
    }
}
