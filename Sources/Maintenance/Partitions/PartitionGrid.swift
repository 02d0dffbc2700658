import CivilTime

/// The calendar on which a set's bounds lie: an interval, a zone, and a constant shift from its boundaries.
package struct PartitionGrid: Hashable, Sendable {
    package var interval: CalendarInterval
    package var clock: Clock
    /// Microseconds from the calendar's own boundary (midnight of a period's first day) to the set's; 0 for
    /// nearly all. Only where arithmetic needs no zone rules: never with `.zone`.
    package var offset: Int64

    /// What a bound is a reading of.
    package enum Clock: Hashable, Sendable {
        /// `timestamp` and `date` keys: no zone.
        case civil
        /// `timestamptz` keys with midnights in UTC.
        case utc
        /// `timestamptz` keys with midnights in that IANA zone, as the server knows it.
        case zone(String)
    }

    package init(interval: CalendarInterval, clock: Clock, offset: Int64 = 0) {
        self.interval = interval
        self.clock = clock
        self.offset = offset
    }

    /// The first day of the period that holds `moment`; nil when the sample of the zone does not reach there.
    func period(holding moment: Instant, zones: [String: ZoneSample]) -> CivilDate? {
        switch clock {
        case .civil, .utc: return interval.start(of: moment.adding(microseconds: -offset).date)
        case .zone(let zone):
            guard let day = zones[zone]?.days[moment] else { return nil }
            // Where clocks go back over midnight a date begins twice; its partition begins with the second time,
            // and the first still belongs to the day before.
            return interval.start(of: day.startsAt <= moment ? day.date : day.date.adding(days: -1))
        }
    }

    /// The first day of the period that begins exactly at `point`; nil when none does.
    func period(beginningAt point: Instant, zones: [String: ZoneSample]) -> CivilDate? {
        let day: CivilDate
        switch clock {
        case .civil, .utc:
            let unshifted = point.adding(microseconds: -offset)
            guard unshifted.microsecondsOfDay == 0 else { return nil }
            day = unshifted.date
        case .zone(let zone):
            guard let local = zones[zone]?.days[point], local.startsAt == point else { return nil }
            day = local.date
        }
        return interval.start(of: day) == day ? day : nil
    }

    /// The day after which a partition is called: that of its lower bound, which on a shifted grid (weeks from
    /// Sunday) is not the calendar's.
    func nameDay(of first: CivilDate) -> CivilDate {
        first.adding(days: Int(offset / Instant.microsecondsPerDay))
    }

    /// Where the period that begins on `date` begins on the axis of the key.
    func lowerBound(of date: CivilDate, zones: [String: ZoneSample]) -> Instant? {
        switch clock {
        case .civil, .utc: Instant(midnightOf: date).adding(microseconds: offset)
        case .zone(let zone): zones[zone]?.midnights[date]
        }
    }
}

/// What the server said about a zone: its data is the truth for bounds.
package struct ZoneSample: Hashable, Sendable {
    /// The local day of each instant that was asked for.
    package var days: [Instant: LocalDay]
    /// The instant of each midnight that was asked for.
    package var midnights: [CivilDate: Instant]

    package init(days: [Instant: LocalDay] = [:], midnights: [CivilDate: Instant] = [:]) {
        self.days = days
        self.midnights = midnights
    }

    package struct LocalDay: Hashable, Sendable {
        package var date: CivilDate
        /// When that day begins; where midnight does not exist, what the server makes of it.
        package var startsAt: Instant

        package init(date: CivilDate, startsAt: Instant) {
            self.date = date
            self.startsAt = startsAt
        }
    }
}
