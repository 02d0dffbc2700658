import CivilTime

/// The days of a period that the name of its partition can tell.
package struct NamedDays: Hashable, Sendable {
    package var first: CivilDate
    /// The day on which the next period begins.
    package var end: CivilDate

    package init(first: CivilDate, end: CivilDate) {
        self.first = first
        self.end = end
    }
}

/// A place in a naming pattern that a part of a day stands in: of which day, and which part.
package struct NamingToken: Hashable, Sendable {
    package var element: Element
    package var day: Day

    init(_ element: Element, of day: Day = .first) {
        self.element = element
        self.day = day
    }

    /// As written between braces: `MM`, `end:MM`. nil if it is none.
    init?(_ text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let day = parts.count == 1 ? .first : Day.allCases.first { $0 != .first && $0.rawValue == parts[0] }
        guard let day, let element = parts.last.flatMap({ Element(rawValue: String($0)) }) else { return nil }
        self.init(element, of: day)
    }

    /// What a token may be called, for people.
    package static let spellings = Element.allCases.map(\.rawValue)

    /// In order of preference where a name can be interpreted in several ways.
    static let all = Day.allCases.flatMap { day in Element.allCases.map { NamingToken($0, of: day) } }

    func text(for days: NamedDays) -> String {
        switch day {
        case .first: element.text(for: days.first)
        case .end: element.text(for: days.end)
        case .last: element.text(for: days.end.adding(days: -1))
        }
    }

    /// Of which day of the period it tells. The raw values are what stands in front of the element.
    package enum Day: String, CaseIterable, Hashable, Sendable {
        case first
        case end
        case last
    }

    /// What it tells of the day. The raw values are those of PostgreSQL's `to_char`.
    package enum Element: String, CaseIterable, Hashable, Sendable {
        case year = "YYYY"
        case month = "MM"
        case day = "DD"
        case quarter = "Q"
        case isoYear = "IYYY"
        case isoWeek = "IW"
        case shortYear = "YY"
        case dayOfYear = "DDD"
        case plainMonth = "FMMM"
        case plainDay = "FMDD"
        case plainISOWeek = "FMIW"
        case plainDayOfYear = "FMDDD"
        case shortMonthName = "mon"
        case capitalizedShortMonthName = "Mon"
        case upperCaseShortMonthName = "MON"
        case monthName = "month"
        case capitalizedMonthName = "Month"
        case upperCaseMonthName = "MONTH"

        enum Meaning: Hashable {
            case year, quarter, month, day, dayOfYear, isoYear, isoWeek
        }

        var meaning: Meaning {
            switch self {
            case .year, .shortYear: .year
            case .quarter: .quarter
            case .month, .plainMonth, .shortMonthName, .capitalizedShortMonthName, .upperCaseShortMonthName, .monthName,
                .capitalizedMonthName, .upperCaseMonthName:
                .month
            case .day, .plainDay: .day
            case .dayOfYear, .plainDayOfYear: .dayOfYear
            case .isoYear: .isoYear
            case .isoWeek, .plainISOWeek: .isoWeek
            }
        }

        /// Whether a number of one digit has a zero in front; nil where it is no such number.
        var isPadded: Bool? {
            switch self {
            case .month, .day, .isoWeek, .dayOfYear: true
            case .plainMonth, .plainDay, .plainISOWeek, .plainDayOfYear: false
            default: nil
            }
        }

        func text(for date: CivilDate) -> String {
            switch self {
            case .year: date.year.padded(4)
            case .shortYear: date.year.remainderDown(by: 100).padded(2)
            case .month: date.month.padded(2)
            case .plainMonth: String(date.month)
            case .day: date.day.padded(2)
            case .plainDay: String(date.day)
            case .quarter: String(date.quarter)
            case .isoYear: date.isoWeek.year.padded(4)
            case .isoWeek: date.isoWeek.week.padded(2)
            case .plainISOWeek: String(date.isoWeek.week)
            case .dayOfYear: Self.dayOfYear(date).padded(3)
            case .plainDayOfYear: String(Self.dayOfYear(date))
            case .shortMonthName: String(Self.name(of: date).prefix(3)).lowercased()
            case .capitalizedShortMonthName: String(Self.name(of: date).prefix(3))
            case .upperCaseShortMonthName: String(Self.name(of: date).prefix(3)).uppercased()
            case .monthName: Self.name(of: date).lowercased()
            case .capitalizedMonthName: Self.name(of: date)
            case .upperCaseMonthName: Self.name(of: date).uppercased()
            }
        }

        private static func dayOfYear(_ date: CivilDate) -> Int {
            date.daysSinceEpoch - CalendarInterval.year.start(of: date).daysSinceEpoch + 1
        }

        /// As `to_char` has it, whatever the locale: only its patterns with `TM` are translated.
        private static func name(of date: CivilDate) -> String {
            [
                "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December",
            ][date.month - 1]
        }
    }
}

extension NamingToken: CustomStringConvertible {
    package var description: String {
        day == .first ? element.rawValue : "\(day.rawValue):\(element.rawValue)"
    }
}
