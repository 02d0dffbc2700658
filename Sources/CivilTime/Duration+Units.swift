extension Duration {
    /// Rounded down; clamped where an `Int64` ends.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product + attoseconds / 1_000_000_000_000
    }

    /// Whole milliseconds for a limit, at least one: a time-out of 0 means none.
    package var milliseconds: Int64 { max(1, microseconds / 1_000) }

    /// In the longest unit that leaves a whole number, as a configuration file writes it: `15min`, `1h`, `0ms`. What is
    /// shorter than a millisecond is dropped.
    package var inLongestUnit: String {
        let milliseconds = microseconds / 1_000
        let units: [(name: String, milliseconds: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000),
        ]
        let unit = units.first { milliseconds != 0 && milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
