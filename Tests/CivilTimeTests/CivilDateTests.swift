import CivilTime
import Foundation
import TestSupport
import Testing

/// Foundation's ISO 8601 calendar in UTC: an independent opinion on every date that both know. It turns Julian
/// before 15 October 1582, which PostgreSQL does not, so it is asked from 1583 on.
private struct FoundationCalendar {
    let calendar: Calendar

    init() {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
        self.calendar = calendar
    }

    func date(_ day: CivilDate) -> Date {
        Date(timeIntervalSince1970: Double(day.daysSinceEpoch) * 86_400)
    }

    func day(_ date: Date?) -> CivilDate? {
        date.map { CivilDate(daysSinceEpoch: Int(($0.timeIntervalSince1970 / 86_400).rounded(.down))) }
    }

    func components(_ day: CivilDate) -> DateComponents {
        calendar.dateComponents(
            [.year, .month, .day, .weekday, .weekOfYear, .yearForWeekOfYear], from: date(day))
    }
}

@Suite("Civil dates")
struct CivilDateTests {
    private let foundation = FoundationCalendar()
    /// 1583-01-01 and 9999-12-31.
    private static let known = -141_349...2_932_896

    /// Every day around New Year, around the end of February, and thousands of others.
    private static func days(seed: UInt64) -> [CivilDate] {
        var generator = Seeded(seed: seed)
        let random = (0..<5_000).map { _ in CivilDate(daysSinceEpoch: .random(in: known, using: &generator)) }
        let years = (0..<400).map { _ in Int.random(in: 1584...9998, using: &generator) } + [1900, 2000, 2100, 2400]
        let edges = years.flatMap { year in
            [CivilDate(year: year, month: 1, day: 1), CivilDate(year: year, month: 3, day: 1)]
                .compactMap { $0 }
                .flatMap { edge in (-4...4).map { edge.adding(days: $0) } }
        }
        return random + edges
    }

    @Test("Components and ISO weeks are Foundation's", arguments: [Seeded().seed])
    func agreesWithFoundation(seed: UInt64) {
        for day in Self.days(seed: seed) {
            let expected = foundation.components(day)
            let (year, month, dayOfMonth) = day.components
            let week = day.isoWeek
            let agrees =
                (year, month, dayOfMonth) == (expected.year, expected.month, expected.day)
                && day.isoWeekday == ((expected.weekday ?? 0) + 5) % 7 + 1
                && (week.year, week.week) == (expected.yearForWeekOfYear, expected.weekOfYear)
            #expect(agrees, "seed \(seed): \(day) week \(week) is \(expected)")
            #expect(CivilDate(year: year, month: month, day: dayOfMonth) == day, "seed \(seed): \(day)")
        }
    }

    @Test("Periods begin where Foundation's begin", arguments: [Seeded().seed])
    func periodsBeginWithFoundation(seed: UInt64) {
        let units: [(CalendarInterval, Calendar.Component)] = [
            (.day, .day), (.week, .weekOfYear), (.month, .month), (.year, .year),
        ]
        for day in Self.days(seed: seed) {
            for (interval, unit) in units {
                let expected = foundation.day(
                    foundation.calendar.dateInterval(of: unit, for: foundation.date(day))?.start)
                #expect(interval.start(of: day) == expected, "seed \(seed): \(interval) of \(day)")
            }
            let quarter = CalendarInterval.quarter.start(of: day)
            #expect([1, 4, 7, 10].contains(quarter.month) && quarter.day == 1, "seed \(seed): \(day)")
            #expect(quarter <= day && day < quarter.adding(months: 3), "seed \(seed): quarter of \(day)")
        }
    }

    /// Foundation adds the months to the first of the month and says how long that month is; its own clamping errs
    /// in February (1778-01-30 less 311 months would be 28 February of the leap year 1752).
    @Test("Adding months ends in the month that Foundation finds", arguments: [Seeded().seed])
    func addsAsFoundationDoes(seed: UInt64) {
        var generator = Seeded(seed: seed)
        for day in Self.days(seed: seed).prefix(3_000) where (1700...9700).contains(day.year) {
            let months = Int.random(in: -1_200...1_200, using: &generator)
            let first = foundation.date(CalendarInterval.month.start(of: day))
            let month = foundation.calendar.date(byAdding: .month, value: months, to: first)
                .flatMap { foundation.calendar.dateInterval(of: .month, for: $0) }
            let expected = foundation.day(month?.start).map { start in
                start.adding(days: min(day.day, Int((month?.duration ?? 0) / 86_400)) - 1)
            }
            #expect(day.adding(months: months) == expected, "seed \(seed): \(day) and \(months) months")
        }
    }

