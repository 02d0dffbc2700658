import CivilTime
import Foundation
import Maintenance
import Settings
import TestSupport
import Testing

/// What is printed as the cure of a refused set is put into a configuration file as it stands, and read from there.
@Suite("Cures of partition sets")
struct PartitionCureTests {
    /// The definition of the database that the configuration has with it.
    private func configured(_ scenario: Scenario, _ line: String) throws -> Scenario {
        let text = """
            databases:
              - name: shop
                conninfo: dbname=shop
                schemas: [app]
                \(line)
            """
        let loaded = try Settings.load(flags: FlagOverrides(), environment: [:], defaultFile: "pgtend.yaml") {
            (_) throws(ConfigurationFile.Failure) in ConfigurationFile(bytes: Array(text.utf8))
        }
        var cured = scenario
        cured.definition.partitionSets = try #require(loaded.configuration.databases.first).partitionSets
        return cured
    }

    /// - Returns: whether it was refused for something that the configuration can say.
    @discardableResult
    private func apply(_ scenario: Scenario, _ remark: String) throws -> Bool {
        let plan = scenario.plan()
        for refusal in plan.refusals where refusal.cure.kind == .configuration {
            for line in refusal.cure.alternatives {
                let cured = try configured(scenario, line).plan()
                #expect(cured.refusals.isEmpty, "\(remark): \(refusal): \(line): \(cured.refusals)")
                let isTended = !line.contains("enabled: false")
                #expect(cured.objectsInView == (isTended ? 1 : 0), "\(remark): \(line)")
                // Nothing that is planned overlaps, and the period that holds now has its partition.
                let runway = scenario.applying(cured).plan().runways.first
                #expect(!isTended || runway?.until != nil || runway?.isUnbounded == true, "\(remark): \(line)")
            }
        }
        return plan.refusals.contains { $0.cure.kind == .configuration }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var type = PartitionKeyType.timestamptz
        var zone = "UTC"
        var table = "t"
        var definition: PartitionSetDefinition?
        var partitions: [(String, String, String)]
        /// The first one of what is printed.
        var cure: String
    }

