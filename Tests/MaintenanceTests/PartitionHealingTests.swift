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
        let bridged = scenario(Self.wrong) {
            ($0.zone, $0.interval, $0.bridge) = ("America/New_York", .month, true)
        }
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
        // What follows would end the set on its grid, and the hole before it stay for good.
        #expect(plan.steps.dropFirst().allSatisfy { $0.requires.map(\.key) == [plan.steps[0].key] })
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

    @Test("Behind a bridge that cannot be made nothing is made")
    func waitsForTheBridge() {
        var taken = scenario(Self.wrong) { ($0.zone, $0.interval, $0.bridge) = ("America/New_York", .month, true) }
        taken.takenNames = [app("t_2025_12")]
        #expect(taken.plan().steps.isEmpty && taken.plan().refusalReasons == [.nameTaken])
        var detached = Self.wrong
        detached[detached.endIndex - 1].isDetachPending = true
        let plan = scenario(detached) { ($0.zone, $0.interval, $0.bridge) = ("America/New_York", .month, true) }.plan()
        #expect(plan.steps.isEmpty && plan.refusalReasons == [.overlap])
        #expect(plan.refusals.first?.cure == .statement("ALTER TABLE app.t DETACH PARTITION app.t_2025_11 FINALIZE"))
    }

    @Test("Where a partition has the name of the rest already, the bridge takes the next period as well")
    func bridgesPastATakenName() {
        let half = [
            part("t_2025_09", "2025-09-01", "2025-10-01"), part("t_2025_10", "2025-10-01", "2025-11-01"),
            part("t_2025_11", "2025-11-01", "2025-11-15"),
        ]
        let bridged = scenario(half, .date) { ($0.interval, $0.bridge, $0.premake) = (.month, true, 1) }
        #expect(bridged.plan().created == ["t_2025_12 [2025-11-15, 2026-01-01)"])
        #expect(bridged.applying(bridged.plan()).plan().steps.isEmpty)
    }

    @Test("What a bridge leaves out before the bound that it begins at is refused")
    func namesTheHoleBeforeABridge() {
        let odd = [
            part("t_2025_10", "2025-10-01", "2025-11-01"), part("t_2025_11", "2025-11-01", "2025-12-01"),
            part("t_odd", "2025-12-10", "2025-12-20"),
        ]
        let plan = scenario(odd, .date) {
            ($0.interval, $0.bridge, $0.naming, $0.premake) = (.month, true, NamingPattern("t_{YYYY}_{MM}"), 1)
        }.plan()
        #expect(plan.created == ["t_2025_12 [2025-12-20, 2026-01-01)"])
        #expect(plan.refusalReasons == [.overlap])
        #expect(
            plan.refusals.first?.explanation.hasPrefix("a part of [2025-12-01, 2025-12-20) has no partition") == true)
    }

    @Test("A partition that is partitioned itself and has no partition takes no row")
    func countsNoEmptyParent() {
        var set = table("t", .date, months("t", from: "2025-09-01", count: 5))
        set.defaultPartition = app("t_rest")
        set.partitions[3].isEmpty = true
        let now = Instant(midnightOf: day("2025-11-23"))
        #expect(set.runway(at: now, isZoned: false).until == utc("2025-12-01"))
        set.partitions[2].isEmpty = true
        let runway = set.runway(at: now, isZoned: false)
        #expect(runway.until == nil && runway.defaultPartition == nil && runway.level() == .critical)
    }

    @Test("A DEFAULT partition that is partitioned itself is no set of its own")
    func leavesTheDefault() {
        var parent = table("t", .date, months("t", from: "2025-08-01", count: 3))
        parent.defaultPartition = app("t_rest")
        let rest = table("t_rest", .date, months("t_rest", from: "2020-01-01", count: 3), oid: 11)
        #expect(Scenario(parent, rest).plan().partitionSteps.allSatisfy { $0.parent == app("t") })
    }

    @Test("Bounds beyond every calendar are not asked about")
    func leavesTheFreaks() throws {
        let freak = part("t_old", "0001-01-01", "0002-01-01")
        var partitions = months("t", from: "2025-08-01", count: 3) + [freak]
        partitions.append(
            Partition(
                oid: 1, name: app("t_bc"),
                lower: .at(utc("0001-01-01").adding(microseconds: -400 * 86_400_000_000_000)),
                upper: .at(utc("0001-01-01").adding(microseconds: -86_400_000_000))))
        var scenario = Scenario(table("t", .timestamptz, partitions), serverZone: "Europe/Berlin")
        scenario.definition.partitions.fillGaps = true
        let questions = try #require(
            ZoneQuestions(
                definition: scenario.definition, tables: scenario.tables,
                server: ServerFacts(
                    versionNumber: 180_000, database: "d", role: "r", timeZone: "Europe/Berlin", isStandby: false),
                now: scenario.now))
        #expect(questions.instants.allSatisfy { $0 >= utc("0001-01-01") } && questions.firstDay.year >= 0)
    }

    @Test("A set on its grid is not bridged")
    func leavesTheGrid() {
        let plan = scenario(Self.newYork) {
            ($0.zone, $0.interval, $0.bridge) = ("America/New_York", .month, true)
        }.plan()
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
