import CivilTime
import Maintenance
import SQLText
import Testing

@testable import Supervision

/// Many databases, a reload, a stop, and what the supervisor says of itself.
@Suite("Supervisor, operation")
struct SupervisorOperationTests {
    // MARK: Many databases

    @Test func twoHundredDatabasesDueAtOnceTakeTurns() throws {
        var simulation = SupervisorSimulation((0..<200).map { DatabaseDefinition.viewsOnly("db\($0)") })
        simulation.handle(.woke)
        #expect(simulation.started.count == 7, "the last is for partitions")
        var next = 0
        while next < simulation.started.count {
            simulation.end(simulation.started[next])
            next += 1
            #expect(simulation.supervisor.runningCount <= 7)
        }
        #expect(Set(simulation.started.map(\.definition.name)).count == 200)
        #expect(simulation.started.count == 200)
    }

    /// "views of db0" for each run that was started.
    private func turns(_ simulation: SupervisorSimulation) -> [String] {
        simulation.started.map { order in
            "\(order.slotOrder.slot.task.rawValue) of \(order.definition.name)"
                + (order.isFollower ? " as it goes on" : "")
        }
    }

    private func threeKinds(_ name: String) -> DatabaseDefinition {
        var definition = DatabaseDefinition(name: name, conninfo: "dbname=\(name)")
        definition.partitions.schedule = TaskSchedule(.every(.seconds(900)))
        definition.views.schedule = TaskSchedule(.every(.seconds(60)))
        definition.statistics.schedule = TaskSchedule(.every(.seconds(60)))
        return definition
    }

