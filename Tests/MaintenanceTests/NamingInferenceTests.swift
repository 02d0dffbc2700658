import CivilTime
import Maintenance
import TestSupport
import Testing

@Suite("Naming inference")
struct NamingInferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var names: [(String, String)]
        var interval: CalendarInterval
        /// nil where it cannot be told.
        var pattern: String?
        var testDescription: String { "\(names.map(\.0).joined(separator: ", ")) by \(interval)" }

        /// For the periods of two years after the last one.
        var inferred: NamingInference {
            let partitions = names.map { (name: $0.0, days: interval.days(from: day($0.1))) }
            let last = partitions.last?.days.first ?? day("2025-01-01")
            let end = CalendarInterval.year.advance(last, by: 2)
            let wanted = (1...interval.count(from: last, to: end)).map {
                interval.days(from: interval.advance(last, by: $0))
            }
            return NamingPattern.inferred(from: partitions, older: [], wanted: wanted, interval: interval)
        }

        init(_ interval: CalendarInterval, _ pattern: String?, _ names: (String, String)...) {
            self.names = names
            self.interval = interval
            self.pattern = pattern
        }
    }

    private static let cases: [Case] = [
        Case(.month, "audit_log_{YYYY}_{MM}", ("audit_log_2025_03", "2025-03-01")),
        Case(.month, "t_y{YYYY}m{MM}", ("t_y2025m03", "2025-03-01")),
        Case(.month, "t_p{YYYY}_{MM}", ("t_p2025_03", "2025-03-01")),
        Case(.month, "t_{YYYY}{MM}", ("t_202503", "2025-03-01")),
        Case(.month, "t_{YY}_{MM}", ("t_25_03", "2025-03-01")),
        Case(.month, "t_{MM}_{YYYY}", ("t_03_2025", "2025-03-01")),
        Case(.day, "t_p{YYYY}{MM}{DD}", ("t_p20250309", "2025-03-09")),
        Case(.day, "t_{YYYY}_{DDD}", ("t_2025_068", "2025-03-09")),
        Case(.day, "t_{DD}.{MM}.{YYYY}", ("t_09.03.2025", "2025-03-09")),
        Case(.week, "t_{IYYY}_w{IW}", ("t_2025_w09", "2025-02-24")),
        Case(.week, "t_{IYYY}_w{IW}", ("t_2025_w01", "2024-12-30"), ("t_2025_w02", "2025-01-06")),
        Case(.week, "t_{YYYY}_{MM}_{DD}", ("t_2025_02_24", "2025-02-24"), ("t_2025_03_03", "2025-03-03")),
        Case(.quarter, "t_{YYYY}q{Q}", ("t_2025q1", "2025-01-01"), ("t_2025q2", "2025-04-01")),
        Case(.quarter, "t_{YYYY}_{MM}", ("t_2025_04", "2025-04-01")),
        Case(.year, "t_{YYYY}", ("t_2025", "2025-01-01")),
        Case(.month, "My \"Log\" {YYYY}-{MM}", ("My \"Log\" 2025-03", "2025-03-01")),
        Case(.month, "журнал_{YYYY}年{MM}月", ("журнал_2025年03月", "2025-03-01")),
        Case(.month, "line\nbreak {YYYY} {MM}", ("line\nbreak 2025 03", "2025-03-01")),
        // Digits that belong to the table's name, as the second of two names shows.
        Case(.month, "v2_events_{YYYY}_{MM}", ("v2_events_2025_03", "2025-03-01")),
        Case(.quarter, "v2_events_{YYYY}q{Q}", ("v2_events_2025q2", "2025-04-01"), ("v2_events_2025q3", "2025-07-01")),
        Case(
            .month, "log_2025_{YYYY}_{MM}", ("log_2025_2025_03", "2025-03-01"), ("log_2025_2026_03", "2026-03-01")),
        Case(
            .month, "audit_03_{YYYY}_{MM}", ("audit_03_2025_03", "2025-03-01"), ("audit_03_2025_04", "2025-04-01")),
        Case(.year, "log_2025_{YYYY}", ("log_2025_2025", "2025-01-01"), ("log_2025_2026", "2026-01-01")),
        Case(.day, "t_{DD}_{MM}_{YYYY}", ("t_01_01_2025", "2025-01-01"), ("t_02_01_2025", "2025-01-02")),
        Case(.day, "t_{MM}_{DD}_{YYYY}", ("t_01_01_2025", "2025-01-01"), ("t_01_02_2025", "2025-01-02")),
        // Without zeros in front.
        Case(.month, "t_{YYYY}_{FMMM}", ("t_2026_8", "2026-08-01"), ("t_2026_11", "2026-11-01")),
        Case(.month, "t_{YYYY}_{MM}", ("t_2026_08", "2026-08-01"), ("t_2026_11", "2026-11-01")),
        Case(.month, "t_{YYYY}_{FMMM}", ("t_2025_3", "2025-03-01")),
        Case(.day, "t_{YYYY}_{FMMM}_{FMDD}", ("t_2026_8_31", "2026-08-31"), ("t_2026_9_1", "2026-09-01")),
        Case(.week, "t_{IYYY}w{FMIW}", ("t_2025w9", "2025-02-24"), ("t_2025w10", "2025-03-03")),
        // Months by name.
        Case(.month, "{mon}{YYYY}", ("nov2026", "2026-11-01")),
        Case(.month, "{YYYY}_{mon}", ("2026_nov", "2026-11-01")),
        Case(.month, "t_{Month}_{YY}", ("t_November_26", "2026-11-01")),
        Case(.month, "t_{MON}{YYYY}", ("t_MAY2026", "2026-05-01"), ("t_JUN2026", "2026-06-01")),
        Case(.month, "research_{YYYY}_{MM}", ("research_2026_03", "2026-03-01")),
        // Both ends.
        Case(
            .month, "t_{YYYY}{MM}{DD}_{end:YYYY}{end:MM}{end:DD}", ("t_20260801_20260901", "2026-08-01"),
            ("t_20260901_20261001", "2026-09-01")),
        Case(
            .month, "one_{YYYY}{MM}{DD}_{last:YYYY}{last:MM}{last:DD}", ("one_20260901_20260930", "2026-09-01"),
            ("one_20261001_20261031", "2026-10-01")),
        Case(
            .day, "t_{YYYY}_{MM}_{DD}_to_{end:YYYY}_{end:MM}_{end:DD}", ("t_2025_11_30_to_2025_12_01", "2025-11-30"),
            ("t_2025_12_31_to_2026_01_01", "2025-12-31"), ("t_2026_01_01_to_2026_01_02", "2026-01-01")),
        Case(
            .month, "t_{YYYY}_{MM}_to_{end:YYYY}_{end:MM}", ("t_2026_05_to_2026_06", "2026-05-01"),
            ("t_2026_06_to_2026_07", "2026-06-01"), ("t_2026_07_to_2026_08", "2026-07-01")),
        // 1 and 11 side by side could be 11 and 1, so that nobody means these.
        Case(.day, "t_p{YYYY}{MM}{DD}", ("t_p20261112", "2026-11-12"), ("t_p20261113", "2026-11-13")),
        Case(
            .year, "t_{YYYY}_{end:YYYY}", ("t_2025_2026", "2025-01-01"), ("t_2026_2027", "2026-01-01")),
    ]

    @Test("The pattern follows from names and bounds", arguments: cases)
    func infers(_ example: Case) throws {
        let expected = try #require(NamingPattern(example.pattern ?? ""))
        guard case .pattern(let pattern) = example.inferred else {
            Issue.record("\(example.inferred)")
            return
        }
        #expect(pattern.description == expected.description)
    }

    private static let refused: [Case] = [
        // One name with several readings.
        Case(.month, nil, ("x_2025_03_2025_03", "2025-03-01")),
        Case(.month, nil, ("t_2025_01_01", "2025-01-01")),
        Case(.month, nil, ("01_01_2025", "2025-01-01")),
        Case(.day, nil, ("t_2025_01_01", "2025-01-01")),
        Case(.day, nil, ("t_01_01_2025", "2025-01-01")),
        Case(.month, nil, ("one_20261101_20261130", "2026-11-01")),
        Case(.month, nil, ("t_2025_10", "2025-10-01")),
        Case(.month, nil, ("t_2025_10", "2025-10-01"), ("t_2025_11", "2025-11-01"), ("t_2025_12", "2025-12-01")),
        Case(.month, nil, ("log_2025_2025_03", "2025-03-01")),
        Case(.year, nil, ("log_2025_2025", "2025-01-01")),
        Case(.month, nil, ("t_may2026", "2026-05-01")),
        // What no pattern renders.
        Case(.month, nil, ("t_2025_04", "2025-03-01")),
        Case(.month, nil, ("t_current", "2025-03-01")),
        Case(.month, nil, ("t_2025", "2025-03-01")),
        Case(.month, nil, ("a_2025_03", "2025-03-01"), ("b_2025_04", "2025-04-01")),
        Case(.day, nil, ("t_2025_03", "2025-03-01")),
        Case(.month, nil, ("t_20250", "2025-03-01")),
        Case(.month, nil),
    ]

    @Test("Where names can be read in two ways, or not at all, nothing is guessed", arguments: refused)
    func refuses(_ example: Case) {
        if case .pattern(let pattern) = example.inferred { Issue.record("read as \(pattern)") }
    }

    @Test("What stands for longer decides between two readings, unless it has none of them")
    func asksTheOlder() {
        func names(_ texts: [(String, String)]) -> [NamingPattern.Named] {
            texts.map { (name: $0.0, days: CalendarInterval.month.days(from: day($0.1))) }
        }
        let newest = names([("t_2026_10", "2026-10-01"), ("t_2026_11", "2026-11-01")])
        func inferred(_ older: [(String, String)]) -> NamingInference {
            NamingPattern.inferred(
                from: newest, older: names(older), wanted: [CalendarInterval.month.days(from: day("2027-01-01"))],
                interval: .month)
        }
        let padded = NamingPattern("t_{YYYY}_{MM}").map(NamingInference.pattern)
        let plain = NamingPattern("t_{YYYY}_{FMMM}").map(NamingInference.pattern)
        #expect(inferred([("t_2026_09", "2026-09-01")]) == padded)
        #expect(inferred([("t_2026_9", "2026-09-01")]) == plain)
        // The newer one of two habits.
        #expect(inferred([("old", "2026-09-01"), ("t_2026_8", "2026-08-01"), ("t_2026_07", "2026-07-01")]) == plain)
        #expect(inferred([("old_2026_09", "2026-09-01")]).isAmbiguous)
    }

    @Test("What agrees today and parts within a year is told beforehand")
    func foreseesTheRefusal() throws {
        // A fortnight of November, of which no name has a zero in front.
        let days = (14...27).map { part("t_2025_11_\($0)", "2025-11-\($0)", "2025-11-\($0 + 1)") }
        let plan = Scenario(table("t", .date, days)).plan()
        #expect(plan.createdNames == [] || plan.refusals.isEmpty, "\(plan.refusals)")
        #expect(
            plan.findings.contains {
                $0.message.hasPrefix(
                    "its names can be read as t_{YYYY}_{MM}_{DD} and as t_{YYYY}_{FMMM}_{FMDD}, which part on 2025-12-01"
                )
            }, "\(plan.findings)")
        let padded = Scenario(table("t", .date, days + [part("t_2025_11_09", "2025-11-09", "2025-11-10")])).plan()
        #expect(!padded.findings.contains { $0.message.contains("can be read as") }, "\(padded.findings)")
    }

    @Test("A name of nothing but digits does not run away")
    func boundsTheReadings() {
        let name = Array(repeating: "2025_03_01", count: 6).joined(separator: "_")
        #expect(Case(.month, nil, (name, "2025-03-01")).inferred == .unknown)
    }

    @Test("A pattern that is inferred gives all names as they stand, and those that are wanted as they go on")
    func rendersWhatItRead() throws {
        let seed = Seeded().seed
        var generator = Seeded(seed: seed)
        let patterns: [(String, [CalendarInterval])] = [
            ("{YYYY}_{MM}", [.month, .quarter]), ("y{YYYY}m{MM}", [.month]), ("{YYYY}{MM}{DD}", [.day, .week, .month]),
            ("{YYYY}q{Q}", [.quarter]), ("{IYYY}_w{IW}", [.week]), ("{YY}_{MM}", [.month]), ("{YYYY}", [.year]),
            ("{YYYY}_{DDD}", [.day]), ("{MM}-{YYYY}", [.month]), ("{YYYY}_{FMMM}", [.month, .quarter]),
            ("{YYYY}_{FMMM}_{FMDD}", [.day, .week]), ("{IYYY}w{FMIW}", [.week]), ("{YYYY}_{FMDDD}", [.day]),
            ("{mon}{YYYY}", [.month, .quarter]), ("{YYYY}_{Month}", [.month]), ("{MONTH} {YY}", [.month]),
            ("{YYYY}{MM}{DD}_{end:YYYY}{end:MM}{end:DD}", [.day, .week, .month]),
            ("{YYYY}_{MM}_{last:YYYY}_{last:MM}", [.quarter]), ("{YYYY}{MM}{DD}-{last:DD}", [.week, .month]),
        ]
        let prefixes = ["t_", "v2_events_", "log_2025_", "日誌 ", "a\"b ", "1_", "x_03_", "p_", "research_", "may_"]
        var (read, refused) = (0, 0)
        for _ in 0..<1_000 {
            let (tail, intervals) = try #require(patterns.randomElement(using: &generator))
            let interval = try #require(intervals.randomElement(using: &generator))
            let prefix = try #require(prefixes.randomElement(using: &generator))
            let naming = try #require(NamingPattern(prefix + tail))
            let first = interval.start(of: CivilDate(daysSinceEpoch: .random(in: 0...40_000, using: &generator)))
            let count = Int.random(in: 1...24, using: &generator)
            let periods = (0..<count + 12).map { interval.days(from: interval.advance(first, by: $0)) }
            let siblings = periods.prefix(count).map { (name: naming.name(for: $0), days: $0) }
            let inferred = NamingPattern.inferred(
                from: siblings.suffix(12), older: siblings.dropLast(12).reversed(),
                wanted: Array(periods.dropFirst(count)), interval: interval)
            guard case .pattern(let pattern) = inferred else {
                refused += 1
                // Two years tell all there is to tell of months.
                #expect(count < 24 || interval == .day || interval == .week, "seed \(seed): \(siblings) \(inferred)")
                continue
            }
            read += 1
            for days in periods {
                #expect(pattern.name(for: days) == naming.name(for: days), "seed \(seed): \(naming) as \(pattern)")
            }
        }
        #expect(read > 500 && refused > 0, "seed \(seed): \(read) read, \(refused) refused")
    }
}

extension NamingInference {
    fileprivate var isAmbiguous: Bool { if case .ambiguous = self { true } else { false } }
}