    @Test(
        "Advancing tiles: each period ends where the next begins, and is counted as one",
        arguments: CalendarInterval.allCases)
    func periodsTile(interval: CalendarInterval) {
        let seed = Seeded().seed
        var generator = Seeded(seed: seed)
        for _ in 0..<2_000 {
            let day = CivilDate(daysSinceEpoch: .random(in: -2_000_000...2_000_000, using: &generator))
            let start = interval.start(of: day)
            let next = interval.advance(start, by: 1)
            #expect(start <= day && day < next, "seed \(seed): \(interval) of \(day)")
            #expect(interval.start(of: next) == next, "seed \(seed): \(next)")
            #expect(interval.start(of: next.adding(days: -1)) == start, "seed \(seed): \(next)")
            #expect(interval.advance(next, by: -1) == start, "seed \(seed): \(start)")
            let count = Int.random(in: 0...500, using: &generator)
            let end = interval.advance(start, by: count)
            #expect(interval.count(from: start, to: end) == count, "seed \(seed): \(count) from \(start)")
            if count > 0 {
                #expect(interval.count(from: start, to: end.adding(days: -1)) == count - 1, "seed \(seed): \(start)")
            }
            #expect(interval.count(from: end, to: start) == 0)
        }
    }

    @Test(
        "A period that is not over by a day is not counted",
        arguments: [
            (.month, (2025, 1, 15), (2025, 2, 15), 1), (.month, (2025, 1, 31), (2025, 3, 1), 1),
            (.quarter, (2025, 1, 2), (2025, 7, 2), 2), (.year, (2024, 2, 29), (2026, 3, 1), 2),
        ] as [(CalendarInterval, (Int, Int, Int), (Int, Int, Int), Int)])
    func countsWholePeriods(
        interval: CalendarInterval, from: (Int, Int, Int), to: (Int, Int, Int), count: Int
    ) throws {
        let start = try #require(CivilDate(year: from.0, month: from.1, day: from.2))
        let end = try #require(CivilDate(year: to.0, month: to.1, day: to.2))
        #expect(interval.count(from: start, to: end) == count)
        #expect(interval.count(from: start, to: end.adding(days: -1)) == count - 1)
    }

    @Test("The proleptic calendar repeats every 400 years, before Christ too")
    func repeatsEvery400Years() throws {
        for days in stride(from: -1_500_000, through: 1_500_000, by: 997) {
            let day = CivilDate(daysSinceEpoch: days)
            let later = CivilDate(daysSinceEpoch: days + 146_097)
            #expect(later.year == day.year + 400)
            #expect((later.month, later.day, later.isoWeekday) == (day.month, day.day, day.isoWeekday))
        }
        // PostgreSQL: select date '0001-01-01' - date '1970-01-01', date '0044-03-15 BC' - date '1970-01-01'.
        #expect(try #require(CivilDate(year: 1, month: 1, day: 1)).daysSinceEpoch == -719_162)
        #expect(try #require(CivilDate(year: -43, month: 3, day: 15)).daysSinceEpoch == -735_160)
    }

    @Test(
        "There is no such day",
        arguments: [(2025, 2, 29), (1900, 2, 29), (2025, 13, 1), (2025, 0, 1), (2025, 4, 31), (2025, 1, 0)])
    func refusesWhatIsNoDay(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test(
        "Adding months keeps within the month",
        arguments: [
            ("2024-01-31", 1, "2024-02-29"), ("2025-01-31", 1, "2025-02-28"), ("2024-02-29", 12, "2025-02-28"),
            ("2025-03-31", -1, "2025-02-28"), ("2025-12-15", 1, "2026-01-15"), ("2025-01-15", -1, "2024-12-15"),
        ])
    func clampsToTheMonth(from: String, months: Int, expected: String) throws {
        #expect(try civil(from).adding(months: months).description == expected)
    }

    @Test(
        "Rendered as PostgreSQL's ISO style",
        arguments: [
            (-719_162, "0001-01-01"), (-719_163, "0001-12-31 BC"), (-735_160, "0044-03-15 BC"), (0, "1970-01-01"),
            (-1, "1969-12-31"), (2_932_897, "10000-01-01"),
        ])
    func rendersTheYear(days: Int, expected: String) {
        #expect(CivilDate(daysSinceEpoch: days).description == expected)
    }

    private func civil(_ text: String) throws -> CivilDate {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        return try #require(CivilDate(year: parts[0], month: parts[1], day: parts[2]))
    }
}