    @Test func theLongTasksOfADatabaseFollowOneAnotherOnItsConnection() throws {
        var simulation = SupervisorSimulation((0..<3).map { threeKinds("db\($0)") }, runs: 1)
        simulation.handle(.woke)
        for next in 0..<9 {
            // Views and statistics are due again meanwhile.
            simulation.run(for: .seconds(60))
            simulation.end(simulation.started[next])
        }
        #expect(
            turns(simulation).prefix(9) == [
                "partitions of db0", "partitions of db1", "partitions of db2",
                // The connection is that of partitions.
                "views of db2 as it goes on", "statistics of db2 as it goes on",
                "views of db0", "statistics of db0 as it goes on",
                "views of db1", "statistics of db1 as it goes on",
            ])
        #expect(turns(simulation).last?.hasPrefix("views of db2") == true)
        #expect(simulation.started.last?.isFollower == false, "it has had its turn")
    }

    @Test func aTaskThatIsDueAgainHasAConnectionOfItsOwn() throws {
        var simulation = SupervisorSimulation([.viewsOnly(every: .seconds(60))])
        simulation.handle(.woke)
        simulation.run(for: .seconds(90))
        simulation.end(simulation.started[0])
        #expect(simulation.started.map(\.isFollower) == [false, false])
    }

    @Test func whatGoesOnTakesNothingFromPartitions() throws {
        var simulation = SupervisorSimulation((0..<3).map { threeKinds("db\($0)") }, runs: 2)
        simulation.handle(.woke)
        #expect(turns(simulation) == ["partitions of db0", "partitions of db1"])
        simulation.end(simulation.started[0])
        #expect(turns(simulation).last == "partitions of db2", "not the views of db0")
        simulation.end(simulation.started[1])
        #expect(turns(simulation).count == 3, "the last run is for partitions")
        simulation.end(simulation.started[2])
        #expect(turns(simulation).last == "views of db2 as it goes on")
    }

    @Test func nothingFollowsInADatabaseThatCannotBeReached() throws {
        var simulation = SupervisorSimulation([threeKinds("db0"), threeKinds("db1")], runs: 1)
        simulation.handle(.woke)
        simulation.fail(simulation.started[0], .down)
        #expect(turns(simulation) == ["partitions of db0", "partitions of db1"])
    }

    @Test func databasesThatAreAwayDoNotStarveTheOthers() throws {
        var simulation = SupervisorSimulation(
            (0..<8).map { DatabaseDefinition.viewsOnly("away\($0)") } + [.viewsOnly("here")], runs: 1)
        simulation.handle(.woke)
        var turns: [String] = []
        for _ in 0..<40 {
            guard let order = simulation.supervisor.databases.compactMap(\.runningOrder).first else {
                simulation.run(for: .seconds(1))
                continue
            }
            turns.append(order.definition.name)
            // Until a time limit, while others wait.
            simulation.run(for: .seconds(10))
            if order.definition.name == "here" { simulation.end(order) } else { simulation.fail(order, .down) }
        }
        #expect(turns.prefix(9).contains("here"), "each has its turn before any has a second: \(turns)")
        #expect(Set(turns.prefix(9)).count == 9, "\(turns)")
        simulation.run(for: .seconds(900))
        #expect(simulation.supervisor.databases.compactMap(\.runningOrder).count == 1)
    }

    @Test func whatCanBeReachedComesFirstHoweverLongAgoTheOthersRan() throws {
        var simulation = SupervisorSimulation(
            [.viewsOnly("away"), DatabaseDefinition.viewsOnly("here", every: .seconds(60))], runs: 1)
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .down)
        // Meanwhile the pause of the one is over, and the other is due again.
        simulation.run(for: .seconds(60))
        simulation.end(try #require(simulation.started.last))
        #expect(simulation.started.map(\.definition.name) == ["away", "here", "here"])
        simulation.end(try #require(simulation.started.last))
        #expect(simulation.started.last?.definition.name == "away")
    }

    @Test func theDatabaseWhoseRunEndedLongestAgoComesFirst() throws {
        let names = ["a", "b", "c"]
        var simulation = SupervisorSimulation(
            names.map { DatabaseDefinition.viewsOnly($0, every: .seconds(60)) }, runs: 1)
        simulation.handle(.woke)
        for _ in 0..<8 {
            simulation.run(for: .seconds(60))
            simulation.end(try #require(simulation.started.last))
        }
        #expect(simulation.started.map(\.definition.name) == names + names + names)
    }

    @Test func theKindsOfOneDatabaseRunSideBySide() throws {
        var simulation = SupervisorSimulation([DatabaseDefinition(name: "shop", conninfo: "")])
        simulation.handle(.woke)
        #expect(simulation.started.map(\.slotOrder.slot.task) == [.partitions, .views, .statistics])
        // A refresh that takes days.
        for order in simulation.started where order.slotOrder.slot.task != .views { simulation.end(order) }
        simulation.clearRecord()
        simulation.run(for: .seconds(3_600))
        #expect(!simulation.started.contains { $0.slotOrder.slot.task == .views })
        #expect(simulation.startedSlots.contains("13:00:00"))
    }

    @Test func whatTakesLongLeavesTheLastRunToPartitions() throws {
        let names = (0..<8).map { "db\($0)" }
        var simulation = SupervisorSimulation(names.map { DatabaseDefinition(name: $0, conninfo: "") }, runs: 4)
        simulation.handle(.woke)
        var next = 0
        while next < simulation.started.count {
            let order = simulation.started[next]
            // No refresh ever ends.
            if !order.slotOrder.slot.task.traits.isLong { simulation.end(order) }
            next += 1
        }
        let tasks = simulation.started.map(\.slotOrder.slot.task)
        #expect(tasks.count { !$0.traits.isLong } == 8 && tasks.count { $0.traits.isLong } == 3)
    }

    @Test func ofASingleRunPartitionsComeFirst() throws {
        var simulation = SupervisorSimulation([DatabaseDefinition(name: "shop", conninfo: "")], runs: 1)
        simulation.handle(.woke)
        var tasks: [TaskKind] = []
        while let order = simulation.supervisor.databases[0].runningOrder {
            // The others are due all the while, and whoever wakes looks for what could begin.
            simulation.handle(.woke)
            #expect(simulation.supervisor.databases[0].tasks.count { $0.running != nil } == 1)
            tasks.append(order.slotOrder.slot.task)
            simulation.end(order)
        }
        #expect(tasks == [.partitions, .views, .statistics])
    }

    @Test func workThatThereCannotBeIsNotScheduled() {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        #expect(simulation.supervisor.databases[0].tasks.map(\.task) == [.views])
    }

    // MARK: Reload

    @Test func aReloadKeepsWhatIsKnownAndRunningWorkGoesOn() throws {
        var simulation = SupervisorSimulation([.viewsOnly("a"), DatabaseDefinition.viewsOnly("b")])
        simulation.handle(.woke)
        let orders = simulation.started
        simulation.end(orders[0])
        let settings = ServiceSettings(databases: [.viewsOnly("a"), DatabaseDefinition.viewsOnly("c")])
        simulation.handle(.reloaded(settings, changes: ["database b: removed", "database c: added"]))
        #expect(simulation.reported.last == .reloaded(changes: ["database b: removed", "database c: added"]))
        #expect(simulation.started.map(\.definition.name) == ["a", "b", "c"], "a is settledUpTo, c is new")
        #expect(simulation.supervisor.runningCount == 2, "b goes on")
        simulation.end(orders[1])
        #expect(simulation.supervisor.databases.map(\.definition.name) == ["a", "c"])
    }

    @Test func workThatAReloadTakesAwayEndsWithItsRun() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        var without = DatabaseDefinition.viewsOnly()
        without.views.discover = false
        without.partitions.discover = true
        simulation.handle(.reloaded(ServiceSettings(databases: [without]), changes: []))
        simulation.end(simulation.started[0])
        simulation.run(for: .seconds(4_000))
        #expect(simulation.supervisor.databases[0].tasks.map(\.task) == [.partitions])
        #expect(simulation.started.filter { $0.slotOrder.slot.task == .views }.count == 1)
    }

    @Test func aReloadThatChangesNoScheduleKeepsWhatIsDue() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .down)
        simulation.handle(.reloaded(ServiceSettings(databases: [.viewsOnly(startWithin: .seconds(600))]), changes: []))
        simulation.run(for: .seconds(10))
        #expect(simulation.startedSlots == ["12:00:00", "12:00:00"])
    }

    @Test func aSlotThatAChangedScheduleDropsIsSaid() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .down)
        simulation.handle(.reloaded(ServiceSettings(databases: [.viewsOnly(every: .seconds(300))]), changes: []))
        simulation.run(for: .seconds(300))
        simulation.end(try #require(simulation.supervisor.databases[0].runningOrder))
        let passed = simulation.reported.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }
            .joined()
        #expect(passed.map(\.reason) == ["a reload changed the schedule before it was run: connection refused"])
    }

    /// The reason stays in the ledger, where nobody can ask any more who it was.
    @Test func aSlotThatLocksPutOffNamesTheLockAndItsHolder() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        let order = try #require(simulation.started.last)
        let view = RelationName(schema: "s", name: "v")
        let blocker = Blocker(
            pid: 4711, application: "psql", user: "ann", state: "idle in transaction", relation: view,
            lockMode: "ACCESS SHARE", transactionAge: 90)
        simulation.end(order) { summary in
            summary.slot = SlotReport(slot: order.slotOrder.slot, attempt: 1)
            var report = StepReport.failed
            report.outcome = .postponed(tries: 5, blockers: [blocker])
            summary.reports = [report, report, report]
        }
        simulation.handle(.reloaded(ServiceSettings(databases: [.viewsOnly(every: .seconds(300))]), changes: []))
        simulation.run(for: .seconds(300))
        simulation.end(try #require(simulation.supervisor.databases[0].runningOrder))
        let passed = simulation.reported.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }
            .joined()
        #expect(
            passed.map(\.reason) == [
                "a reload changed the schedule before it was run: refresh materialized view concurrently s.v was put "
                    + "off: pid 4711 (ann, psql, idle in transaction for 90 s) holds ACCESS SHARE on s.v, and so were "
                    + "2 more"
            ])
    }

    @Test func aChangedScheduleCountsFromNowOn() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        simulation.run(for: .seconds(400))
        simulation.handle(.reloaded(ServiceSettings(databases: [.viewsOnly(every: .seconds(300))]), changes: []))
        #expect(simulation.started.count == 1, "12:05 was before the change")
        simulation.run(for: .seconds(200))
        #expect(simulation.startedSlots == ["12:00:00", "12:10:00"])
    }

    @Test func behindAChangedConninfoThereIsAnotherServer() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .down)
        simulation.handle(.reloaded(ServiceSettings(databases: [.viewsOnly()]), changes: []))
        #expect(simulation.supervisor.status(at: simulation.now).contains("not reachable: shop"), "it is the same one")
        var moved = DatabaseDefinition.viewsOnly()
        moved.conninfo = "host=elsewhere dbname=shop"
        simulation.handle(.reloaded(ServiceSettings(databases: [moved]), changes: []))
        #expect(!simulation.supervisor.status(at: simulation.now).contains("not reachable"))
        simulation.clearRecord()
        simulation.run(for: .seconds(1))
        simulation.end(try #require(simulation.started.last))
        #expect(simulation.reported == [], "it was never away")
    }

    // MARK: Stop

    @Test func stopsAtOnceWhenNothingRuns() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        simulation.clearRecord()
        simulation.handle(.stopRequested(reason: "SIGTERM"))
        #expect(
            simulation.actions == [
                .report(.stopping(reason: "SIGTERM", running: 0)), .drain,
                .report(.stopped(reason: "SIGTERM", after: .zero)),
                .finish,
            ])
    }

    @Test func givesARunningStepItsGraceAndCancelsItThen() throws {
        var simulation = SupervisorSimulation([.viewsOnly("a"), DatabaseDefinition.viewsOnly("b")], runs: 1)
        simulation.handle(.woke)
        let order = try #require(simulation.started.last)
        simulation.clearRecord()
        simulation.handle(.stopRequested(reason: "SIGTERM"))
        #expect(simulation.actions == [.report(.stopping(reason: "SIGTERM", running: 1)), .drain])
        simulation.run(for: .seconds(29))
        #expect(!simulation.actions.contains(.cancel))
        simulation.run(for: .seconds(1))
        #expect(simulation.actions.contains(.cancel))
        simulation.end(order) { $0.interruption = "SIGTERM" }
        #expect(simulation.actions.last == .finish)
        #expect(simulation.started.isEmpty, "b does not begin")
    }

    @Test func aSecondRequestHurries() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.handle(.stopRequested(reason: "SIGTERM"))
        simulation.clearRecord()
        simulation.handle(.stopRequested(reason: "SIGTERM"))
        #expect(simulation.actions == [.report(.stopRepeated(reason: "SIGTERM")), .cancel])
        simulation.clearRecord()
        simulation.handle(.stopRequested(reason: "SIGTERM"))
        #expect(simulation.actions == [], "there is nothing more to cancel")
    }

    // MARK: The line for people

    @Test func theStatusSaysWhatMatters() throws {
        var simulation = SupervisorSimulation([.viewsOnly("shop"), DatabaseDefinition.viewsOnly("crm")])
        simulation.handle(.woke)
        #expect(simulation.supervisor.status(at: simulation.now) == "2 databases; running views of shop, views of crm")
        simulation.end(simulation.started[0]) { summary in
            summary.runways = [
                Runway(
                    table: RelationName(schema: "sales", name: "orders"),
                    until: .noon.adding(microseconds: 95 * Instant.microsecondsPerDay), isZoned: false,
                    remaining: .seconds(94 * 86_400 + 3_600))
            ]
        }
        simulation.fail(simulation.started[1], .down)
        #expect(
            simulation.supervisor.status(at: simulation.now)
                == "2 databases; not reachable: crm; runway 94 days (sales.orders of shop); "
                + "next views of crm at 2026-11-23 12:00:00 UTC")
    }
}
