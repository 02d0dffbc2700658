/// A point in time, in microseconds since 1970-01-01 00:00:00 UTC: PostgreSQL's resolution.
///
/// A `timestamp` or `date` has no time zone. Read as if it were UTC, it is an instant too; partition bounds of these
/// types are compared in this way.
package struct Instant: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Seconds since 1970-01-01 00:00:00 UTC; clamped to the first or last instant that this type can hold.
    init(second: Int64) {
        let (product, isBeyond) = second.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: isBeyond ? (second < 0 ? .min : .max) : product)
    }

    /// Midnight UTC of that day; clamped to the first or last instant that this type can hold. PostgreSQL's `date`
    /// reaches further than 64 bits of microseconds, and such a partition bound in a catalog must not crash the
    /// program.
    package init(midnightOf date: CivilDate) {
        let (product, isBeyond) = Int64(date.daysSinceEpoch).multipliedReportingOverflow(by: Self.microsecondsPerDay)
        self.init(microseconds: isBeyond ? (date.daysSinceEpoch < 0 ? .min : .max) : product)
    }

    /// The day of this instant in UTC.
    package var date: CivilDate {
        CivilDate(daysSinceEpoch: Int(microseconds.dividedDown(by: Self.microsecondsPerDay)))
    }

    /// Microseconds since midnight UTC.
    package var microsecondsOfDay: Int64 {
        microseconds.remainderDown(by: Self.microsecondsPerDay)
    }

    /// That much later; clamped to the first or last instant that this type can hold.
    package func adding(microseconds: Int64) -> Instant {
        let (sum, isBeyond) = self.microseconds.addingReportingOverflow(microseconds)
        return Instant(microseconds: isBeyond ? (microseconds < 0 ? .min : .max) : sum)
    }

    /// Seconds from `other` to this instant, rounded down; negative when `other` is later.
    package func seconds(since other: Instant) -> Int64 {
        (microseconds - other.microseconds).dividedDown(by: 1_000_000)
    }

    /// The time from `other` to this instant; zero when `other` is later, as after a clock was set back.
    package func duration(since other: Instant) -> Duration {
        .microseconds(max(0, microseconds - other.microseconds))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    package static let microsecondsPerDay: Int64 = 86_400_000_000
}

extension Instant: CustomStringConvertible {
    /// `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC, without an offset; ` BC` at the end for years before 1.
    package var clock: String {
        let time = microsecondsOfDay
        let (seconds, fraction) = (time / 1_000_000, time % 1_000_000)
        let clock = "\((seconds / 3600).padded(2)):\((seconds / 60 % 60).padded(2)):\((seconds % 60).padded(2))"
        let (year, month, day) = date.components
        let digits = (year > 0 ? year : 1 - year).padded(4)
        let text = "\(digits)-\(month.padded(2))-\(day.padded(2)) \(clock)"
        return (fraction == 0 ? text : "\(text).\(fraction.padded(6))") + (year > 0 ? "" : " BC")
    }

    /// Like `clock`, with the offset `+00`, as PostgreSQL writes a `timestamptz` under `TimeZone=UTC`.
    package var description: String {
        let text = clock
        return text.hasSuffix(" BC") ? "\(text.dropLast(3))+00 BC" : "\(text)+00"
    }
}
