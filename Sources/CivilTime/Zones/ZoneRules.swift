/// How far the clocks of one zone are from UTC, at any time: the changes that its file lists, and the rule of the
/// file's footer after the last of them (RFC 8536).
///
/// A value: it stays what it was read as when the file changes. Two are equal when they have the same name and the same
/// changes.
package struct ZoneRules: Hashable, Sendable {
    package let name: String
    /// Shared by all copies.
    private let table: ZoneTable

    /// The zone without any change, which needs no file.
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

    /// The period that holds that moment.
    package func period(at instant: Instant) -> ZonePeriod {
        let second = instant.microseconds.dividedDown(by: 1_000_000)
        let period = table.period(at: second)
        return ZonePeriod(
            start: Instant(second: period.start), end: Instant(second: period.end), offset: Int(period.offset))
    }

    /// When the zone's clocks showed that time of that day; `second` counts from midnight, by clocks that run through.
    package func reading(of date: CivilDate, second: Int) -> ClockReading {
        let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(second)
        // No offset is larger: whenever the clocks showed it, it was within these periods.
        var period = table.period(at: local - PosixZone.largestOffset)
        var moments: [Instant] = []
        var gapEnd: Int64?
        while true {
            let moment = local - Int64(period.offset)
            if period.start <= moment, moment < period.end { moments.append(Instant(second: moment)) }
            // Already too late for the clocks to show it: the change that began this period jumped over it.
            if moment < period.start, gapEnd == nil { gapEnd = period.start }
            guard period.end <= local + PosixZone.largestOffset else { break }
            period = table.period(at: period.end)
        }
        if moments.count > 1 { return .twice(first: moments[0], second: moments[1]) }
        if let moment = moments.first { return .once(moment) }
        return .never(gapEndsAt: Instant(second: gapEnd ?? period.start))
    }
}

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
