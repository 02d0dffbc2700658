/// A stretch of time in which a zone's clocks are a constant offset from UTC.
package struct ZonePeriod: Hashable, Sendable {
    /// The first moment; the beginning of the axis where nothing changed before.
    package let start: Instant
    /// The first moment after it; the end of the axis where nothing changes any more.
    package let end: Instant
    /// Seconds east of UTC.
    package let offset: Int
}

/// What a reading of a zone's clocks says about when it was read.
package enum ClockReading: Hashable, Sendable {
    case once(Instant)
    /// Clocks were turned back: they showed it twice.
    case twice(first: Instant, second: Instant)
    /// Clocks were turned forward over it at that moment: they never showed it.
    case never(gapEndsAt: Instant)
}
