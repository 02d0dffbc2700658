import CivilTime
import Maintenance
import Testing

@Suite("Grid inference")
struct PartitionInferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var type: PartitionKeyType
        var serverZone: String
        var partitions: [(String, String, String)]
        /// Of the first new partition.
        var created: String
        var inference: String

        init(
            _ name: String, _ type: PartitionKeyType, in serverZone: String = "UTC",
            _ partitions: [(String, String, String)], created: String, inference: String
        ) {
            testDescription = name
            self.type = type
            self.serverZone = serverZone
            self.partitions = partitions
            self.created = created
            self.inference = inference
        }
    }

    /// Now is 2025-11-23 10:30 UTC, a Sunday.
    private static let cases: [Case] = [
        Case(
            "months in UTC", .timestamptz, [("t_2025_01", "2025-01-01", "2025-02-01")],
            created: "t_2025_11 [2025-11-01 00:00:00+00, 2025-12-01 00:00:00+00)",
            inference: "one partition a month, midnights in UTC"),
        Case(
            "months without a zone", .timestamp, in: "Europe/Berlin", [("t_2025_01", "2025-01-01", "2025-02-01")],
            created: "t_2025_11 [2025-11-01 00:00:00, 2025-12-01 00:00:00)",
            inference: "one partition a month, civil bounds"),
        Case(
            "days of a date key", .date, [("t_20250113", "2025-01-13", "2025-01-14")],
            created: "t_20251123 [2025-11-23, 2025-11-24)", inference: "one partition a day, civil bounds"),
        Case(
            "ISO weeks", .date, [("t_2025w01", "2024-12-30", "2025-01-06")],
            created: "t_2025w47 [2025-11-17, 2025-11-24)", inference: "one partition a week"),
        Case(
            "weeks from Sunday", .date, [("t_2025_03_09", "2025-03-09", "2025-03-16")],
            created: "t_2025_11_23 [2025-11-23, 2025-11-30)", inference: "shifted by 6 days"),
        Case(
            "quarters", .date, [("t_2024q4", "2024-10-01", "2025-01-01")],
            created: "t_2025q4 [2025-10-01, 2026-01-01)", inference: "one partition a quarter"),
        Case(
            "years", .date, [("t_2023", "2023-01-01", "2024-01-01")],
            created: "t_2025 [2025-01-01, 2026-01-01)", inference: "one partition a year"),
        Case(
            "months from the 15th", .date,
            [("t_2025_01_15", "2025-01-15", "2025-02-15"), ("t_2025_02_15", "2025-02-15", "2025-03-15")],
            created: "t_2025_11_15 [2025-11-15, 2025-12-15)", inference: "one partition a month, civil bounds, shifted"),
        Case(
            "days shifted by the offset of a zone without clock changes", .timestamptz,
            [
                ("t_2025_01_01", "2025-01-01 05:00:00", "2025-01-02 05:00:00"),
                ("t_2025_07_01", "2025-07-01 05:00:00", "2025-07-02 05:00:00"),
            ],
            created: "t_2025_11_23 [2025-11-23 05:00:00+00, 2025-11-24 05:00:00+00)", inference: "shifted by 5 hours"),
        Case(
            "Berlin midnights in winter, seen from a server in Berlin", .timestamptz, in: "Europe/Berlin",
            [("t_2025_01", "2024-12-31 23:00:00", "2025-01-31 23:00:00")],
            created: "t_2025_11 [2025-10-31 23:00:00+00, 2025-11-30 23:00:00+00)",
            inference: "midnights in Europe/Berlin"),
        Case(
            "Berlin months across the clock change", .timestamptz, in: "Europe/Berlin",
            [
                ("t_2025_03", "2025-02-28 23:00:00", "2025-03-31 22:00:00"),
                ("t_2025_10", "2025-09-30 22:00:00", "2025-10-31 23:00:00"),
            ],
            created: "t_2025_11 [2025-10-31 23:00:00+00, 2025-11-30 23:00:00+00)",
            inference: "midnights in Europe/Berlin"),
        Case(
            "UTC midnights on a server in Berlin", .timestamptz, in: "Europe/Berlin",
            [("t_2025_09", "2025-09-01", "2025-10-01"), ("t_2025_10", "2025-10-01", "2025-11-01")],
            created: "t_2025_11 [2025-11-01 00:00:00+00, 2025-12-01 00:00:00+00)", inference: "midnights in UTC"),
        Case(
            "London months, of which a summer tells the zone", .timestamptz, in: "Europe/London",
            [
                ("t_2024_08", "2024-07-31 23:00:00", "2024-08-31 23:00:00"),
                ("t_2024_11", "2024-11-01", "2024-12-01"), ("t_2024_12", "2024-12-01", "2025-01-01"),
            ],
            created: "t_2025_11 [2025-11-01 00:00:00+00, 2025-12-01 00:00:00+00)",
            inference: "midnights in Europe/London"),
        Case(
            "midnights of a zone that is UTC by another name for years", .timestamptz, in: "Africa/Abidjan",
            [("t_2025_09", "2025-09-01", "2025-10-01"), ("t_2025_10", "2025-10-01", "2025-11-01")],
            created: "t_2025_11 [2025-11-01 00:00:00+00, 2025-12-01 00:00:00+00)", inference: "midnights in UTC"),
        Case(
            "an old interval before two of the new one", .date,
            [
                ("t_2023", "2023-01-01", "2024-01-01"), ("t_2024_01", "2024-01-01", "2024-02-01"),
                ("t_2024_02", "2024-02-01", "2024-03-01"),
            ],
            created: "t_2025_11 [2025-11-01, 2025-12-01)",
            inference: "from the bounds of app.t_2024_01 and app.t_2024_02"),
        Case(
            "an old habit of naming before two of the new one", .date,
            [
                ("t_p3", "2025-03-01", "2025-04-01"), ("t_2025_04", "2025-04-01", "2025-05-01"),
                ("t_2025_05", "2025-05-01", "2025-06-01"),
            ],
            created: "t_2025_11 [2025-11-01, 2025-12-01)", inference: "named t_{YYYY}_{MM}, from 2 names"),
    ]

    @Test("Interval, zone and offset follow from the newest partitions", arguments: cases)
    func infers(_ example: Case) throws {
        let scenario = Scenario(
            table("t", example.type, example.partitions.map(part)), serverZone: example.serverZone)
        let plan = scenario.plan()
        #expect(plan.refusals.isEmpty)
        #expect(plan.created.first == example.created)
        #expect(plan.partitionSteps.count == 4)
        #expect(try #require(plan.inferences.first).message.contains(example.inference), "\(plan.inferences)")
    }

    struct Mismatch: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var serverZone = "UTC"
        var partitions: [(String, String, String)]
        var definition: PartitionSetDefinition?
        var reason: Refusal.Reason
        var explanation: String
    }

    /// Each from local midnight to local midnight.
    private static func newYorkMonths(_ months: ClosedRange<Int>) -> [(String, String, String)] {
        func midnight(_ month: Int) -> String {
            let summer = (4...11).contains((month - 1) % 12 + 1)
            return String(
                format: "%04d-%02d-01 0%d:00:00", 2024 + (month - 1) / 12, (month - 1) % 12 + 1, summer ? 4 : 5)
        }
        return months.map { month in
            let name = String(format: "t_%04d_%02d", 2024 + (month - 1) / 12, (month - 1) % 12 + 1)
            return (name, midnight(month), midnight(month + 1))
        }
    }

    private static let mismatches: [Mismatch] = [
        Mismatch(
            testDescription: "Berlin midnights on a server in UTC",
            partitions: [
                ("t_2025_03", "2025-02-28 23:00:00", "2025-03-31 22:00:00"),
                ("t_2025_10", "2025-09-30 22:00:00", "2025-10-31 23:00:00"),
            ], reason: .unknownInterval,
            explanation: "app.t_2025_10 [2025-09-30 22:00:00+00, 2025-10-31 23:00:00+00) do not span"),
        Mismatch(
            testDescription: "New York's midnights on a server in UTC, the newest of one offset",
            partitions: newYorkMonths(11...22), reason: .unknownInterval,
            explanation: "app.t_2025_10 [2025-10-01 04:00:00+00, 2025-11-01 04:00:00+00) do not span"),
        Mismatch(
            testDescription: "New York's midnights of one summer", partitions: newYorkMonths(17...22),
            reason: .unknownInterval, explanation: "do not span one day, week, month, quarter or year each in UTC"),
        Mismatch(
            testDescription: "London's midnights on a server in UTC, the newest in winter",
            partitions: [
                ("t_2025_08", "2025-07-31 23:00:00", "2025-08-31 23:00:00"),
                ("t_2025_11", "2025-11-01", "2025-12-01"), ("t_2025_12", "2025-12-01", "2026-01-01"),
            ], reason: .unknownZone,
            explanation: "at midnight in UTC, but not so app.t_2025_08 [2025-07-31 23:00:00+00, 2025-08-31 23:00:00+00)"
        ),
        Mismatch(
            testDescription: "a winter's midnights on a server in London", serverZone: "Europe/London",
            partitions: [("t_2025_11", "2025-11-01", "2025-12-01"), ("t_2025_12", "2025-12-01", "2026-01-01")],
            reason: .unknownZone,
            explanation: "its bounds are midnights in UTC and in Europe/London, which part on 2026-03-30"),
        Mismatch(
            testDescription: "ten days", partitions: [("t_1", "2025-01-01", "2025-01-11")], reason: .unknownInterval,
            explanation: "do not span one day, week, month, quarter or year each in UTC"),
        Mismatch(
            testDescription: "two intervals",
            partitions: [("t_2024", "2024-01-01", "2025-01-01"), ("t_2025_01", "2025-01-01", "2025-02-01")],
            reason: .unknownInterval, explanation: "do not span"),
        Mismatch(
            testDescription: "none yet", partitions: [], reason: .unknownInterval, explanation: "has no partition"),
        Mismatch(
            testDescription: "a zone that the bounds are not midnights of",
            partitions: [("t_2025_01", "2025-01-01", "2025-02-01")],
            definition: PartitionSetDefinition(table: app("t"), zone: "Asia/Tokyo"), reason: .unknownInterval,
            explanation: "in Asia/Tokyo"),
        Mismatch(
            testDescription: "a zone that there is not", partitions: [("t_2025_01", "2025-01-01", "2025-02-01")],
            definition: PartitionSetDefinition(table: app("t"), zone: "Europe/Atlantis"), reason: .unknownZone,
            explanation: "knows no time zone 'Europe/Atlantis'"),
        Mismatch(
            testDescription: "another interval that does not begin where the newest ends",
            partitions: [("t_2025_01", "2025-01-01", "2025-02-01")],
            definition: PartitionSetDefinition(
                table: app("t"), interval: .quarter, naming: NamingPattern("t_{YYYY}q{Q}")),
            reason: .unknownInterval, explanation: "do not span a quarter"),
        Mismatch(
            testDescription: "names that do not follow", partitions: [("current", "2025-01-01", "2025-02-01")],
            reason: .unknownNaming, explanation: "(current for 2025-01-01)"),
        Mismatch(
            testDescription: "a naming that gives several periods one name",
            partitions: [("t_20250101", "2025-01-01", "2025-01-02")],
            definition: PartitionSetDefinition(table: app("t"), naming: NamingPattern("t_{YYYY}_{MM}")),
            reason: .unknownNaming, explanation: "gives two periods of a day one name"),
    ]

    @Test("What does not fit is refused with what was found", arguments: mismatches)
    func refuses(_ example: Mismatch) throws {
        var scenario = Scenario(
            table("t", .timestamptz, example.partitions.map(part)), serverZone: example.serverZone)
        scenario.definition.partitionSets = example.definition.map { [$0] } ?? []
        let plan = scenario.plan()
        let refusal = try #require(plan.refusals.first)
        #expect(plan.steps.isEmpty && plan.refusals.count == 1)
        #expect(refusal.reason == example.reason)
        #expect(refusal.explanation.contains(example.explanation), "\(refusal.explanation)")
        #expect(refusal.cure.description.contains(#"partitions: {sets: [{table: "app.t", "#), "\(refusal.cure)")
        #expect(refusal.object == app("t"))
    }

    @Test("A table that takes rows without an end needs nothing, although nothing is understood")
    func leavesTheUnboundedAlone() {
        let all = Partition(oid: 1, name: app("t_all"), lower: .minimum, upper: .maximum)
        let plan = Scenario(table("t", .date, [all])).plan()
        #expect(plan.refusals.isEmpty && plan.steps.isEmpty)
        #expect(plan.findings.map(\.object) == [app("t")])
        #expect(plan.findings.first?.message.hasPrefix("its only partition app.t_all has no finite bounds") == true)
        #expect(plan.runways.first?.isUnbounded == true)
    }

    @Test("Where what has no finite bounds has ended, its table is refused, and the bounds are what is told")
    func refusesWithoutFiniteBounds() throws {
        let past = Partition(oid: 1, name: app("t_past"), lower: .minimum, upper: .at(utc("2025-01-01")))
        let far = Partition(oid: 2, name: app("t_far"), lower: .at(utc("2027-01-01")), upper: .maximum)
        let one = Scenario(table("t", .date, [past])).plan()
        #expect(one.refusalReasons == [.unknownInterval] && one.findings.isEmpty)
        #expect(
            try #require(one.refusals.first).explanation.contains("its only partition app.t_past has no finite bounds"))
        let two = Scenario(table("t", .date, [past, far])).plan()
        #expect(
            try #require(two.refusals.first).explanation.contains("its partitions app.t_past and app.t_far have no"))
    }

    @Test("The configured interval follows an older one from its last bound on")
    func changesTheInterval() {
        let old = table("t", .date, [part("t_2024", "2024-01-01", "2025-01-01")])
        let plan = Scenario(old).configured(
            PartitionSetDefinition(table: app("t"), interval: .month, naming: NamingPattern("t_{YYYY}m{MM}"))
        ).plan()
        #expect(plan.createdNames == ["t_2025m11", "t_2025m12", "t_2026m01", "t_2026m02"])
        #expect(plan.findings.map(\.message).first?.hasPrefix("10 months from 2025-01-01 to 2025-10-01") == true)
    }

    @Test("A configured set needs no partition to start from")
    func startsFromNothing() {
        let plan = Scenario(table("t", .timestamptz, [])).configured(
            PartitionSetDefinition(
                table: app("t"), interval: .month, zone: "Europe/Berlin", premake: 1,
                naming: NamingPattern("t_{YYYY}_{MM}"))
        ).plan()
        #expect(
            plan.created == [
                "t_2025_11 [2025-10-31 23:00:00+00, 2025-11-30 23:00:00+00)",
                "t_2025_12 [2025-11-30 23:00:00+00, 2025-12-31 23:00:00+00)",
            ])
    }

    struct Strange: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var strategy = PartitionedTable.Strategy.range
        var key = PartitionedTable.Key.column("created_at", type: "timestamp with time zone")
        var reason: Refusal.Reason
        var explanation: String
    }

    private static let strange: [Strange] = [
        Strange(testDescription: "hash", strategy: .hash, reason: .notRangePartitioned, explanation: "by HASH"),
        Strange(testDescription: "list", strategy: .list, reason: .notRangePartitioned, explanation: "by LIST"),
        Strange(
            testDescription: "two columns", key: .several("a, b"), reason: .severalKeyColumns,
            explanation: "several columns (a, b)"),
        Strange(
            testDescription: "expression", key: .expression("date_trunc('day', at)"), reason: .expressionKey,
            explanation: "date_trunc('day', at)"),
        Strange(
            testDescription: "bigint", key: .column("id", type: "bigint"), reason: .unsupportedKeyType,
            explanation: "its key id has the type bigint; one of timestamp with time zone"),
    ]

    @Test("Tables that follow no calendar are refused, and say how to silence it", arguments: strange)
    func refusesStrangeTables(_ example: Strange) throws {
        var odd = table("odd \"one\"", .timestamptz, months("t", from: "2025-09-01", count: 3))
        odd.strategy = example.strategy
        odd.key = example.key
        let fine = table("fine", .date, months("fine", from: "2025-09-01", count: 2), oid: 11)
        let plan = Scenario(odd, fine).plan()
        let refusal = try #require(plan.refusals.first)
        #expect(plan.refusals.count == 1)
        #expect(refusal.reason == example.reason)
        #expect(refusal.explanation.contains(example.explanation), "\(refusal.explanation)")
        #expect(
            refusal.cure.alternatives == [#"partitions: {sets: [{table: "app.\"odd \"\"one\"\"\"", enabled: false}]}"#])
        // The others go on.
        #expect(plan.partitionSteps.count == 4 && plan.partitionSteps.allSatisfy { $0.parent == app("fine") })
        #expect(plan.objectsInView == 2)
    }

    @Test("A table whose partitions are partitioned again is refused once, and its parts are left alone")
    func refusesSubpartitioned() {
        var parent = table("t", .date, months("t", from: "2025-09-01", count: 3))
        parent.partitions[2].isPartitioned = true
        parent.partitions[2].oid = 55
        var part = table("t_2025_11", .date, [part("t_2025_11_01", "2025-11-01", "2025-11-02")], oid: 55)
        part.isPartition = true
        let scenario = Scenario(parent, part)
        #expect(scenario.plan().refusalReasons == [.subpartitioned])
        #expect(scenario.plan().steps.isEmpty)
        // Named in the configuration, the part is tended.
        let named = scenario.configured(PartitionSetDefinition(table: app("t_2025_11"))).plan()
        #expect(named.partitionSteps.allSatisfy { $0.parent == app("t_2025_11") } && named.partitionSteps.count == 4)
    }
}
