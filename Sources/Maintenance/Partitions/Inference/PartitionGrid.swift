import CivilTime

/// The regular boundaries on which a set's bounds lie: an interval, a time zone, and a constant offset.
package struct PartitionGrid: Hashable, Sendable {
    package var interval: CalendarInterval
    package var clock: Clock
    /// In microseconds, from the boundary of the calendar (midnight of a period's first day) to that of the set. Nearly
    /// always 0, and always 0 with `.zone`, where it would not be constant.
    package var offset: Int64

    /// How a bound is to be interpreted.
    package enum Clock: Hashable, Sendable {
        /// `timestamp` and `date` keys: without a time zone.
        case civil
        /// `timestamptz` keys with midnights in UTC.
        case utc
        /// `timestamptz` keys with midnights in that IANA zone, by the server's zone data.
        case zone(String)
    }

    package init(interval: CalendarInterval, clock: Clock, offset: Int64 = 0) {
        self.interval = interval
        self.clock = clock
        self.offset = offset
    }

    /// The first day of the period that contains `moment`; nil if the sample of the zone does not have that moment.
    func period(holding moment: Instant, zones: [String: ZoneSample]) -> CivilDate? {
        switch clock {
        case .civil, .utc: return interval.start(of: moment.adding(microseconds: -offset).date)
        case .zone(let zone):
            guard let day = zones[zone]?.days[moment] else { return nil }
            // Where clocks are set back across midnight, a date begins twice. Its partition begins at the second time;
            // the time before that still belongs to the partition of the day before.
            return interval.start(of: day.startsAt <= moment ? day.date : day.date.adding(days: -1))
        }
    }

    /// The first day of the period that begins exactly at `point`; nil if none does.
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

    /// The days that the partition of the period is named after: those of its bounds. On a shifted grid, such as weeks that
    /// begin on Sunday, they are not those of the calendar's period.
    func namedDays(of first: CivilDate) -> NamedDays {
        NamedDays(first: first.adding(days: shift), end: interval.advance(first, by: 1).adding(days: shift))
    }

    /// In whole days.
    private var shift: Int { Int(offset / Instant.microsecondsPerDay) }

    /// The lower bound of the period that begins on `date`; nil if the sample of the zone does not have that midnight.
    func lowerBound(of date: CivilDate, zones: [String: ZoneSample]) -> Instant? {
        switch clock {
        case .civil, .utc: Instant(midnightOf: date).adding(microseconds: offset)
        case .zone(let zone): zones[zone]?.midnights[date]
        }
    }
}

/// What the server's zone data, which is authoritative for bounds, says about one time zone.
package struct ZoneSample: Hashable, Sendable {
    /// The local day of each instant that was requested.
    package var days: [Instant: LocalDay]
    /// The instant of each midnight that was requested.
    package var midnights: [CivilDate: Instant]

    package init(days: [Instant: LocalDay] = [:], midnights: [CivilDate: Instant] = [:]) {
        self.days = days
        self.midnights = midnights
    }

    package struct LocalDay: Hashable, Sendable {
        package var date: CivilDate
        /// When that day begins; where midnight does not exist, the instant to which the server maps it.
        package var startsAt: Instant

        package init(date: CivilDate, startsAt: Instant) {
            self.date = date
            self.startsAt = startsAt
        }
    }
}
