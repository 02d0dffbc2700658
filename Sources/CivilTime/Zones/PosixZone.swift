/// The rule in the footer of a zone file: how the clocks change every year, in the syntax of POSIX's TZ variable, with
/// the extension of RFC 8536 (3.3.1) that times of change may lie between -167 and 167 hours.
struct PosixZone: Hashable, Sendable {
    /// Seconds east of UTC, as everywhere in this module; in POSIX's syntax, west is positive.
    let standardOffset: Int32
    let summer: Summer?

    /// The part of the year that has another offset; not always in summer, and not always ahead of standard time.
    struct Summer: Hashable, Sendable {
        let offset: Int32
        let start: YearlyMoment
        let end: YearlyMoment
    }

    /// A period of constant offset, in seconds since 1970 UTC; `Int64.min` and `.max` where it has no start or end.
    struct Period {
        let start: Int64
        let end: Int64
        let offset: Int32
    }

    /// Larger than any valid offset, in seconds: RFC 8536 allows offsets from -25 to 26 hours.
    static let largestOffset: Int64 = 27 * 3600

    init(standardOffset: Int32, summer: Summer? = nil) {
        guard let summer else {
            (self.standardOffset, self.summer) = (standardOffset, nil)
            return
        }
        // A rule whose summer time ends when the next one starts (RFC 8536, 3.3.1) means the summer offset all year:
        // there is no change.
        let year = 2001
        let end = summer.end.second(year: year) - Int64(summer.offset)
        let next = summer.start.second(year: year + 1) - Int64(standardOffset)
        (self.standardOffset, self.summer) = end >= next ? (summer.offset, nil) : (standardOffset, summer)
    }

    func period(at second: Int64) -> Period {
        guard let summer else { return Period(start: .min, end: .max, offset: standardOffset) }
        // A change can lie up to a week outside its year (up to 167 hours), so the adjacent years are checked too.
        let days = second.dividedDown(by: 86_400)
        let year = CivilDate(daysSinceEpoch: Int(days)).year
        var start = (second: Int64.min, offset: standardOffset)
        var end = Int64.max
        for year in year - 2...year + 2 {
            let changes = [
                (second: summer.start.second(year: year) - Int64(standardOffset), offset: summer.offset),
                (second: summer.end.second(year: year) - Int64(summer.offset), offset: standardOffset),
            ]
            for change in changes {
                if change.second <= second {
                    if change.second >= start.second { start = change }
                } else {
                    end = min(end, change.second)
                }
            }
        }
        return Period(start: start.second, end: end, offset: start.offset)
    }
}

extension PosixZone {
    /// A point in time of every year, as the clock shows it before the change.
    struct YearlyMoment: Hashable, Sendable {
        let day: Day
        /// Seconds from that day's midnight.
        let seconds: Int64

        enum Day: Hashable, Sendable {
            /// `Jn`: 1 to 365; 29 February is not counted.
            case ofCommonYear(Int)
            /// `n`: 0 to 365; 29 February is counted.
            case ofYear(Int)
            /// `Mm.w.d`: weekday 0 (Sunday) to 6 of week 1 to 5 (the last) of the month.
            case ofMonth(Int, week: Int, weekday: Int)
        }

        /// In seconds since 1970-01-01 00:00 of that clock.
        func second(year: Int) -> Int64 {
            Int64(date(in: year).daysSinceEpoch) * 86_400 + seconds
        }

        private func date(in year: Int) -> CivilDate {
            switch day {
            case .ofYear(let day): return Self.first(of: 1, year).adding(days: day)
            case .ofCommonYear(let day):
                // 1 March is the 60th day of a common year.
                let isBehindLeapDay = day >= 60
                return isBehindLeapDay
                    ? Self.first(of: 3, year).adding(days: day - 60) : Self.first(of: 1, year).adding(days: day - 1)
            case .ofMonth(let month, let week, let weekday):
                let first = Self.first(of: month, year)
                let day = first.adding(days: (weekday - first.isoWeekday).remainderDown(by: 7) + 7 * (week - 1))
                return week == 5 && day.month != month ? day.adding(days: -7) : day
            }
        }

        private static func first(of month: Int, _ year: Int) -> CivilDate {
            CivilDate(daysSinceEpoch: 0).adding(months: (year - 1970) * 12 + month - 1)
        }
    }
}
