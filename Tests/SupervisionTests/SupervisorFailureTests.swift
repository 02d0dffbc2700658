import CivilTime
import Maintenance
import SQLText
import Testing

@testable import Supervision

/// What the supervisor makes of runs that fail, and of those that others hold.
@Suite("Supervisor, failures")
struct SupervisorFailureTests {
    @Test func aDatabaseThatIsDownIsTriedWithGrowingPausesAndSaidOnce() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], jitter: 1)
        simulation.handle(.woke)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            let failed = simulation.now.monotonic
            simulation.fail(try #require(simulation.started.last), .down)
            let count = simulation.started.count
            while simulation.started.count == count { simulation.run(for: .milliseconds(500)) }
            pauses.append(simulation.now.monotonic - failed)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(simulation.started.map(\.slotOrder.attempt) == Array(1...9))
        let said = simulation.reported.map {
            if case .databaseUnavailable(_, _, let failures, _, _) = $0 { failures } else { 0 }
        }
        #expect(said == [1, 3])

        simulation.clearRecord()
        simulation.end(try #require(simulation.supervisor.databases[0].runningOrder))
        #expect(simulation.reported.count == 1)
        guard case .databaseAvailable("shop", _) = simulation.reported[0] else {
            Issue.record("\(simulation.reported)")
            return
        }
    }

    @Test func anOutageThatAllKindsOfWorkMeetIsSaidOnceAndTriedByOne() throws {
        var simulation = SupervisorSimulation([DatabaseDefinition(name: "shop", conninfo: "")])
        simulation.handle(.woke)
        for order in simulation.started {
            simulation.run(for: .milliseconds(10))
            simulation.fail(order, .down)
        }
        #expect(simulation.reported.count == 1)
        simulation.clearRecord()
        simulation.run(for: .milliseconds(499))
        #expect(simulation.started.isEmpty)
        simulation.run(for: .milliseconds(1))
        #expect(simulation.started.map(\.slotOrder.slot.task) == [.partitions])
        simulation.end(simulation.started[0])
        #expect(simulation.started.map(\.slotOrder.slot.task) == [.partitions, .views, .statistics])
    }

    @Test func slotsThatPassWhileTheDatabaseIsAwayAreSaidWhenItIsBack() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .down)
        for _ in 0..<60 {
            simulation.run(for: .seconds(60))
            if let order = simulation.supervisor.databases[0].runningOrder { simulation.fail(order, .down) }
        }
        #expect(!simulation.reported.contains { if case .slotsPassed = $0 { true } else { false } })
        simulation.run(for: .seconds(120))
        simulation.end(try #require(simulation.supervisor.databases[0].runningOrder))
        let passed = simulation.reported.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }
        #expect(passed.map(\.count) == [4])
        #expect(passed.first?.allSatisfy { $0.state == .missed && $0.reason.contains("connection refused") } == true)
    }

    @Test func aWrongPasswordIsNotTriedBeforeTheNextSlot() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .wrongPassword)
        simulation.run(for: .seconds(14 * 60 + 59))
        #expect(simulation.started.count == 1)
        simulation.run(for: .seconds(1))
        #expect(simulation.startedSlots == ["12:00:00", "12:15:00"])
    }

    @Test func anotherReasonIsSaidAtOnce() throws {
        var simulation = SupervisorSimulation([.viewsOnly(every: .seconds(60))])
        simulation.handle(.woke)
        for failure in [ServerFailure.down, .down, .wrongPassword, .wrongPassword] {
            simulation.fail(try #require(simulation.supervisor.databases[0].runningOrder), failure)
            simulation.run(for: .seconds(60))
        }
        let said = simulation.reported.compactMap { event -> FailureClass? in
            if case .databaseUnavailable(_, let failure, _, _, _) = event { failure.failureClass } else { nil }
        }
        #expect(said == [.connection, .authentication])
    }

    @Test func aStandbyIsStoodBySilentlyAndTriedAgain() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        simulation.fail(try #require(simulation.started.last), .standby)
        for _ in 0..<30 {
            simulation.run(for: .seconds(60))
            if let order = simulation.supervisor.databases[0].runningOrder { simulation.fail(order, .standby) }
        }
        let news = simulation.reported.filter { if case .slotsPassed = $0 { false } else { true } }
        #expect(news == [.databaseStandby(database: "shop", since: .noon)])
        #expect(simulation.started.count > 20)
    }

    @Test func aTaskWhoseStepsFailSaysSoAtTheThirdTimeAndWhenItIsOver() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        for _ in 0..<4 {
            simulation.end(try #require(simulation.started.last)) { $0.reports = [.failed] }
            simulation.run(for: .seconds(900))
        }
        let failing = simulation.reported.compactMap { event -> Int? in
            if case .taskFailing(_, .views, let failures, _, _, let reason) = event {
                #expect(reason.contains("permission denied"))
                return failures
            }
            return nil
        }
        #expect(failing.first == 2 || failing.first == 3)
        simulation.end(try #require(simulation.started.last))
        guard case .taskRecovered("shop", .views, 4, _)? = simulation.reported.last else {
            Issue.record("\(simulation.reported)")
            return
        }
    }

    @Test func whatOneKindOfWorkMeetsIsItsOwnTrouble() throws {
        var simulation = SupervisorSimulation([DatabaseDefinition(name: "shop", conninfo: "")])
        let broken = ServerFailure(failureClass: .other, sqlState: SQLState("22P05"), message: "no such character")
        simulation.handle(.woke)
        for _ in 0..<4 {
            while let order = simulation.supervisor.databases[0].runningOrder {
                if order.slotOrder.slot.task == .views { simulation.fail(order, broken) } else { simulation.end(order) }
            }
            simulation.run(for: .seconds(900))
        }
        let kinds = simulation.reported.compactMap { event -> String? in
            switch event {
            case .taskFailing(_, let task, let failures, _, _, _): "\(task) \(failures)"
            case .databaseUnavailable, .databaseAvailable: "database"
            default: nil
            }
        }
        #expect(kinds.allSatisfy { $0.hasPrefix("views") } && kinds.contains("views 3"), "\(kinds)")
    }

    @Test func whatAnotherServiceHasCompletedMeanwhileHasNotPassed() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        let held = HeldRunLock(
            task: .views, pid: 7, application: "pgtend serve", user: "pgtend", client: "host", since: .noon)
        simulation.end(try #require(simulation.started.last)) { summary in
            summary.heldLocks = [held]
            summary.slot?.state = .open
        }
        // A run of the other service that lasts for two slots; ours waits for its next try, and one is under way.
        for _ in 0..<40 {
            simulation.run(for: .seconds(60))
            guard let order = simulation.supervisor.databases[0].runningOrder else { continue }
            simulation.end(order) { summary in
                summary.heldLocks = [held]
                summary.slot?.state = .open
            }
        }
        #expect(
            !simulation.reported.contains { if case .slotsPassed = $0 { true } else { false } },
            "\(simulation.reported)")
    }

    @Test func whatAnotherServiceIsAtIsTriedAgainAndSaidOnce() throws {
        var simulation = SupervisorSimulation([.viewsOnly()])
        simulation.handle(.woke)
        let held = HeldRunLock(
            task: .views, pid: 7, application: "pgtend serve", user: "pgtend", client: "host", since: .noon)
        for _ in 0..<5 {
            simulation.end(try #require(simulation.started.last)) { summary in
                summary.heldLocks = [held]
                summary.slot?.state = .open
            }
            simulation.run(for: .seconds(70))
        }
        #expect(simulation.startedSlots == Array(repeating: "12:00:00", count: 6))
        let owner = RunOwner(runID: "1", host: "other", pid: 9, startedAt: .noon)
        simulation.end(try #require(simulation.started.last)) { $0.slot?.state = .completedElsewhere(owner) }
        let slot = Slot(task: .views, due: .noon)
        #expect(
            simulation.reported == [
                .slotHeld(database: "shop", slot, held), .slotElsewhere(database: "shop", slot, owner),
            ])
    }
}

extension StepReport {
    static var failed: StepReport {
        let view = RelationName(schema: "s", name: "v")
        return StepReport(
            step: PlanStep(
                .refreshView(RefreshView(view: view, mode: .concurrent, owner: "o", role: nil)), reason: "",
                limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(1))),
            outcome: .failed(
                ServerFailure(
                    failureClass: .privilege, sqlState: .insufficientPrivilege, message: "permission denied for table t"
                )),
            duration: .zero)
    }
}
