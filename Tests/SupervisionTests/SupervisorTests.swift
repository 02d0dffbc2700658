import CivilTime
import Maintenance
import Testing

@testable import Supervision

@Suite("Supervisor")
struct SupervisorTests {
    private static let minute: Int64 = 60_000_000

    // MARK: Slots

    @Test func attemptsAtTheStartWhatIsDueByThen() throws {
        var watch = Watch([Watch.database()], at: Watch.noon.adding(microseconds: 7 * Self.minute))
        watch.handle(.woke)
        let order = try #require(watch.started.first)
        #expect(order.order == SlotOrder(slot: Slot(task: .views, due: Watch.noon)))
    }

    @Test func startsEachSlotWhenItIsDue() throws {
        var watch = Watch([Watch.database()], at: Watch.noon)
        watch.handle(.woke)
        for _ in 0..<3 {
            watch.end(try #require(watch.started.last))
            watch.pass(.seconds(900))
        }
        #expect(watch.startedSlots == ["12:00:00", "12:15:00", "12:30:00", "12:45:00"])
        #expect(watch.said == [])
    }

    @Test func aTaskNeverOverlapsItselfAndWhatPassesMeanwhileIsSkipped() throws {
        var watch = Watch([Watch.database()], at: Watch.noon)
        watch.handle(.woke)
        let long = try #require(watch.started.first)
        watch.pass(.seconds(40 * 60))
        #expect(watch.started.count == 1)
        watch.end(long)
        #expect(watch.startedSlots == ["12:00:00", "12:30:00"])
        let passed = PassedSlot(
            Slot(task: .views, due: Watch.noon.adding(microseconds: 15 * Self.minute)), .skipped,
            reason: "the run of the slot of 2026-11-23 12:00:00+00 was still going")
        #expect(watch.said == [.slotsPassed(database: "shop", [passed])])
        #expect(watch.started.last?.order.passed == [passed], "the ledger is told")
    }

    @Test func whatTheLedgerHasTakenOverIsNotToldAgain() throws {
        var watch = Watch([Watch.database()], at: Watch.noon)
        watch.handle(.woke)
        watch.pass(.seconds(40 * 60))
        watch.end(try #require(watch.started.last))
        watch.end(try #require(watch.started.last))
        watch.pass(.seconds(900))
        #expect(watch.started.last?.order.passed == [])
    }

    @Test func aSlotThatIsTooLateIsMissed() throws {
        let database = Watch.database(every: .seconds(86_400), startWithin: .seconds(2 * 3600))
        var watch = Watch([database], at: Watch.noon)
        watch.handle(.woke)
        #expect(watch.started.isEmpty, "the slot of midnight was due twelve hours ago")
        watch.pass(.seconds(12 * 3600))
        #expect(watch.startedSlots == ["00:00:00"])
        watch.fail(try #require(watch.started.last), .down)
        for _ in 0..<200 {
            watch.pass(.seconds(60))
            if let last = watch.started.last, watch.supervisor.running > 0 { watch.fail(last, .down) }
        }
        let tries = watch.started.count
        watch.pass(.seconds(3600))
        #expect(watch.started.count == tries, "no try begins later than two hours after it was due")
        #expect(watch.supervisor.databases[0].tasks[0].unrecorded.last?.state == .missed)
    }

    @Test func jitterPutsAStartOffButNotTheSlot() {
        var watch = Watch([Watch.database(jitter: .seconds(100))], at: Watch.noon, jitter: 0.5)
        watch.handle(.woke)
        #expect(watch.started.isEmpty)
        watch.pass(.seconds(49))
        #expect(watch.started.isEmpty)
        watch.pass(.seconds(1))
        #expect(watch.startedSlots == ["12:00:00"])
    }

    // MARK: The clock

    @Test func aClockThatIsSetForwardsRunsTheLatestSlotAndMissesTheRest() throws {
        var watch = Watch([Watch.database()], at: Watch.noon)
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        watch.setClock(by: .seconds(3600))
        watch.handle(.woke)
        #expect(watch.startedSlots == ["12:00:00", "13:00:00"])
        #expect(watch.said.contains(.clockStepped(by: .seconds(3600))))
        let passed = watch.said.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }.first
        #expect(passed?.map(\.state) == [.missed, .missed, .missed])
    }

    @Test func aClockThatIsSetBackDoesNotStopTheWork() throws {
        var watch = Watch([Watch.database()], at: Watch.noon)
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        // A year too far, one slot there, and back again.
        watch.setClock(by: .seconds(365 * 86_400))
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        watch.setClock(by: .seconds(-365 * 86_400))
        watch.forget()
        watch.pass(.seconds(900))
        #expect(watch.startedSlots == ["12:15:00"])
    }

    @Test func aSmallStepBackDoesNotRepeatASlotOfTheSameClock() throws {
        var watch = Watch([Watch.database()], at: Watch.noon.adding(microseconds: 500_000))
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        watch.setClock(by: .seconds(-2))
        watch.handle(.woke)
        #expect(watch.startedSlots == ["12:00:00"])
        watch.pass(.seconds(3))
        // Due once more by the clock; the ledger says that it is done.
        #expect(watch.startedSlots == ["12:00:00", "12:00:00"])
    }

    @Test func aMachineThatHasSleptCatchesUpWithOneSlot() throws {
        var watch = Watch([Watch.database()], at: Watch.noon)
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        // The monotonic clock stands still meanwhile.
        watch.setClock(by: .seconds(8 * 3600 + 60))
        watch.handle(.woke)
        #expect(watch.startedSlots == ["12:00:00", "20:00:00"])
    }

    @Test func neverSleepsLongerThanTenMinutes() throws {
        var watch = Watch([Watch.database(every: .seconds(86_400))])
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        let wake = watch.supervisor.wake(after: watch.now)
        #expect(wake.monotonic == watch.now.monotonic + .seconds(600))
    }

    @Test func thousandsOfSlotsThatPassedAreAHundredAndASentence() throws {
        var watch = Watch([Watch.database(every: .seconds(60))])
        watch.handle(.woke)
        watch.end(try #require(watch.started.last))
        watch.setClock(by: .seconds(365 * 86_400))
        watch.handle(.woke)
        let passed = try #require(watch.started.last?.order.passed)
        #expect(passed.count == 100)
        #expect(passed.first?.reason.hasSuffix("; so were all before it, from 2026-11-23 12:00:00+00 on") == true)
    }

    // MARK: Failures

    @Test func aDatabaseThatIsDownIsTriedWithGrowingPausesAndSaidOnce() throws {
        var watch = Watch([Watch.database()], jitter: 1)
        watch.handle(.woke)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            let failed = watch.now.monotonic
            watch.fail(try #require(watch.started.last), .down)
            let count = watch.started.count
            while watch.started.count == count { watch.pass(.milliseconds(500)) }
            pauses.append(watch.now.monotonic - failed)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(watch.started.map(\.order.attempt) == Array(1...9))
        let said = watch.said.map {
            if case .databaseUnavailable(_, _, let failures, _, _) = $0 { failures } else { 0 }
        }
        #expect(said == [1, 3])

        watch.forget()
        watch.end(try #require(watch.supervisor.databases[0].runningOrder))
        #expect(watch.said.count == 1)
        guard case .databaseAvailable("shop", _) = watch.said[0] else {
            Issue.record("\(watch.said)")
            return
        }
    }

    @Test func slotsThatPassWhileTheDatabaseIsAwayAreSaidWhenItIsBack() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.fail(try #require(watch.started.last), .down)
        for _ in 0..<60 {
            watch.pass(.seconds(60))
            if let order = watch.supervisor.databases[0].runningOrder { watch.fail(order, .down) }
        }
        #expect(!watch.said.contains { if case .slotsPassed = $0 { true } else { false } })
        watch.pass(.seconds(120))
        watch.end(try #require(watch.supervisor.databases[0].runningOrder))
        let passed = watch.said.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }
        #expect(passed.map(\.count) == [4])
        #expect(passed.first?.allSatisfy { $0.state == .missed && $0.reason.contains("connection refused") } == true)
    }

    @Test func aWrongPasswordIsNotTriedBeforeTheNextSlot() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.fail(try #require(watch.started.last), .wrongPassword)
        watch.pass(.seconds(14 * 60 + 59))
        #expect(watch.started.count == 1)
        watch.pass(.seconds(1))
        #expect(watch.startedSlots == ["12:00:00", "12:15:00"])
    }

    @Test func anotherReasonIsSaidAtOnce() throws {
        var watch = Watch([Watch.database(every: .seconds(60))])
        watch.handle(.woke)
        for failure in [ServerFailure.down, .down, .wrongPassword, .wrongPassword] {
            watch.fail(try #require(watch.supervisor.databases[0].runningOrder), failure)
            watch.pass(.seconds(60))
        }
        let said = watch.said.compactMap { event -> FailureClass? in
            if case .databaseUnavailable(_, let failure, _, _, _) = event { failure.failureClass } else { nil }
        }
        #expect(said == [.connection, .authentication])
    }

    @Test func aStandbyIsStoodBySilentlyAndTriedAgain() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        watch.fail(try #require(watch.started.last), .standby)
        for _ in 0..<30 {
            watch.pass(.seconds(60))
            if let order = watch.supervisor.databases[0].runningOrder { watch.fail(order, .standby) }
        }
        let news = watch.said.filter { if case .slotsPassed = $0 { false } else { true } }
        #expect(news == [.databaseStandby(database: "shop", since: Watch.noon)])
        #expect(watch.started.count > 20)
    }

    @Test func aTaskWhoseStepsFailSaysSoAtTheThirdTimeAndWhenItIsOver() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        for _ in 0..<4 {
            watch.end(try #require(watch.started.last)) { $0.reports = [.failed] }
            watch.pass(.seconds(900))
        }
        let failing = watch.said.compactMap { event -> Int? in
            if case .taskFailing(_, .views, let failures, _, _, let reason) = event {
                #expect(reason.contains("permission denied"))
                return failures
            }
            return nil
        }
        #expect(failing.first == 2 || failing.first == 3)
        watch.end(try #require(watch.started.last))
        guard case .taskRecovered("shop", .views, 4, _)? = watch.said.last else {
            Issue.record("\(watch.said)")
            return
        }
    }

    @Test func whatOneKindOfWorkMeetsIsItsOwnTrouble() throws {
        var watch = Watch([DatabaseDefinition(name: "shop", conninfo: "")])
        let broken = ServerFailure(failureClass: .other, sqlState: "22P05", message: "no such character")
        watch.handle(.woke)
        for _ in 0..<4 {
            while let order = watch.supervisor.databases[0].runningOrder {
                if order.order.slot.task == .views { watch.fail(order, broken) } else { watch.end(order) }
            }
            watch.pass(.seconds(900))
        }
        let kinds = watch.said.compactMap { event -> String? in
            switch event {
            case .taskFailing(_, let task, let failures, _, _, _): "\(task) \(failures)"
            case .databaseUnavailable, .databaseAvailable: "database"
            default: nil
            }
        }
        #expect(kinds.allSatisfy { $0.hasPrefix("views") } && kinds.contains("views 3"), "\(kinds)")
    }

    @Test func whatAnotherServiceHasCompletedMeanwhileHasNotPassed() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        let held = HeldRunLock(
            task: .views, pid: 7, application: "pgtend serve", user: "pgtend", client: "host", since: Watch.noon)
        watch.end(try #require(watch.started.last)) { summary in
            summary.heldLocks = [held]
            summary.slot?.state = .open
        }
        // A run of the other service that lasts for two slots; ours waits for its next try, and one is under way.
        for _ in 0..<40 {
            watch.pass(.seconds(60))
            guard let order = watch.supervisor.databases[0].runningOrder else { continue }
            watch.end(order) { summary in
                summary.heldLocks = [held]
                summary.slot?.state = .open
            }
        }
        #expect(!watch.said.contains { if case .slotsPassed = $0 { true } else { false } }, "\(watch.said)")
    }

    @Test func whatAnotherServiceIsAtIsTriedAgainAndSaidOnce() throws {
        var watch = Watch([Watch.database()])
        watch.handle(.woke)
        let held = HeldRunLock(
            task: .views, pid: 7, application: "pgtend serve", user: "pgtend", client: "host", since: Watch.noon)
        for _ in 0..<5 {
            watch.end(try #require(watch.started.last)) { summary in
                summary.heldLocks = [held]
                summary.slot?.state = .open
            }
            watch.pass(.seconds(70))
        }
        #expect(watch.startedSlots == Array(repeating: "12:00:00", count: 6))
        let owner = RunOwner(runID: "1", host: "other", pid: 9, startedAt: Watch.noon)
        watch.end(try #require(watch.started.last)) { $0.slot?.state = .completedElsewhere(owner) }
        let slot = Slot(task: .views, due: Watch.noon)
        #expect(
            watch.said == [
                .slotElsewhere(database: "shop", slot, nil), .slotElsewhere(database: "shop", slot, owner),
            ])
    }

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

extension StepReport {
    static var failed: StepReport {
        let view = RelationName(schema: "s", name: "v")
        return StepReport(
            step: .refreshView(
                RefreshView(
                    view: view, mode: .concurrent, role: nil, reason: "",
                    limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(1)))),
            outcome: .failed(
                ServerFailure(failureClass: .privilege, sqlState: "42501", message: "permission denied for table t")),
            duration: .zero)
    }
}

extension TendedDatabase {
    /// What the database is being worked on for; nil while it is not.
    var runningOrder: Supervisor.RunOrder? {
        tasks.compactMap { task in
            task.running.map {
                Supervisor.RunOrder(
                    definition: definition,
                    order: SlotOrder(slot: $0.slot, attempt: $0.attempt, passed: task.unrecorded))
            }
        }.first
    }
}
