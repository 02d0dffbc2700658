import CivilTime
import Maintenance
import Testing

/// Sets that have gone wrong, or that nothing could be told of, and what the configuration says of them then.
@Suite("Partition sets, healed")
struct PartitionHealingTests {
    /// New York's midnights in a database at UTC, continued in UTC as if the offset of summer were a constant.
    private static let wrong =
        Array(newYork.dropLast()) + [part("t_2025_11", "2025-11-01 04:00:00", "2025-12-01 04:00:00")]
    private static let newYork = [
        part("t_2025_08", "2025-08-01 04:00:00", "2025-09-01 04:00:00"),
        part("t_2025_09", "2025-09-01 04:00:00", "2025-10-01 04:00:00"),
        part("t_2025_10", "2025-10-01 04:00:00", "2025-11-01 04:00:00"),
        part("t_2025_11", "2025-11-01 04:00:00", "2025-12-01 05:00:00"),
    ]

    private func scenario(
        _ partitions: [Partition], _ type: PartitionKeyType = .timestamptz,
        _ change: (inout PartitionSetDefinition) -> Void
    ) -> Scenario {
        var set = PartitionSetDefinition(table: app("t"))
        change(&set)
        return Scenario(table("t", type, partitions)).configured(set)
    }

    @Test("A bound that is off by an hour is bridged together with the next period, which it is named after")
    func bridgesASliver() {
        let refused = scenario(Self.wrong) { $0.zone = "America/New_York" }
        #expect(refused.plan().refusalReasons == [.unknownInterval])
        let bridged = scenario(Self.wrong) { ($0.zone, $0.bridge) = ("America/New_York", true) }
        let plan = bridged.plan()
        #expect(
            plan.created == [
                "t_2025_12 [2025-12-01 04:00:00+00, 2026-01-01 05:00:00+00)",
                "t_2026_01 [2026-01-01 05:00:00+00, 2026-02-01 05:00:00+00)",
                "t_2026_02 [2026-02-01 05:00:00+00, 2026-03-01 05:00:00+00)",
            ])
        #expect(
            plan.steps.first?.reason
                == "bridges what is between the last bound and the grid, which goes on from 2026-01-01")
        // At any point, and afterwards without the word, nothing else is made.
        for count in 1...3 {
            var half = plan
            half.work.steps = Array(plan.steps.prefix(count))
            #expect(bridged.applying(half).plan().created == Array(plan.created.suffix(3 - count)))
        }
        var without = bridged.applying(plan)
        without.definition.partitionSets[0].bridge = false
        #expect(without.plan().refusals.isEmpty && without.plan().steps.isEmpty)
    }

    @Test("A bound within a period is bridged to its end, and the bridge is named after its first day")
    func bridgesTheRest() {
        let tens = [part("t_a", "2025-11-01", "2025-11-11"), part("t_b", "2025-11-11", "2025-11-21")]
        let bridged = scenario(tens, .date) {
            ($0.interval, $0.bridge, $0.naming) = (.month, true, NamingPattern("t_{YYYY}_{MM}_{DD}"))
        }
        #expect(
            bridged.plan().created == [
                "t_2025_11_21 [2025-11-21, 2025-12-01)", "t_2025_12_01 [2025-12-01, 2026-01-01)",
                "t_2026_01_01 [2026-01-01, 2026-02-01)", "t_2026_02_01 [2026-02-01, 2026-03-01)",
            ])
    }

    @Test("What ended long ago is bridged only when gaps are filled")
    func leavesThePast() {
        let old = [part("t_a", "2025-06-01", "2025-06-11"), part("t_b", "2025-06-11", "2025-06-21")]
        let bridged = scenario(old, .date) {
            ($0.interval, $0.bridge, $0.naming, $0.premake) = (.month, true, NamingPattern("t_{YYYY}_{MM}"), 0)
        }
        #expect(bridged.plan().createdNames == ["t_2025_11"])
        var filling = bridged
        filling.definition.partitionSets[0].fillGaps = true
        #expect(
            filling.plan().createdNames == [
                "t_2025_06", "t_2025_07", "t_2025_08", "t_2025_09", "t_2025_10", "t_2025_11",
            ])
        #expect(filling.plan().created.first == "t_2025_06 [2025-06-21, 2025-07-01)")
        #expect(filling.applying(filling.plan()).plan().steps.isEmpty)
    }

    @Test("A set on its grid is not bridged")
    func leavesTheGrid() {
        let plan = scenario(Self.newYork) { ($0.zone, $0.bridge) = ("America/New_York", true) }.plan()
        #expect(plan.created.first == "t_2025_12 [2025-12-01 05:00:00+00, 2026-01-01 05:00:00+00)")
    }

    @Test("A configured interval does not make the newest bound alone tell the zone")
    func needsAllBoundsForAConfiguredInterval() {
        // London's midnights, the newest in winter.
        let london = [
            part("t_2025_08", "2025-07-31 23:00:00", "2025-08-31 23:00:00"),
            part("t_2025_11", "2025-11-01", "2025-12-01"),
        ]
        let plan = scenario(london) { ($0.interval, $0.naming) = (.month, NamingPattern("t_{YYYY}_{MM}")) }.plan()
        #expect(plan.steps.isEmpty && plan.refusals.count == 1)
        let inUTC = scenario(london) {
            ($0.interval, $0.zone, $0.naming) = (.month, "UTC", NamingPattern("t_{YYYY}_{MM}"))
        }
        #expect(inUTC.plan().steps.count == 3)
    }

    @Test("A naming that calls another period by the name of a partition is refused")
    func refusesAContradictoryNaming() {
        // Named after the month in which they end.
        let ends = [
            part("t_2025_10", "2025-09-01", "2025-10-01"), part("t_2025_11", "2025-10-01", "2025-11-01"),
            part("t_2025_12", "2025-11-01", "2025-12-01"),
        ]
        let plan = scenario(ends, .date) { $0.naming = NamingPattern("t_{YYYY}_{MM}") }.plan()
        #expect(plan.steps.isEmpty && plan.refusalReasons == [.unknownNaming])
        #expect(
            plan.refusals.first?.explanation
                == "the naming t_{YYYY}_{MM} calls the month from 2025-12-01 app.t_2025_12, which is the partition of the "
                + "one from 2025-11-01")
        // Another habit, which no standing name contradicts.
        #expect(scenario(ends, .date) { $0.naming = NamingPattern("t_p{YYYY}_{MM}") }.plan().steps.count == 3)
    }

    @Test("A constant shift of a key without a zone has to be shown in both halves of a year, or said to be local")
    func doubtsAShiftOfACivilKey() {
        let days = [
            part("t_2025_06_01", "2025-06-01 04:00:00", "2025-06-02 04:00:00"),
            part("t_2025_06_02", "2025-06-02 04:00:00", "2025-06-03 04:00:00"),
        ]
        #expect(Scenario(table("t", .timestamp, days)).plan().refusalReasons == [.unknownInterval])
        #expect(scenario(days, .timestamp) { $0.zone = "UTC" }.plan().created.first?.contains("04:00:00, ") == true)
    }
}
