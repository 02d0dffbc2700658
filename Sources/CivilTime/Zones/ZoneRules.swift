/// The offset of one time zone from UTC at any time: the changes that its zone file lists, and after the last of them
/// the rule in the file's footer (RFC 8536).
///
/// A value: it does not change when the file does. Two are equal when they have the same name and the same changes.
package struct ZoneRules: Hashable, Sendable {
    package let name: String
    /// All copies share it.
    private let table: ZoneTable

    /// UTC, which has no changes and needs no file.
    package static let utc = fixed("UTC")

    static func fixed(_ name: String) -> ZoneRules {
        ZoneRules(name: name, TZifFile(firstOffset: 0, changes: [], footer: nil))
    }

    init(name: String, _ file: TZifFile) {
        self.name = name
        table = ZoneTable(file)
    }

    /// The offset of the zone's clocks, in seconds east of UTC.
    package func offset(at instant: Instant) -> Int {
        period(at: instant).offset
    }

    /// The period that contains the instant.
    package func period(at instant: Instant) -> ZonePeriod {
        let second = instant.microseconds.dividedDown(by: 1_000_000)
        let period = table.period(at: second)
        return ZonePeriod(
            start: Instant(second: period.start), end: Instant(second: period.end), offset: Int(period.offset))
    }

    /// When the clocks of the zone show that time of that day. `second` is the time that they show, as seconds after
    /// 00:00:00.
    package func reading(of date: CivilDate, second: Int) -> ClockReading {
        let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(second)
        // No offset is larger than that: whenever the clocks show this time, it is within the periods that are visited.
        var period = table.period(at: local - PosixZone.largestOffset)
        var moments: [Instant] = []
        var gapEnd: Int64?
        while true {
            let moment = local - Int64(period.offset)
            if period.start <= moment, moment < period.end { moments.append(Instant(second: moment)) }
            // When this period begins, its clock is already past that time: the change skipped it.
            if moment < period.start, gapEnd == nil { gapEnd = period.start }
            guard period.end <= local + PosixZone.largestOffset else { break }
            period = table.period(at: period.end)
        }
        if moments.count > 1 { return .twice(first: moments[0], second: moments[1]) }
        if let moment = moments.first { return .once(moment) }
        return .never(gapEndsAt: Instant(second: gapEnd ?? period.start))
    }
}

/// A period in which the clocks of a zone have a constant offset from UTC.
package struct ZonePeriod: Hashable, Sendable {
    /// The first instant of the period; the smallest possible `Instant` if there is no change before.
    package let start: Instant
    /// The first instant after the period; the largest possible `Instant` if there is no change after it.
    package let end: Instant
    /// Seconds east of UTC.
    package let offset: Int
}

/// When the clocks of a zone show a given local time: once, twice or never.
package enum ClockReading: Hashable, Sendable {
    case once(Instant)
    /// Clocks went back, and so show it twice.
    case twice(first: Instant, second: Instant)
    /// Clocks went forward at that instant, and skip it.
    case never(gapEndsAt: Instant)
}
