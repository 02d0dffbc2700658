import CivilTime
import Maintenance
import Testing

@Suite("Alarm of a runway")
struct RunwayAlarmTests {
    private func level(_ scenario: Scenario) -> RunwayLevel? { scenario.plan().runways.first?.level() }

    /// How many whole months are left is what counts, at 2025-11-23.
    private func level(
        months count: Int, premake: Int? = nil, _ change: (inout PartitionedTable) -> Void = { _ in }
    ) -> RunwayLevel? {
        var set = table("t", .timestamptz, months("t", from: "2025-01-01", count: 10 + count))
        change(&set)
        var scenario = Scenario(set)
        if let premake { scenario.definition.partitions.premake = premake }
        return level(scenario)
    }

    @Test("What premake promises is ample, less than half of it a warning, the last period critical")
    func followsFromPremake() {
        #expect([4, 3, 2, 1, 0].map { level(months: $0) } == [.ample, .ample, .warning, .critical, .critical])
        #expect(
            [13, 8, 7, 6, 3, 2, 1].map { level(months: $0, premake: 12) }
                == [.ample, .ample, .ample, .warning, .pressing, .pressing, .critical])
        #expect([2, 1, 0].map { level(months: $0, premake: 1) } == [.ample, .critical, .critical])
    }

    @Test("A set is critical from the first moment of its last period on")
    func isCriticalFromTheFirstMoment() {
        let set = table("t", .timestamptz, months("t", from: "2025-01-01", count: 11))
        #expect(level(Scenario(set, now: "2025-11-01")) == .critical)
        #expect(level(Scenario(set, now: "2025-10-31 23:59:59")) == .pressing)
    }

    @Test("Where only the current period is promised, it may be the last")
    func promisesOnlyTheCurrentPeriod() {
        #expect([1, 0].map { level(months: $0, premake: 0) } == [.ample, .critical])
    }

    /// A refused set keeps running out, and nothing extends it.
    @Test("A refused set is measured by its last partition")
    func measuresARefusedSet() {
        func odd(_ last: String) -> Scenario {
            Scenario(
                table("odd", .timestamptz, [part("a", "2025-11-01", "2025-11-20"), part("b", "2025-11-20", last)]))
        }
        #expect(odd("2025-11-24").plan().refusalReasons == [.unknownInterval])
        #expect(level(odd("2025-11-24")) == .critical)
        let next = part("c", "2025-11-24", "2025-11-28")
        var longer = odd("2025-11-24")
        longer.tables[0].partitions.append(next)
        #expect(level(longer) == .pressing, "5 days of 6 promised, of which the last 4 are critical")
        // One partition for ten years is not critical for ten years.
        let decade = table("t", .timestamptz, [part("all", "2020-01-01", "2030-01-01")])
        #expect(level(Scenario(decade, now: "2026-01-01")) == .ample)
        #expect(level(Scenario(decade, now: "2028-09-01")) == .warning)
        #expect(level(Scenario(decade, now: "2029-01-02")) == .critical)
    }

    /// The rest of the year is one partition; months follow.
    @Test("A partition of several periods counts as those")
    func countsPeriodsOfALongPartition() {
        let year = table("t", .timestamptz, [part("t_2025", "2025-01-01", "2026-01-01")])
        func level(_ now: String) -> RunwayLevel? {
            self.level(
                Scenario(year, now: now).configured(
                    PartitionSetDefinition(table: app("t"), interval: .month, naming: NamingPattern("t_{YYYY}_{MM}"))))
        }
        #expect(level("2025-03-01") == .ample)
        #expect(level("2025-11-25") == .warning || level("2025-11-25") == .pressing)
        #expect(level("2025-12-01") == .critical)
    }

    @Test("Nothing for now is critical, with a DEFAULT partition too; without an end all is well")
    func endsOfTheScale() {
        #expect(level(months: 0) == .critical)
        #expect(level(months: 0) { $0.defaultPartition = app("t_default") } == .critical)
        let endless = Partition(oid: 1, name: app("t_rest"), lower: .at(utc("2025-12-01")), upper: .maximum)
        #expect(level(months: 1) { $0.partitions.append(endless) } == .ample)
    }

    @Test("What is configured replaces what follows from premake, of all sets or of one")
    func isConfigured() {
        let day: Int64 = 86_400
        var scenario = Scenario(table("t", .timestamptz, months("t", from: "2025-01-01", count: 14)))
        #expect(level(scenario) == .ample)
        scenario.definition.partitions.runway = RunwayLimits(warning: .seconds(100 * day))
        #expect(level(scenario) == .warning, "99 days are left")
        scenario.definition.partitions.runway.critical = .seconds(99 * day)
        #expect(level(scenario) == .critical)
        scenario.definition.partitionSets = [
            PartitionSetDefinition(table: app("t"), runway: RunwayLimits(warning: .zero, critical: .zero))
        ]
        #expect(level(scenario) == .ample)
    }

    @Test("After the steps of a run it is what the plan found")
    func staysAfterTheSteps() {
        let scenario = Scenario(table("t", .timestamptz, months("t", from: "2025-01-01", count: 11)))
        let plan = scenario.plan()
        let after = PartitionPlanner(definition: scenario.definition, snapshot: scenario.snapshot)
            .runways(plan.runways, after: plan.steps)
        #expect(plan.runways.map { $0.level() } == [.critical])
        #expect(after.map { $0.level() } == [.ample])
        #expect(after.map(\.alarm) == plan.runways.map(\.alarm))
    }
}
