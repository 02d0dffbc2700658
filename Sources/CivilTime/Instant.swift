/// A moment, in microseconds since 1970-01-01 00:00:00 UTC: PostgreSQL's resolution.
///
/// A `timestamp` or `date` has no zone; read as if it were UTC it has a place on this axis too, which is how
/// the bounds of such keys are compared.
package struct Instant: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// That many seconds since 1970-01-01 00:00:00 UTC; the end of the axis for a second beyond it.
    init(second: Int64) {
        let (product, isBeyond) = second.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: isBeyond ? (second < 0 ? .min : .max) : product)
    }

    /// Midnight UTC of that day; the end of the axis for a day beyond it (a `date` reaches further than 64 bits of
    /// microseconds), since a far bound in somebody's catalog must not end the program.
    package init(midnightOf date: CivilDate) {
        let (product, isBeyond) = Int64(date.daysSinceEpoch).multipliedReportingOverflow(by: Self.microsecondsPerDay)
        self.init(microseconds: isBeyond ? (date.daysSinceEpoch < 0 ? .min : .max) : product)
    }

    /// The UTC day that holds this moment.
    package var date: CivilDate {
        CivilDate(daysSinceEpoch: Int(microseconds.dividedDown(by: Self.microsecondsPerDay)))
    }

    /// Microseconds since midnight UTC.
    package var microsecondsOfDay: Int64 {
        microseconds.remainderDown(by: Self.microsecondsPerDay)
    }

    /// That much later; the end of the axis where it would lie beyond.
    package func adding(microseconds: Int64) -> Instant {
        let (sum, isBeyond) = self.microseconds.addingReportingOverflow(microseconds)
        return Instant(microseconds: isBeyond ? (microseconds < 0 ? .min : .max) : sum)
    }

    /// Seconds from `other` to this moment, rounded down; negative when `other` is later.
    package func seconds(since other: Instant) -> Int64 {
        (microseconds - other.microseconds).dividedDown(by: 1_000_000)
    }

    /// From `other` to this moment; never less than nothing, also when a clock was set back in between.
    package func duration(since other: Instant) -> Duration {
        .microseconds(max(0, microseconds - other.microseconds))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    package static let microsecondsPerDay: Int64 = 86_400_000_000
}

extension Instant: CustomStringConvertible {
    /// `YYYY-MM-DD HH:MM:SS[.ffffff]`, the clock of UTC, without an offset.
    package var clock: String {
        let time = microsecondsOfDay
        let (seconds, fraction) = (time / 1_000_000, time % 1_000_000)
        let clock = "\((seconds / 3600).padded(2)):\((seconds / 60 % 60).padded(2)):\((seconds % 60).padded(2))"
        let (year, month, day) = date.components
        let digits = (year > 0 ? year : 1 - year).padded(4)
        let text = "\(digits)-\(month.padded(2))-\(day.padded(2)) \(clock)"
        return (fraction == 0 ? text : "\(text).\(fraction.padded(6))") + (year > 0 ? "" : " BC")
    }

    /// The same with the explicit offset of UTC, as PostgreSQL writes a `timestamptz` under `TimeZone=UTC`.
    package var description: String {
        let text = clock
        return text.hasSuffix(" BC") ? "\(text.dropLast(3))+00 BC" : "\(text)+00"
    }
}
