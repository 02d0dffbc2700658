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
        var watch = Watch((0..<200).map { Watch.database("db\($0)") })
        watch.handle(.woke)
        #expect(watch.started.count == 8)
        var next = 0
        while next < watch.started.count {
            watch.end(watch.started[next])
            next += 1
            #expect(watch.supervisor.running <= 8)
        }
        #expect(Set(watch.started.map(\.definition.name)).count == 200)
        #expect(watch.started.count == 200)
    }

    @Test func databasesThatAreAwayDoNotStarveTheOthers() throws {
        var watch = Watch((0..<8).map { Watch.database("away\($0)") } + [Watch.database("here")], connections: 1)
        watch.handle(.woke)
        var turns: [String] = []
        for _ in 0..<40 {
            guard let order = watch.supervisor.databases.compactMap(\.runningOrder).first else {
                watch.pass(.seconds(1))
                continue
            }
            turns.append(order.definition.name)
            // Until a time limit, while others wait.
            watch.pass(.seconds(10))
            if order.definition.name == "here" { watch.end(order) } else { watch.fail(order, .down) }
        }
        #expect(turns.prefix(9).contains("here"), "each has its turn before any has a second: \(turns)")
        #expect(Set(turns.prefix(9)).count == 9, "\(turns)")
        watch.pass(.seconds(900))
        #expect(watch.supervisor.databases.compactMap(\.runningOrder).count == 1)
    }

    @Test func aDatabaseHasOneRunAtATimeAndPartitionsComeFirst() throws {
        var watch = Watch([DatabaseDefinition(name: "shop", conninfo: "")])
        watch.handle(.woke)
        var tasks: [TaskKind] = []
        while let order = watch.supervisor.databases[0].runningOrder {
            #expect(watch.supervisor.databases[0].tasks.count { $0.running != nil } == 1)
            tasks.append(order.order.slot.task)
            watch.end(order)
        }
        #expect(tasks == [.partitions, .views, .statistics])
    }

    @Test func workThatThereCannotBeIsNotScheduled() {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        #expect(watch.supervisor.databases[0].tasks.map(\.task) == [.views])
    }

    // MARK: Reload

    @Test func aReloadKeepsWhatIsKnownAndRunningWorkGoesOn() throws {
        var watch = Watch([Watch.database("a"), Watch.database("b")])
        watch.handle(.woke)
        let orders = watch.started
        watch.end(orders[0])
        let settings = ServiceSettings(databases: [Watch.database("a"), Watch.database("c")])
        watch.handle(.reloaded(settings, changes: ["database b: removed", "database c: added"]))
        #expect(watch.said.last == .reloaded(changes: ["database b: removed", "database c: added"]))
        #expect(watch.started.map(\.definition.name) == ["a", "b", "c"], "a is settled, c is new")
        #expect(watch.supervisor.running == 2, "b goes on")
        watch.end(orders[1])
        #expect(watch.supervisor.databases.map(\.definition.name) == ["a", "c"])
    }

    @Test func workThatAReloadTakesAwayEndsWithItsRun() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        var without = Watch.database()
        without.views.discover = false
        without.partitions.discover = true
        watch.handle(.reloaded(ServiceSettings(databases: [without]), changes: []))
        watch.end(watch.started[0])
        watch.pass(.seconds(4_000))
        #expect(watch.supervisor.databases[0].tasks.map(\.task) == [.partitions])
        #expect(watch.started.filter { $0.order.slot.task == .views }.count == 1)
    }

    @Test func aReloadThatChangesNoScheduleKeepsWhatIsDue() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.fail(try #require(watch.started.last), .down)
        watch.handle(.reloaded(ServiceSettings(databases: [Watch.database(startWithin: .seconds(600))]), changes: []))
        watch.pass(.seconds(10))
        #expect(watch.startedSlots == ["12:00:00", "12:00:00"])
    }

    @Test func aSlotThatAChangedScheduleDropsIsSaid() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.fail(try #require(watch.started.last), .down)
        watch.handle(.reloaded(ServiceSettings(databases: [Watch.database(every: .seconds(300))]), changes: []))
        watch.pass(.seconds(300))
        watch.end(try #require(watch.supervisor.databases[0].runningOrder))
        let passed = watch.said.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }.joined()
        #expect(passed.map(\.reason) == ["a reload changed the schedule before it was run: connection refused"])
    }

    @Test func aChangedScheduleCountsFromNowOn() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        watch.pass(.seconds(400))
        watch.handle(.reloaded(ServiceSettings(databases: [Watch.database(every: .seconds(300))]), changes: []))
        #expect(watch.started.count == 1, "12:05 was before the change")
        watch.pass(.seconds(200))
        #expect(watch.startedSlots == ["12:00:00", "12:10:00"])
    }

    // MARK: Stop

    @Test func stopsAtOnceWhenNothingRuns() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        watch.forget()
        watch.handle(.stopRequested(reason: "SIGTERM"))
        #expect(
            watch.actions == [
                .say(.stopping(reason: "SIGTERM", running: 0)), .drain, .say(.stopped(reason: "SIGTERM", after: .zero)),
                .finish,
            ])
    }

    @Test func givesARunningStepItsGraceAndCancelsItThen() throws {
        var watch = Watch([Watch.database("a"), Watch.database("b")], connections: 1)
        watch.handle(.woke)
        let order = try #require(watch.started.last)
        watch.forget()
        watch.handle(.stopRequested(reason: "SIGTERM"))
        #expect(watch.actions == [.say(.stopping(reason: "SIGTERM", running: 1)), .drain])
        watch.pass(.seconds(29))
        #expect(!watch.actions.contains(.cancel))
        watch.pass(.seconds(1))
        #expect(watch.actions.contains(.cancel))
        watch.end(order) { $0.interruption = "SIGTERM" }
        #expect(watch.actions.last == .finish)
        #expect(watch.started.isEmpty, "b does not begin")
    }

    @Test func aSecondRequestHurries() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.handle(.stopRequested(reason: "SIGTERM"))
        watch.forget()
        watch.handle(.stopRequested(reason: "SIGTERM"))
        #expect(watch.actions == [.say(.hurried(reason: "SIGTERM")), .cancel])
        watch.forget()
        watch.handle(.stopRequested(reason: "SIGTERM"))
        #expect(watch.actions == [], "there is nothing more to cancel")
    }

    // MARK: The line for people

    @Test func theStatusSaysWhatMatters() throws {
        var watch = Watch([Watch.database("shop"), Watch.database("crm")])
        watch.handle(.woke)
        #expect(watch.supervisor.status(at: watch.now) == "2 databases; running views of shop, views of crm")
        watch.end(watch.started[0]) { summary in
            summary.runways = [
                Runway(
                    table: RelationName(schema: "sales", name: "orders"),
                    until: Watch.noon.adding(microseconds: 94 * Instant.microsecondsPerDay), isZoned: true)
            ]
        }
        watch.fail(watch.started[1], .down)
        #expect(
            watch.supervisor.status(at: watch.now)
                == "2 databases; not reachable: crm; runway 94 d (sales.orders of shop); "
                + "next views of crm at 2026-11-23 12:00:00 UTC")
    }
}
