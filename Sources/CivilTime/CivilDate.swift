/// A day of the proleptic Gregorian calendar, without a time zone.
///
/// Unlike in PostgreSQL's `extract(year)`, there is a year 0 (1 BC), so that arithmetic on years needs no exception.
package struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01; negative before it.
    package let daysSinceEpoch: Int

    package init(daysSinceEpoch: Int) {
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// The day of that year, month and day; nil when there is no such day (month 13, 29 February of 2025).
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, year: year) else { return nil }
        self.init(unchecked: year, month, day)
    }

    /// Howard Hinnant's `days_from_civil`: years begin in March, so that the leap day is a year's last.
    private init(unchecked year: Int, _ month: Int, _ day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.dividedDown(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(daysSinceEpoch: era * 146_097 + dayOfEra - 719_468)
    }

    /// Year, month (1–12) and day (1–31): Hinnant's `civil_from_days`.
    package var components: (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.dividedDown(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth + (marchMonth < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    package var year: Int { components.year }
    package var month: Int { components.month }
    package var day: Int { components.day }

    /// 1 to 4.
    package var quarter: Int { (month - 1) / 3 + 1 }

    /// ISO 8601: 1 is Monday, 7 is Sunday.
    package var isoWeekday: Int { (daysSinceEpoch + 3).remainderDown(by: 7) + 1 }

    /// ISO 8601 week: the year it belongs to (which differs from `year` around New Year) and its number, 1 to 53.
    package var isoWeek: (year: Int, week: Int) {
        let thursday = adding(days: 4 - isoWeekday)
        let year = thursday.year
        let firstOfYear = CivilDate(unchecked: year, 1, 1)
        return (year, (thursday.daysSinceEpoch - firstOfYear.daysSinceEpoch) / 7 + 1)
    }

    package func adding(days: Int) -> CivilDate {
        CivilDate(daysSinceEpoch: daysSinceEpoch + days)
    }

    /// The same day `months` later, or the last day of that month where it is shorter, as PostgreSQL adds months.
    package func adding(months: Int) -> CivilDate {
        let (year, month, day) = components
        let index = year * 12 + (month - 1) + months
        let targetYear = index.dividedDown(by: 12)
        let targetMonth = index.remainderDown(by: 12) + 1
        return CivilDate(
            unchecked: targetYear, targetMonth, min(day, Self.length(ofMonth: targetMonth, year: targetYear)))
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

extension CivilDate: CustomStringConvertible {
    /// `YYYY-MM-DD`; a year before 1 as PostgreSQL's ISO style writes it, with ` BC` behind.
    package var description: String {
        let (year, month, day) = components
        let date = "\((year > 0 ? year : 1 - year).padded(4))-\(month.padded(2))-\(day.padded(2))"
        return year > 0 ? date : date + " BC"
    }
}
