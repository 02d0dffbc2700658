import CivilTime
import Maintenance
import Testing

@Suite("Naming patterns")
struct NamingPatternTests {
    @Test(
        "Tokens render the first day of the period",
        arguments: [
            ("t_{YYYY}_{MM}", "2025-03-01", "t_2025_03"),
            ("t_{YY}{MM}{DD}", "2025-03-09", "t_250309"),
            ("t_{YYYY}q{Q}", "2025-10-01", "t_2025q4"),
            ("t_{IYYY}w{IW}", "2024-12-30", "t_2025w01"),
            ("t_{IYYY}w{IW}", "2020-12-28", "t_2020w53"),
            ("t_{YYYY}_{DDD}", "2024-12-31", "t_2024_366"),
            ("{YYYY}-\"{MM}\" ö", "2025-03-01", "2025-\"03\" ö"),
            ("t_{YYYY}_{FMMM}_{FMDD}", "2025-03-09", "t_2025_3_9"),
            ("t_{YYYY}_{FMMM}", "2025-11-01", "t_2025_11"),
            ("t_{IYYY}w{FMIW}_{FMDDD}", "2025-01-06", "t_2025w2_6"),
            (
                "{mon}{YYYY} {Mon} {MON} {month} {Month} {MONTH}", "2026-11-01",
                "nov2026 Nov NOV november November NOVEMBER"
            ),
            ("t_{YYYY}{MM}{DD}_{end:YYYY}{end:MM}{end:DD}", "2026-12-01", "t_20261201_20270101"),
            ("t_{YYYY}{MM}{DD}_{last:MM}{last:DD}", "2026-11-01", "t_20261101_1130"),
        ] as [(String, String, String)])
    func renders(pattern: String, start: String, expected: String) throws {
        let naming = try #require(NamingPattern(pattern))
        #expect(naming.name(for: NamedDays(first: day(start), end: day(start).adding(months: 1))) == expected)
        #expect(naming.description == pattern)
    }

    @Test(
        "What is no pattern",
        arguments: [
            "plain", "t_{YYY}", "t_{YYYY", "t_YYYY}", "t_{}", "{yyyy}", "", "t_{YYYY}}", "{end:YYYY}", "{first:YYYY}",
            "{:YYYY}", "{YYYY}{end:}",
        ])
    func refusesWhatIsNoPattern(text: String) {
        #expect(NamingPattern(text) == nil)
    }

    @Test("Only patterns that tell all periods apart are accepted for an interval")
    func knowsWhatItDistinguishes() throws {
        let expected: [String: [CalendarInterval]] = [
            "{YYYY}{MM}{DD}": [.day, .week, .month, .quarter, .year],
            "{YYYY}_{DDD}": [.day, .week, .month, .quarter, .year],
            "{YYYY}_{MM}": [.month, .quarter, .year],
            "{YYYY}q{Q}": [.quarter, .year],
            "{YY}": [.year],
            "{IYYY}w{IW}": [.week],
            // 30 December 2024 and 1 January 2024 are both in week 1 of calendar years called 2024.
            "{YYYY}w{IW}": [.year],
            "{MM}_{DD}": [],
            "{YYYY}_{FMMM}_{FMDD}": [.day, .week, .month, .quarter, .year],
            "{Mon}{YY}": [.month, .quarter, .year],
            "{IYYY}w{FMIW}": [.week],
            "{YYYY}{FMMM}{FMDD}": [], "{FMMM}{YYYY}": [.month, .quarter, .year],
            // What another day tells does not count.
            "{YYYY}_{end:MM}": [.year],
        ]
        for (text, intervals) in expected {
            let naming = try #require(NamingPattern(text))
            #expect(CalendarInterval.allCases.filter(naming.distinguishes) == intervals, "\(text)")
        }
    }

    @Test("No two periods of three years share a name where the pattern says so")
    func namesAreUnique() throws {
        for text in [
            "{YYYY}{MM}{DD}", "{YYYY}_{DDD}", "{YYYY}_{MM}", "{YY}q{Q}", "{YYYY}", "{IYYY}w{IW}", "{YYYY}_{FMMM}",
            "{month}{YY}", "{YYYY}_{MM}_{end:YYYY}_{end:MM}",
        ] {
            let naming = try #require(NamingPattern(text))
            for interval in CalendarInterval.allCases where naming.distinguishes(interval) {
                let first = interval.start(of: day("2023-12-20"))
                let names = (0..<1_100).prefix { interval.advance(first, by: $0) < day("2027-01-10") }
                    .map { naming.name(for: interval.days(from: interval.advance(first, by: $0))) }
                #expect(Set(names).count == names.count, "\(text) for a \(interval)")
            }
        }
    }

    private static let long: [(pattern: String, keeps: String)] = [
        ("\(run(70, of: "x"))_{YYYY}_{MM}", "_2025_03"),
        ("\(run(40, of: "ä")){YYYY}{MM}", "202503"),
        ("{YYYY}_{MM}_\(run(30, of: "日"))", "2025_03_"),
        ("a_{YYYY}_\(run(5, of: "👩‍👩‍👧"))_{MM}", "a_2025_"),
        ("\(run(40, of: "e\u{301}"))_{YYYY}_{MM}", "_2025_03"),
        ("ab{YYYY}\(run(58, of: "-"))cd{MM}", "ab2025-"),
    ]

    private static func run(_ count: Int, of character: Character) -> String {
        String(repeating: character, count: count)
    }

    @Test("Shortened to 63 bytes at a character's end, and never in the date", arguments: long)
    func shortens(pattern: String, keeps: String) throws {
        let naming = try #require(NamingPattern(pattern))
        let name = naming.name(for: CalendarInterval.month.days(from: day("2025-03-01")))
        #expect(name.utf8.count <= 63)
        // A character more would not fit: at most the longest one of these, 18 bytes, is lost.
        #expect(name.utf8.count > 63 - 18)
        #expect(name.contains("2025") && name.contains("03"))
        #expect(name.contains(keeps), "\(name)")
        let full = naming.pieces.map { piece in
            if case .literal(let text) = piece { text } else { "" }
        }.joined()
        #expect(name.filter { !("0"..."9").contains($0) }.allSatisfy(full.contains), "\(name) has half a character")
        #expect(naming.name(for: CalendarInterval.month.days(from: day("2025-04-01"))) != name)
    }
}
