import CivilTime
import Foundation
import Maintenance
import TestSupport
import Testing

/// A database made at random: sets of every interval, key, zone and shift, with holes, odd partitions, unbounded
/// ends, pending detaches and taken names.
private struct RandomScenario {
    private var generator: Seeded
    private static let zones = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu"]
    private static let namings: [CalendarInterval: [String]] = [
        .day: ["{YYYY}_{MM}_{DD}", "p{YYYY}{MM}{DD}", "{YYYY}_{DDD}"],
        .week: ["{IYYY}w{IW}", "{YYYY}_{MM}_{DD}"],
        .month: ["{YYYY}_{MM}", "y{YYYY}m{MM}", "{YY}_{MM}"],
        .quarter: ["{YYYY}q{Q}", "{YYYY}_{MM}"],
        .year: ["{YYYY}"],
    ]

    init(seed: UInt64) {
        generator = Seeded(seed: seed)
    }

    mutating func make() -> Scenario {
        var scenario = Scenario()
        scenario.now = Instant(
            microseconds: .random(in: 1_500_000_000_000_000...1_900_000_000_000_000, using: &generator))
        scenario.serverZone = pick(Self.zones)
        scenario.definition.partitions.premake = .random(in: 0...6, using: &generator)
        scenario.definition.partitions.fillGaps = .random(using: &generator)
        for index in 0..<Int.random(in: 1...4, using: &generator) {
            scenario.tables.append(makeTable(index, &scenario))
        }
        return scenario
    }

    private mutating func makeTable(_ index: Int, _ scenario: inout Scenario) -> PartitionedTable {
        let (interval, type) = (pick(CalendarInterval.allCases), pick(PartitionKeyType.allCases))
        // A key with a zone takes its midnights from UTC or from the server's zone; one without has civil ones.
        let zone = type.isZoned ? pick(["UTC", scenario.serverZone]) : "UTC"
        let shift: Int64 =
            zone == "UTC" && chance(0.2)
            ? (type == .date ? Int64(interval.largestOffsetDays) * Instant.microsecondsPerDay : 3_600_000_000 * 5) : 0
        let midnights = TimeZone(identifier: zone) ?? .gmt
        func bound(_ day: CivilDate) -> Instant { midnights.midnight(of: day).adding(microseconds: shift) }

        let naming = NamingPattern("t\(index)_" + pick(Self.namings[interval] ?? []))
        let count = Int.random(in: 1...20, using: &generator)
        let ahead = Int.random(in: -24...6, using: &generator)
        let newest = interval.advance(interval.start(of: scenario.now.date), by: ahead)
        var partitions = (0..<count).map { back in
            let first = interval.advance(newest, by: back - count + 1)
            let nameDay = first.adding(days: Int(shift / Instant.microsecondsPerDay))
            return Partition(
                oid: UInt32(1000 * index + back + 1), name: app(naming?.name(for: interval.days(from: nameDay)) ?? ""),
                lower: .at(bound(first)), upper: .at(bound(interval.advance(first, by: 1))))
        }
        // Keep the newest, from which the habits are read.
        partitions = partitions.enumerated().filter { $0.offset > count - 3 || !chance(0.2) }.map(\.element)
        if chance(0.1), let first = partitions.first?.lower {
            partitions.append(Partition(oid: 0, name: app("t\(index)_past"), lower: .minimum, upper: first))
        }
        if chance(0.15), let last = partitions.map(\.upper).max() {
            var from = last
            if case .at(let end) = last, chance(0.5) {
                from = .at(
                    end.adding(microseconds: .random(in: 0...90, using: &generator) * Instant.microsecondsPerDay))
            }
            partitions.append(Partition(oid: 0, name: app("t\(index)_rest"), lower: from, upper: .maximum))
        }
        if chance(0.1) { partitions[partitions.startIndex].isDetachPending = true }
        if chance(0.2), let naming {
            scenario.takenNames.insert(
                app(naming.name(for: interval.days(from: interval.start(of: scenario.now.date)))))
        }
        var set = table("t\(index)", type, partitions, oid: UInt32(index + 1))
        set.mayActAsOwner = !chance(0.05)
        return set
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }
}

