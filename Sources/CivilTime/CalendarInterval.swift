/// The periods of the calendar that a partition can span.
package enum CalendarInterval: String, CaseIterable, Hashable, Sendable {
    case day
    /// ISO 8601: from Monday.
    case week
    case month
    case quarter
    case year

    /// The first day of the period that holds `date`.
    package func start(of date: CivilDate) -> CivilDate {
        switch self {
        case .day: date
        case .week: date.adding(days: 1 - date.isoWeekday)
        case .month: date.adding(days: 1 - date.day)
        case .quarter: CalendarInterval.month.start(of: date).adding(months: -((date.month - 1) % 3))
        case .year: CalendarInterval.month.start(of: date).adding(months: 1 - date.month)
        }
    }

    /// The day `count` periods after `date`; before it when negative.
    package func advance(_ date: CivilDate, by count: Int) -> CivilDate {
        switch self {
        case .day: date.adding(days: count)
        case .week: date.adding(days: 7 * count)
        case .month: date.adding(months: count)
        case .quarter: date.adding(months: 3 * count)
        case .year: date.adding(months: 12 * count)
        }
    }

    /// How many whole periods fit from `start` (the first day of one) up to `end`; 0 when `end` is not later.
    package func count(from start: CivilDate, to end: CivilDate) -> Int {
        guard end > start else { return 0 }
        let (from, to) = (start.components, end.components)
        let months = (to.year - from.year) * 12 + to.month - from.month - (to.day < from.day ? 1 : 0)
        return switch self {
        case .day: end.daysSinceEpoch - start.daysSinceEpoch
        case .week: (end.daysSinceEpoch - start.daysSinceEpoch) / 7
        case .month: months
        case .quarter: months / 3
        case .year: months / 12
        }
    }

    /// The largest offset from the first day of the period, in days, that is possible in every period of this kind:
    /// partitions by month can begin on the 15th, but not on the 31st.
    package var largestOffsetDays: Int {
        switch self {
        case .day: 0
        case .week: 6
        case .month, .quarter, .year: 27
        }
    }
}
