import CivilTime
import Maintenance
import SQLText
import Testing

@Suite("Partition planner")
struct PartitionPlannerTests {
    /// Months up to the newest that 20 months ago had.
    private let stale = table("audit_log", .timestamptz, months("audit_log", from: "2024-01-01", count: 3))

    @Test("Makes the current period and those in advance, and no other")
    func makesTheCurrentAndThePremade() throws {
        let plan = Scenario(stale).plan()
        #expect(
            plan.createdNames == ["audit_log_2025_11", "audit_log_2025_12", "audit_log_2026_01", "audit_log_2026_02"])
        let step = try #require(plan.partitionSteps.first)
        #expect(step.parent == app("audit_log") && step.partition == app("audit_log_2025_11"))
        #expect(step.keyColumn == "created_at" && step.keyType == .timestamptz)
        #expect(plan.steps.first?.reason == "the current month: writes for now need it")
        #expect(plan.steps.last?.reason == "month 3 of the 3 to have in advance")
        #expect(plan.refusals.isEmpty)
    }

    @Test(
        "Premake counts the periods after the current one",
        arguments: [(nil, 4), (0, 1), (12, 13), (-5, 1)] as [(Int?, Int)])
    func countsThePremade(premake: Int?, expected: Int) {
        var scenario = Scenario(stale)
        #expect(
            scenario.configured(PartitionSetDefinition(table: app("audit_log"), premake: premake)).plan()
                .partitionSteps.count == expected)
        if let premake { scenario.definition.partitions.premake = premake }
        #expect(scenario.plan().partitionSteps.count == expected)
    }

    @Test("Makes only what is missing among them")
    func makesOnlyWhatIsMissing() {
        var partitions = months("t", from: "2025-10-01", count: 4)
        partitions.remove(at: 2)
        #expect(Scenario(table("t", .date, partitions)).plan().createdNames == ["t_2025_12", "t_2026_02"])
    }

    @Test(
        "Year ends, leap days, the first and the last microsecond",
        arguments: [
            ("2024-01-31 12:00:00", "t_2024_01", "2024-02-01"), ("2024-02-29 23:59:59", "t_2024_02", "2024-03-01"),
            ("2025-12-31 23:59:59", "t_2025_12", "2026-01-01"), ("2026-01-01 00:00:00", "t_2026_01", "2026-02-01"),
        ])
    func holdsNow(now: String, name: String, upper: String) {
        let plan = Scenario(table("t", .timestamptz, months("t", from: "2023-01-01", count: 1)), now: now).plan()
        #expect(plan.createdNames.first == name)
        #expect(plan.partitionSteps.first?.to == utc(upper))
    }

    @Test("A set in another schema than its siblings follows the siblings")
    func followsTheSchemaOfItsSiblings() {
        var set = stale
        set.partitions = set.partitions.map { partition in
            var moved = partition
            moved.name = RelationName(schema: "parts", name: partition.name.name)
            return moved
        }
        let plan = Scenario(set).plan()
        #expect(plan.partitionSteps.allSatisfy { $0.partition.schema == "parts" && $0.parent.schema == "app" })
    }

    @Test("Locks are the parent's, the foreign keys' and last the DEFAULT partition's")
    func namesItsLocks() throws {
        var set = stale
        set.defaultPartition = app("audit_log_default")
        set.foreignKeyTables = [app("accounts")]
        let step = try #require(Scenario(set).plan().steps.first)
        #expect(step.locks.map(\.mode) == [.shareUpdateExclusive, .shareRowExclusive, .accessExclusive])
        #expect(step.locks.map(\.relation) == [app("audit_log"), app("accounts"), app("audit_log_default")])
        #expect(step.limits.lockDeadline == .milliseconds(200) && step.limits.tries == 5)
    }

    // MARK: Overlaps

    @Test("A period that is partly covered is refused, the others are made")
    func refusesToOverlap() throws {
        var scenario = Scenario(
            table(
                "t", .date,
                months("t", from: "2025-10-01", count: 2) + [part("t_odd", "2025-12-20", "2026-01-01")]))
        scenario = scenario.configured(
            PartitionSetDefinition(table: app("t"), interval: .month, naming: .init("t_{YYYY}_{MM}")))
        let plan = scenario.plan()
        #expect(plan.createdNames == ["t_2026_01", "t_2026_02"])
        #expect(plan.refusalReasons == [.overlap])
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.explanation == "a partition for [2025-12-01, 2026-01-01) would overlap app.t_odd")
    }

    @Test("A period is refused of which nothing but the beginning is covered")
    func refusesToOverlapABeginning() {
        let partitions = months("t", from: "2025-10-01", count: 2) + months("t", from: "2026-01-01", count: 2)
        let plan = Scenario(table("t", .date, partitions + [part("t_odd", "2025-12-01", "2025-12-20")])).configured(
            PartitionSetDefinition(table: app("t"), interval: .month, naming: .init("t_{YYYY}_{MM}"))
        ).plan()
        #expect(plan.steps.isEmpty && plan.refusalReasons == [.overlap])
    }

    @Test("Several partitions that cover a period together leave nothing to do")
    func acceptsFinerPartitions() {
        let weeks = [
            part("t_a", "2025-11-01", "2025-11-11"), part("t_b", "2025-11-11", "2025-11-21"),
            part("t_c", "2025-11-21", "2025-12-01"),
        ]
        let plan = Scenario(table("t", .date, weeks)).configured(
            PartitionSetDefinition(table: app("t"), interval: .month, premake: 0, naming: .init("t_{YYYY}_{MM}"))
        ).plan()
        #expect(plan.steps.isEmpty && plan.refusals.isEmpty)
    }

    @Test("A pending detach is found, and its range refused with the statement that ends it")
    func refusesARangeWhoseDetachIsPending() throws {
        var set = table("t", .date, months("t", from: "2025-09-01", count: 4))
        set.partitions[2].isDetachPending = true
        let plan = Scenario(set).plan()
        #expect(plan.createdNames == ["t_2026_01", "t_2026_02"])
        #expect(plan.refusalReasons == [.overlap])
        #expect(
            try #require(plan.refusals.first).cure.alternatives == [
                "ALTER TABLE app.t DETACH PARTITION app.t_2025_11 FINALIZE"
            ])
        #expect(plan.findings.contains { $0.message.contains("the detach of app.t_2025_11 is half done") })
        #expect(plan.runways.first?.until == nil && plan.runways.first?.isUnbounded == false)
    }

    @Test("MINVALUE and MAXVALUE partitions cover what they cover")
    func respectsUnboundedPartitions() {
        let past = Partition(oid: 1, name: app("t_past"), lower: .minimum, upper: .at(utc("2025-09-01")))
        let future = Partition(oid: 2, name: app("t_future"), lower: .at(utc("2026-01-01")), upper: .maximum)
        let october = months("t", from: "2025-09-01", count: 2)
        let plan = Scenario(table("t", .date, october + [past, future])).plan()
        #expect(plan.createdNames == ["t_2025_11", "t_2025_12"])
        #expect(plan.refusals.isEmpty)
        #expect(
            plan.findings.map(\.message) == [
                "app.t_future takes all rows from 2026-01-01 on without an end: they will pile up there, since no partition "
                    + "can be made for them"
            ])
        // One that begins within a period is in the way.
        let inside = Partition(oid: 2, name: app("t_future"), lower: .at(utc("2025-11-15")), upper: .maximum)
        let blocked = Scenario(table("t", .date, october + [inside])).plan()
        #expect(blocked.refusalReasons == [.overlap] && blocked.steps.isEmpty)
        #expect(blocked.runways.first?.isUnbounded == true)
    }

    // MARK: Names

    @Test("A name that something else has is reported, and only that period is left out")
    func refusesATakenName() {
        var scenario = Scenario(stale)
        scenario.takenNames = [app("audit_log_2025_12"), RelationName(schema: "other", name: "audit_log_2025_11")]
        let plan = scenario.plan()
        #expect(plan.createdNames == ["audit_log_2025_11", "audit_log_2026_01", "audit_log_2026_02"])
        #expect(plan.refusalReasons == [.nameTaken])
        #expect(plan.refusals.first?.explanation.contains("would be called app.audit_log_2025_12") == true)
    }

    @Test("Two tables never get partitions of one name, even where 63 bytes make them equal")
    func refusesANameTwice() {
        let long = String(repeating: "ä", count: 35)
        let sets = ["a", "b"].enumerated().map { index, name in
            table(name, .date, months(name, from: "2025-01-01", count: 1), oid: UInt32(20 + index))
        }
        let plan = Scenario(sets[0], sets[1]).configured(
            PartitionSetDefinition(table: app("a"), naming: NamingPattern("\(long)a_{YYYY}_{MM}")),
            PartitionSetDefinition(table: app("b"), naming: NamingPattern("\(long)b_{YYYY}_{MM}"))
        ).plan()
        #expect(plan.partitionSteps.count == 4 && plan.partitionSteps.allSatisfy { $0.parent == app("a") })
        #expect(plan.refusalReasons == Array(repeating: .nameTaken, count: 4))
        #expect(plan.refusals.allSatisfy { $0.object == app("b") && $0.explanation.contains("new partition of app.a") })
        #expect(plan.partitionSteps.allSatisfy { $0.partition.name.utf8.count <= 63 })
    }

    @Test("Candidate names are those of the plan, and templates those of the tables that need one")
    func asksForWhatThePlanNeeds() {
        var complete = table("done", .date, months("done", from: "2025-10-01", count: 8), oid: 11)
        complete.owner = "x"
        var foreign = table("mixed", .date, months("mixed", from: "2025-08-01", count: 2), oid: 12)
        foreign.partitions[1].isForeign = true
        let scenario = Scenario(
            stale, complete, foreign, table("empty", .date, [], oid: 13)
        ).configured(
            PartitionSetDefinition(table: app("empty"), interval: .year, naming: NamingPattern("empty_{YYYY}")))
        let questions = PartitionPlanner(definition: scenario.definition, snapshot: scenario.snapshot).questions()
        #expect(questions.names == Set(scenario.plan().partitionSteps.map(\.partition)))
        let templates = Dictionary(
            questions.templates.map { ($0.parent, $0.template) }, uniquingKeysWith: { first, _ in first })
        // The newest sibling that is no foreign table; none where there is no sibling.
        #expect(templates == [10: 102, 12: 100, 13: nil])
    }

    @Test("A sibling that is locked keeps its own table from being made, and no other")
    func refusesALockedTemplate() throws {
        let other = table("other", .timestamptz, months("other", from: "2024-01-01", count: 3), oid: 11)
        var scenario = Scenario(stale, other)
        scenario.unreadTemplates = [
            10: ServerFailure(failureClass: .lockNotAvailable, message: "canceling statement due to lock timeout")
        ]
        let plan = scenario.plan()
        #expect(plan.partitionSteps.count == 4 && plan.partitionSteps.allSatisfy { $0.parent == app("other") })
        #expect(plan.refusalReasons == [.locked])
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.object == app("audit_log") && refusal.explanation.contains("due to lock timeout"))
        #expect(refusal.cure == "run pgtend again when the lock on app.audit_log_2024_03 is gone")
    }

    @Test("So does one that is longer than what is copied")
    func refusesALongTemplate() throws {
        var scenario = Scenario(stale)
        scenario.unreadTemplates = [
            10: ServerFailure(failureClass: .other, message: "the policies take 2000000 bytes", hint: "shorten them")
        ]
        let plan = scenario.plan()
        #expect(plan.partitionSteps.isEmpty && plan.refusalReasons == [.unreadable])
        let refusal = try #require(plan.refusals.first)
        #expect(
            refusal.explanation.hasSuffix(
                "app.audit_log_2024_03, which could not be read: the policies take 2000000 bytes"))
        #expect(refusal.cure == "shorten them")
    }

    @Test("So does one beside which nobody knows what attaching would run")
    func refusesWhatCouldNotBeRead() throws {
        var burdened = stale
        burdened.unreadCode = ServerFailure(
            failureClass: .timeout, message: "canceling statement due to statement timeout")
        let plan = Scenario(burdened).plan()
        #expect(plan.partitionSteps.isEmpty && plan.refusalReasons == [.unreadable])
        #expect(try #require(plan.refusals.first).explanation.contains("what others own beside it"))
    }

    // MARK: What is in view

    @Test("Tables outside the watched schemas, or switched off, are not in view")
    func leavesAlone() {
        var elsewhere = stale
        elsewhere.name = RelationName(schema: "other", name: "audit_log")
        #expect(Scenario(elsewhere).plan().objectsInView == 0)
        let named = Scenario(elsewhere).configured(PartitionSetDefinition(table: elsewhere.name)).plan()
        #expect(named.partitionSteps.count == 4 && named.objectsInView == 1)
        let off = Scenario(stale).configured(PartitionSetDefinition(table: app("audit_log"), enabled: false)).plan()
        #expect(off.steps.isEmpty && off.refusals.isEmpty && off.objectsInView == 0 && off.runways.isEmpty)
        var undiscovered = Scenario(stale)
        undiscovered.definition.partitions.discover = false
        #expect(undiscovered.plan().steps.isEmpty)
    }

    @Test("What the configuration names and the database lacks is said")
    func reportsAMissingTable() {
        let plan = Scenario(stale).configured(
            PartitionSetDefinition(table: app("gone")), PartitionSetDefinition(table: app("off"), enabled: false)
        ).plan()
        #expect(plan.refusals.map(\.object) == [app("gone")] && plan.refusalReasons == [.missing])
        #expect(plan.partitionSteps.count == 4 && plan.objectsInView == 2)
    }

    @Test("Without the owner's rights the plan says which grant is missing", arguments: [150_004, 160_000])
    func refusesWithoutTheOwnersRights(version: Int) throws {
        var set = stale
        set.mayActAsOwner = false
        var scenario = Scenario(set)
        scenario.version = version
        let plan = scenario.plan()
        #expect(plan.steps.isEmpty && plan.refusalReasons == [.notOwner])
        let refusal = try #require(plan.refusals.first)
        let withSet = version >= 160_000 ? " WITH SET TRUE" : ""
        #expect(refusal.cure == .statement("GRANT \"app owner\" TO tender\(withSet)"))
        #expect(refusal.explanation.contains("4 partitions are missing") && refusal.explanation.contains("42501"))
        // Nothing to do needs no right.
        set.partitions = months("audit_log", from: "2025-10-01", count: 5)
        #expect(Scenario(set).plan().refusals.isEmpty)
    }

    @Test("A publication under the partitions' own names is found")
    func reportsLeafPublications() {
        var set = stale
        set.leafPublications = ["feed"]
        #expect(Scenario(set).plan().findings.contains { $0.message.contains("publication feed") })
    }
}
