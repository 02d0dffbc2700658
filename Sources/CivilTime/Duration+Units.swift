extension Duration {
    /// Whole microseconds, rounded towards zero; clamped to what an `Int64` can hold.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product + attoseconds / 1_000_000_000_000
    }

    /// Whole milliseconds for a setting of the server such as `lock_timeout`, at least 1, since 0 means no limit there.
    package var milliseconds: Int64 { max(1, microseconds / 1_000) }

    /// In the largest unit that gives a whole number, as in a configuration file: `15min`, `1h`, `0ms`. Fractions of a
    /// millisecond are dropped.
    package var inLongestUnit: String {
        let milliseconds = microseconds / 1_000
        let units: [(name: String, milliseconds: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000),
        ]
        let unit = units.first { milliseconds != 0 && milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    /// Rounded down, for ages and for runways, of which nothing says more than there is: `42 s`, `5 min`, `3 h 20 min`,
    /// `5 days`.
    package var approximate: String {
        let seconds = max(0, components.seconds)
        let (minutes, hours) = (seconds / 60, seconds / 3_600)
        if seconds < 60 { return "\(seconds) s" }
        if minutes < 60 { return "\(minutes) min" }
        if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        return "\(hours / 24) days"
    }
}