@Suite("Partition planner, on random databases")
struct PartitionPlannerProperties {
    private func forEachScenario(_ seed: UInt64, _ body: (Scenario, Plan) -> Void) {
        var random = RandomScenario(seed: seed)
        for _ in 0..<120 {
            let scenario = random.make()
            body(scenario, scenario.plan())
        }
    }

    @Test("New partitions overlap neither each other nor what exists", arguments: [Seeded().seed])
    func neverOverlaps(seed: UInt64) {
        var planned = 0
        forEachScenario(seed) { scenario, plan in
            planned += plan.partitionSteps.count
            for set in scenario.applying(plan).tables {
                let ordered = set.partitions.sorted { $0.lower < $1.lower }
                for (partition, next) in zip(ordered, ordered.dropFirst()) {
                    #expect(partition.upper <= next.lower, "seed \(seed): \(partition) \(next)")
                }
                #expect(ordered.allSatisfy { $0.lower < $0.upper }, "seed \(seed): \(ordered)")
            }
        }
        // A generator whose databases need nothing would prove nothing.
        #expect(planned > 120)
    }

    @Test("Once a plan is done there is no partition step left", arguments: [Seeded().seed])
    func isDoneOnce(seed: UInt64) {
        forEachScenario(seed) { scenario, plan in
            #expect(scenario.applying(plan).plan().partitionSteps.isEmpty, "seed \(seed): \(plan.created)")
        }
    }

    @Test("No name twice, none that is taken, none over 63 bytes", arguments: [Seeded().seed])
    func namesAreFree(seed: UInt64) {
        forEachScenario(seed) { scenario, plan in
            let names = plan.partitionSteps.map(\.partition)
            let standing = scenario.tables.flatMap(\.partitions).map(\.name)
            #expect(Set(names).count == names.count, "seed \(seed): \(plan.created)")
            #expect(scenario.takenNames.union(standing).isDisjoint(with: names), "seed \(seed): \(plan.created)")
            #expect(names.allSatisfy { $0.name.utf8.count <= 63 })
        }
    }

    @Test(
        "A set that is understood and not obstructed can be written to now and for the periods in advance",
        arguments: [Seeded().seed])
    func givesARunway(seed: UInt64) {
        var understood = 0
        forEachScenario(seed) { scenario, plan in
            let obstructed = Set(plan.refusals.map(\.object))
            let after = scenario.applying(plan).plan()
            for runway in after.runways where !obstructed.contains(runway.table) {
                understood += 1
                #expect(runway.isUnbounded || runway.until != nil, "seed \(seed): \(runway.table) \(plan.created)")
            }
        }
        #expect(understood > 100)
    }

    @Test(
        "With gaps filled, partitions of whole periods leave no hole before now",
        arguments: [Seeded().seed])
    func fillsEveryGap(seed: UInt64) {
        forEachScenario(seed) { scenario, plan in
            guard scenario.definition.partitions.fillGaps, plan.refusals.isEmpty else { return }
            let holes = scenario.applying(plan).plan().findings.filter {
                $0.message.contains("no partition") && !$0.message.contains("without an end")
            }
            #expect(holes.isEmpty, "seed \(seed): \(holes)")
        }
    }

    @Test(
        "The plan does not depend on the order in which the catalog was read", arguments: [Seeded().seed])
    func isDeterministic(seed: UInt64) {
        var generator = Seeded(seed: seed)
        forEachScenario(seed) { scenario, plan in
            var shuffled = scenario
            shuffled.tables = scenario.tables.shuffled(using: &generator).map { set in
                var set = set
                set.partitions.shuffle(using: &generator)
                return set
            }
            #expect(shuffled.plan() == plan, "seed \(seed)")
        }
    }
}
