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
}