    private static let cases: [Case] = [
        Case(
            testDescription: "no partition yet", partitions: [],
            cure: #"{table: "app.t", interval: month, naming: "t_{YYYY}_{MM}"}"#),
        Case(
            testDescription: "no partition yet, where sessions are in London", zone: "Europe/London", partitions: [],
            cure: #"{table: "app.t", interval: month, zone: "UTC", naming: "t_{YYYY}_{MM}"}"#),
        Case(
            testDescription: "a table with quotes in its name", table: "my \"log\"\n", partitions: [],
            cure: #"{table: "app.\"my \"\"log\"\"\n\"", interval: month, naming: "my \"log\"\n_{YYYY}_{MM}"}"#),
        Case(
            testDescription: "months that can be read in two ways", type: .date,
            partitions: [("t_2025_10", "2025-10-01", "2025-11-01"), ("t_2025_11", "2025-11-01", "2025-12-01")],
            cure: #"{table: "app.t", naming: "t_{YYYY}_{MM}"}"#),
        Case(
            testDescription: "names that follow from nothing", type: .date,
            partitions: [("a", "2025-09-01", "2025-10-01"), ("b", "2025-10-01", "2025-11-01")],
            cure: #"{table: "app.t", naming: "t_{YYYY}_{MM}"}"#),
        Case(
            testDescription: "names of which the likeliest pattern is taken", type: .date,
            partitions: [("t_2025_11", "2025-09-01", "2025-10-01"), ("t_2025_12", "2025-10-01", "2025-11-01")],
            cure: #"{table: "app.t", naming: "t_p{YYYY}_{MM}"}"#),
        Case(
            testDescription: "ten days", type: .date,
            partitions: [("t_2025_11_01", "2025-11-01", "2025-11-11"), ("t_2025_11_11", "2025-11-11", "2025-11-21")],
            cure: #"{table: "app.t", interval: day, naming: "t_{YYYY}_{MM}_{DD}"}"#),
        Case(
            testDescription: "ten days that end off every other boundary", type: .timestamp,
            partitions: [("t_a", "2025-11-01 03:00:00", "2025-11-11 03:00:00")],
            cure: #"{table: "app.t", interval: week, naming: "t_{IYYY}_w{IW}", bridge: true}"#),
        Case(
            testDescription: "months of which the last ends within one", type: .date,
            partitions: [
                ("t_2025_09", "2025-09-01", "2025-10-01"), ("t_2025_10", "2025-10-01", "2025-11-01"),
                ("t_2025_11", "2025-11-01", "2025-11-15"),
            ], cure: #"{table: "app.t", interval: month, bridge: true}"#),
        Case(
            testDescription: "bounds a second before midnight", type: .timestamp,
            partitions: [
                ("t_2025_10", "2025-10-01 00:00:00", "2025-10-31 23:59:59"),
                ("t_2025_11", "2025-11-01 00:00:00", "2025-11-30 23:59:59"),
            ], cure: #"{table: "app.t", interval: month, naming: "t_{YYYY}_{MM}", bridge: true}"#),
        Case(
            testDescription: "New York's months in a database at UTC",
            partitions: [
                ("t_2025_08", "2025-08-01 04:00:00", "2025-09-01 04:00:00"),
                ("t_2025_11", "2025-11-01 04:00:00", "2025-12-01 05:00:00"),
            ], cure: #"{table: "app.t", zone: "America/Detroit"}"#),
        Case(
            testDescription: "London's winter where sessions are in London", zone: "Europe/London",
            partitions: [("t_2025_09", "2025-01-01", "2025-02-01"), ("t_2025_02", "2025-02-01", "2025-03-01")],
            cure: #"{table: "app.t", zone: "UTC", naming: "t_{YYYY}_{MM}"}"#),
        Case(
            testDescription: "a constant offset that the names show as a zone's",
            partitions: (1...8).map { month in
                let last = utc(String(format: "2025-%02d-01 00:00:00", month)).adding(microseconds: -3_600_000_000)
                let next = utc(String(format: "2025-%02d-01 00:00:00", month + 1)).adding(microseconds: -3_600_000_000)
                return (
                    String(format: "t_2025_%02d", month), String(last.description.prefix(19)),
                    String(next.description.prefix(19))
                )
            }, cure: #"{table: "app.t", zone: "Africa/"#),
        Case(
            testDescription: "a configured interval that does not begin where the newest ends", type: .date,
            definition: PartitionSetDefinition(table: app("t"), interval: .quarter, premake: 1),
            partitions: [("t_2025_09", "2025-09-01", "2025-10-01"), ("t_2025_11", "2025-10-01", "2025-11-01")],
            cure: #"{table: "app.t", interval: month, premake: 1, naming: "t_p{YYYY}_{MM}"}"#),
        Case(
            testDescription: "a zone that the server does not know",
            definition: PartitionSetDefinition(table: app("t"), zone: "Europe/Atlantis"),
            partitions: [("t_2025_09", "2025-09-01", "2025-10-01")], cure: #"{table: "app.t"}"#),
    ]

    @Test("Each line that is printed makes a set of the table, or leaves it alone", arguments: cases)
    func cures(_ example: Case) throws {
        var scenario = Scenario(
            table(example.table, example.type, example.partitions.map(part)), serverZone: example.zone)
        scenario.searchesZones = true
        scenario.definition.partitionSets = example.definition.map { [$0] } ?? []
        let refusal = try #require(scenario.plan().refusals.first)
        #expect(
            refusal.cure.alternatives.first?.hasPrefix("partitions: {sets: [\(example.cure)") == true,
            "\(refusal.explanation): \(refusal.cure)")
        #expect(try apply(scenario, example.testDescription))
    }

    @Test("So does each of sets that are made at random")
    func curesAny() throws {
        let seed = Seeded().seed
        var generator = Seeded(seed: seed)
        let count = ProcessInfo.processInfo.environment["PGTEND_TEST_ZONES"] == "all" ? 3_000 : 60
        let zones = ["UTC", "Europe/Berlin", "America/New_York", "Europe/London", "Asia/Kathmandu", "Africa/Lagos"]
        var refused = 0
        for _ in 0..<count {
            let interval = CalendarInterval.allCases.randomElement(using: &generator) ?? .month
            let type = PartitionKeyType.allCases.randomElement(using: &generator) ?? .date
            let zone = TimeZone(identifier: zones.randomElement(using: &generator) ?? "UTC") ?? .gmt
            let naming = try #require(
                NamingPattern(
                    ["t_{YYYY}_{MM}_{DD}", "t_{YYYY}_{FMMM}_{FMDD}", "t_{YYYY}_{MM}_{end:DD}", "t_1"].randomElement(
                        using: &generator) ?? "") ?? NamingPattern("t_{YYYY}_{MM}_{DD}_x"))
            let shift: Int64 =
                type == .date ? 0 : [0, 0, -1_000_000, 3_600_000_000].randomElement(using: &generator) ?? 0
            let last = Int.random(in: -3...2, using: &generator)
            let partitions = (last - Int.random(in: 0...13, using: &generator)...last).map { place in
                let days = interval.days(from: interval.advance(interval.start(of: utc("2025-11-23").date), by: place))
                func bound(_ day: CivilDate) -> Instant {
                    type.isZoned ? zone.midnight(of: day) : Instant(midnightOf: day)
                }
                // An upper bound that is off leaves a hole before the next partition.
                return Partition(
                    oid: UInt32(place + 100), name: app(naming.name(for: days)), lower: .at(bound(days.first)),
                    upper: .at(
                        bound(days.end).adding(microseconds: min(0, shift) - (place == last ? max(0, shift) : 0))))
            }
            var scenario = Scenario(
                table("t", type, partitions),
                serverZone: ["UTC", zone.identifier].randomElement(using: &generator) ?? "")
            scenario.searchesZones = true
            if try apply(scenario, "seed \(seed), a \(interval), \(type), \(zone.identifier), \(naming), \(shift)") {
                refused += 1
            }
        }
        #expect(refused > count / 10, "seed \(seed)")
    }
}
