import CivilTime
import Maintenance
import TestSupport
import Testing

@Suite("Naming inference")
struct NamingInferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var names: [(String, String)]
        var interval: CalendarInterval
        /// nil: it cannot be told.
        var pattern: String?
        var testDescription: String { "\(names.map(\.0).joined(separator: ", ")) by \(interval)" }

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
        Case(.week, "t_{YYYY}_{MM}_{DD}", ("t_2025_02_24", "2025-02-24")),
        Case(.quarter, "t_{YYYY}q{Q}", ("t_2025q1", "2025-01-01")),
        Case(.quarter, "t_{YYYY}_{MM}", ("t_2025_04", "2025-04-01")),
        Case(.year, "t_{YYYY}", ("t_2025", "2025-01-01")),
        Case(.month, "My \"Log\" {YYYY}-{MM}", ("My \"Log\" 2025-03", "2025-03-01")),
        Case(.month, "журнал_{YYYY}年{MM}月", ("журнал_2025年03月", "2025-03-01")),
        Case(.month, "line\nbreak {YYYY} {MM}", ("line\nbreak 2025 03", "2025-03-01")),
        // Digits that belong to the table's name.
        Case(.month, "v2_events_{YYYY}_{MM}", ("v2_events_2025_03", "2025-03-01")),
        Case(.quarter, "v2_events_{YYYY}q{Q}", ("v2_events_2025q2", "2025-04-01")),
        Case(.month, "log_2025_{YYYY}_{MM}", ("log_2025_2025_03", "2025-03-01")),
        Case(.month, "audit_03_{YYYY}_{MM}", ("audit_03_2025_03", "2025-03-01")),
        Case(.month, "x_2025_03_{YYYY}_{MM}", ("x_2025_03_2025_03", "2025-03-01")),
        Case(.year, "log_2025_{YYYY}", ("log_2025_2025", "2025-01-01")),
        // One name with several readings.
        Case(.month, "t_{YYYY}_{MM}_01", ("t_2025_01_01", "2025-01-01")),
        Case(.month, "01_{MM}_{YYYY}", ("01_01_2025", "2025-01-01")),
        Case(.day, "t_{YYYY}_{MM}_{DD}", ("t_2025_01_01", "2025-01-01")),
        Case(.day, nil, ("t_01_01_2025", "2025-01-01")),
        Case(.day, "t_{DD}_{MM}_{YYYY}", ("t_01_01_2025", "2025-01-01"), ("t_02_01_2025", "2025-01-02")),
        Case(.day, "t_{MM}_{DD}_{YYYY}", ("t_01_01_2025", "2025-01-01"), ("t_01_02_2025", "2025-01-02")),
        // What no pattern renders.
        Case(.month, nil, ("t_2025_04", "2025-03-01")),
        Case(.month, nil, ("t_current", "2025-03-01")),
        Case(.month, nil, ("t_2025", "2025-03-01")),
        Case(.month, nil, ("t_2025_3", "2025-03-01")),
        Case(.month, nil, ("a_2025_03", "2025-03-01"), ("b_2025_04", "2025-04-01")),
        Case(.day, nil, ("t_2025_03", "2025-03-01")),
        Case(.month, nil, ("t_20250", "2025-03-01")),
        Case(.month, nil),
    ]

    @Test("The pattern follows from names and first days", arguments: cases)
    func infers(_ example: Case) {
        let partitions = example.names.map { (name: $0.0, start: day($0.1)) }
        let pattern = NamingPattern.inferred(from: partitions, interval: example.interval)
        #expect(pattern?.description == example.pattern)
    }

    @Test("A name of nothing but digits does not run away")
    func boundsTheReadings() {
        let name = Array(repeating: "2025_03_01", count: 6).joined(separator: "_")
        #expect(NamingPattern.inferred(from: [(name: name, start: day("2025-03-01"))], interval: .month) == nil)
    }

    @Test("The inferred pattern renders every name it was inferred from", arguments: [Seeded().seed])
    func rendersWhatItRead(seed: UInt64) throws {
        var generator = Seeded(seed: seed)
        let patterns: [(String, [CalendarInterval])] = [
            ("{YYYY}_{MM}", [.month, .quarter]), ("y{YYYY}m{MM}", [.month]), ("{YYYY}{MM}{DD}", [.day, .week, .month]),
            ("{YYYY}q{Q}", [.quarter]), ("{IYYY}_w{IW}", [.week]), ("{YY}_{MM}", [.month]), ("{YYYY}", [.year]),
            ("{YYYY}_{DDD}", [.day]), ("{MM}-{YYYY}", [.month]),
        ]
        let prefixes = ["t_", "v2_events_", "log_2025_", "日誌 ", "a\"b ", "1_", "x_03_", "p"]
        for _ in 0..<1_000 {
            let (tail, intervals) = try #require(patterns.randomElement(using: &generator))
            let interval = try #require(intervals.randomElement(using: &generator))
            let prefix = try #require(prefixes.randomElement(using: &generator))
            let naming = try #require(NamingPattern(prefix + tail))
            let first = interval.start(
                of: CivilDate(daysSinceEpoch: .random(in: 0...40_000, using: &generator)))
            let siblings = (0..<Int.random(in: 1...24, using: &generator)).map { index in
                let start = interval.advance(first, by: index)
                return (name: naming.name(for: start), start: start)
            }
            let inferred = NamingPattern.inferred(from: siblings, interval: interval)
            #expect(inferred != nil, "seed \(seed): \(siblings.map(\.name))")
            for sibling in siblings {
                #expect(inferred?.name(for: sibling.start) == sibling.name, "seed \(seed): \(sibling)")
            }
        }
    }
}
