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
        ] as [(String, String, String)])
    func renders(pattern: String, start: String, expected: String) throws {
        let naming = try #require(NamingPattern(pattern))
        #expect(naming.name(for: day(start)) == expected)
        #expect(naming.description == pattern)
    }

    @Test(
        "What is no pattern",
        arguments: ["plain", "t_{YYY}", "t_{YYYY", "t_YYYY}", "t_{}", "{yyyy}", "", "t_{YYYY}}"])
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
        ]
        for (text, intervals) in expected {
            let naming = try #require(NamingPattern(text))
            #expect(CalendarInterval.allCases.filter(naming.distinguishes) == intervals, "\(text)")
        }
    }

    @Test("No two periods of three years share a name where the pattern says so")
    func namesAreUnique() throws {
        for text in ["{YYYY}{MM}{DD}", "{YYYY}_{DDD}", "{YYYY}_{MM}", "{YY}q{Q}", "{YYYY}", "{IYYY}w{IW}"] {
            let naming = try #require(NamingPattern(text))
            for interval in CalendarInterval.allCases where naming.distinguishes(interval) {
                let first = interval.start(of: day("2023-12-20"))
                let names = (0..<1_100).prefix { interval.advance(first, by: $0) < day("2027-01-10") }
                    .map { naming.name(for: interval.advance(first, by: $0)) }
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
        let name = naming.name(for: day("2025-03-01"))
        #expect(name.utf8.count <= 63)
        // A character more would not fit: at most the longest one of these, 18 bytes, is lost.
        #expect(name.utf8.count > 63 - 18)
        #expect(name.contains("2025") && name.contains("03"))
        #expect(name.contains(keeps), "\(name)")
        let full = naming.pieces.map { piece in
            if case .literal(let text) = piece { text } else { "" }
        }.joined()
        #expect(name.filter { !("0"..."9").contains($0) }.allSatisfy(full.contains), "\(name) has half a character")
        #expect(naming.name(for: day("2025-04-01")) != name)
    }
}
