import CivilTime
import Maintenance
import Testing

@Suite("Partition gaps")
struct PartitionGapTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var partitions: [Partition]
        /// The finding's beginning; nil when there is no gap.
        var finding: String?
        /// What `fill_gaps` makes before the current period.
        var filled: [String]
    }

    private static func all(except removed: String..., count: Int = 14) -> [Partition] {
        months("t", from: "2025-01-01", count: count).filter { !removed.contains(String($0.name.name.dropFirst(7))) }
    }

    private static let cases: [Case] = [
        Case(testDescription: "none", partitions: all(), finding: nil, filled: []),
        Case(
            testDescription: "one between", partitions: all(except: "05"),
            finding: "1 month of 2025-05-01 has no partition", filled: ["t_2025_05"]),
        Case(
            testDescription: "two holes", partitions: all(except: "03", "04", "08"),
            finding: "3 months from 2025-03-01 to 2025-08-01 have no partition",
            filled: ["t_2025_03", "t_2025_04", "t_2025_08"]),
        Case(
            testDescription: "between the newest and now", partitions: all(count: 8),
            finding: "2 months from 2025-09-01 to 2025-10-01 have no partition", filled: ["t_2025_09", "t_2025_10"]),
        Case(
            testDescription: "the current one is no gap, nor is one to come",
            partitions: all(except: "11", "12", count: 12), finding: nil, filled: []),
        Case(
            testDescription: "held by a MINVALUE partition",
            partitions: all(count: 14).suffix(6) + [
                Partition(oid: 1, name: app("t_past"), lower: .minimum, upper: .at(utc("2025-09-01")))
            ], finding: nil, filled: []),
        Case(
            testDescription: "before a MAXVALUE partition",
            partitions: all(count: 3) + [
                Partition(oid: 1, name: app("t_rest"), lower: .at(utc("2025-05-01")), upper: .maximum)
            ],
            finding: "1 month of 2025-04-01 has no partition", filled: ["t_2025_04"]),
        Case(
            testDescription: "after years, with months",
            partitions: [part("t_2023", "2023-01-01", "2024-01-01")] + months("t", from: "2024-03-01", count: 24),
            finding: "2 months from 2024-01-01 to 2024-02-01 have no partition", filled: ["t_2024_01", "t_2024_02"]),
        Case(
            testDescription: "not whole months",
            partitions: [part("t_odd", "2024-12-01", "2024-12-20")] + all(),
            finding: "1 hole between partitions does not consist of whole months", filled: []),
    ]

    @Test("Gaps are counted, and filled only when asked to", arguments: cases)
    func countsAndFills(_ example: Case) {
        let scenario = Scenario(table("t", .date, example.partitions))
        var plan = scenario.plan()
        plan.work.findings.removeAll { $0.message.contains("without an end") }
        #expect(plan.findings.count == (example.finding == nil ? 0 : 1))
        #expect(plan.findings.first?.message.hasPrefix(example.finding ?? "") != false, "\(plan.findings)")
        #expect(plan.createdNames.allSatisfy { $0 >= "t_2025_11" }, "\(plan.createdNames)")

        let filling = scenario.configured(PartitionSetDefinition(table: app("t"), fillGaps: true))
        let filled = filling.plan()
        #expect(filled.createdNames == example.filled + plan.createdNames)
        #expect(filling.applying(filled).plan().partitionSteps.isEmpty)
        // The default for all sets does the same.
        var byDefault = scenario
        byDefault.definition.partitions.fillGaps = true
        #expect(byDefault.plan().createdNames == filled.createdNames)
    }

    @Test("Where rows of a gap go depends on the DEFAULT partition")
    func saysWhereRowsGo() {
        var set = table("t", .date, Self.all(except: "05"))
        #expect(Scenario(set).plan().findings.first?.message.contains("are refused by the server") == true)
        set.defaultPartition = app("t_default")
        #expect(Scenario(set).plan().findings.first?.message.contains("DEFAULT partition app.t_default") == true)
    }

    @Test("Gaps of Berlin months are filled with Berlin months")
    func fillsInAZone() {
        let winter = [
            part("t_2025_01", "2024-12-31 23:00:00", "2025-01-31 23:00:00"),
            part("t_2025_02", "2025-01-31 23:00:00", "2025-02-28 23:00:00"),
            part("t_2025_05", "2025-04-30 22:00:00", "2025-05-31 22:00:00"),
            part("t_2025_10", "2025-09-30 22:00:00", "2025-10-31 23:00:00"),
        ]
        let plan = Scenario(table("t", .timestamptz, winter), serverZone: "Europe/Berlin")
            .configured(PartitionSetDefinition(table: app("t"), premake: 0, fillGaps: true)).plan()
        #expect(
            plan.created.prefix(2) == [
                "t_2025_03 [2025-02-28 23:00:00+00, 2025-03-31 22:00:00+00)",
                "t_2025_04 [2025-03-31 22:00:00+00, 2025-04-30 22:00:00+00)",
            ])
        #expect(plan.createdNames.dropFirst(2) == ["t_2025_06", "t_2025_07", "t_2025_08", "t_2025_09", "t_2025_11"])
    }
}
