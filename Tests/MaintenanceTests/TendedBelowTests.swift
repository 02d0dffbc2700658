import Maintenance
import SQLText
import Testing

@Suite("Tables whose partitions are tended")
struct TendedBelowTests {
    private let root: PartitionedTable
    private let parts: [PartitionedTable]

    init() {
        var root = table("t", .date, [])
        root.partitionedPartitions = 2
        self.root = root
        parts = zip(["t_a", "t_b"], [55, 56] as [UInt32]).map { name, oid in
            var part = table(name, .date, months(name, from: "2025-09-01", count: 3), oid: oid)
            (part.isPartition, part.parentOID) = (true, 10)
            return part
        }
    }

    private func scenario(_ parts: [PartitionedTable], by strategy: PartitionedTable.Strategy = .list) -> Scenario {
        var scenario = Scenario()
        var root = root
        root.strategy = strategy
        scenario.tables = [root] + parts
        return scenario
    }

    @Test("A table by LIST or HASH needs nothing", arguments: [PartitionedTable.Strategy.list, .hash])
    func needNothingThemselves(strategy: PartitionedTable.Strategy) throws {
        let plan = scenario(parts, by: strategy).plan()
        #expect(plan.refusals.isEmpty && plan.verdict == .done && plan.objectsInView == 3)
        #expect(Set(plan.partitionSteps.map(\.parent)) == [app("t_a"), app("t_b")])
        let finding = try #require(plan.findings.first { $0.object == app("t") })
        #expect(finding.message.contains("app.t_a, app.t_b"))
    }

    @Test("Left alone on purpose is one thing, not looked at another")
    func areNoExcuseForOthers() {
        let partly = scenario(parts).configured(PartitionSetDefinition(table: app("t_b"), enabled: false)).plan()
        #expect(partly.refusals.isEmpty)
        #expect(scenario([parts[0]]).plan().refusalReasons == [.notRangePartitioned])
        #expect(scenario([]).plan().refusalReasons == [.notRangePartitioned])
        let none = scenario(parts).configured(
            PartitionSetDefinition(table: app("t_a"), enabled: false),
            PartitionSetDefinition(table: app("t_b"), enabled: false)
        ).plan()
        #expect(none.refusalReasons == [.notRangePartitioned])
    }

    @Test("Whoever names the table wants something of it")
    func areNoAnswerToTheConfiguration() {
        let plan = scenario(parts).configured(PartitionSetDefinition(table: app("t"))).plan()
        #expect(plan.refusalReasons == [.notRangePartitioned])
    }
}
