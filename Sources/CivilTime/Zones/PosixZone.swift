/// The rule in the footer of a zone file: what the clocks do every year, as the variable TZ of POSIX says it, with
/// the extension of RFC 8536 (3.3.1): times of change from -167 to 167 hours.
struct PosixZone: Hashable, Sendable {
    /// Seconds east of UTC, as everywhere here; POSIX counts west.
    let standardOffset: Int32
    let summer: Summer?

    /// Clocks that go by another offset for a part of the year; not always in summer, nor always ahead.
    struct Summer: Hashable, Sendable {
        let offset: Int32
        let start: YearlyMoment
        let end: YearlyMoment
    }

    /// A stretch of constant offset, in seconds since 1970; `Int64.min` and `.max` where it has no start or end.
    struct Period {
        let start: Int64
        let end: Int64
        let offset: Int32
    }

    /// More than any file may say, in seconds: RFC 8536 has offsets from -25 to 26 hours.
    static let largestOffset: Int64 = 27 * 3600

    init(standardOffset: Int32, summer: Summer? = nil) {
        guard let summer else {
            (self.standardOffset, self.summer) = (standardOffset, nil)
            return
        }
        // Summer all year (RFC 8536, 3.3.1) is no summer: it ends when it starts again.
        let year = 2001
        let end = summer.end.second(year: year) - Int64(summer.offset)
        let next = summer.start.second(year: year + 1) - Int64(standardOffset)
        (self.standardOffset, self.summer) = end >= next ? (summer.offset, nil) : (standardOffset, summer)
    }

    func period(at second: Int64) -> Period {
        guard let summer else { return Period(start: .min, end: .max, offset: standardOffset) }
        // A change can lie a week outside its year (hours up to 167), so the years beside it are asked too.
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
    /// A moment of every year, on the clock that it changes.
    struct YearlyMoment: Hashable, Sendable {
        let day: Day
        /// Seconds from that day's midnight.
        let seconds: Int64

        enum Day: Hashable, Sendable {
            /// `Jn`: 1 to 365, and 29 February never counts.
            case ofCommonYear(Int)
            /// `n`: 0 to 365, and 29 February counts.
            case ofYear(Int)
            /// `Mm.w.d`: weekday 0 (Sunday) to 6 of week 1 to 5 (the last) of the month.
            case ofMonth(Int, week: Int, weekday: Int)
        }

        /// On a clock without zone: seconds since 1970-01-01 00:00 there.
        func second(year: Int) -> Int64 {
            Int64(date(in: year).daysSinceEpoch) * 86_400 + seconds
        }

        private func date(in year: Int) -> CivilDate {
            switch day {
            case .ofYear(let day): return Self.first(of: 1, year).adding(days: day)
            case .ofCommonYear(let day):
                // The first of March is the 60th day of a common year.
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
