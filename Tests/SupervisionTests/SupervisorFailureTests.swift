import CivilTime
import Maintenance
import SQLText
import Testing

@testable import Supervision

/// What the supervisor makes of runs that fail, and of those that others hold.
@Suite("Supervisor, failures")
struct SupervisorFailureTests {
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
        let broken = ServerFailure(failureClass: .other, sqlState: SQLState("22P05"), message: "no such character")
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
}

extension StepReport {
    static var failed: StepReport {
        let view = RelationName(schema: "s", name: "v")
        return StepReport(
            step: PlanStep(
                .refreshView(RefreshView(view: view, mode: .concurrent, role: nil)), reason: "",
                limits: StepLimits(locks: LockBudget(), statementTimeout: .seconds(1))),
            outcome: .failed(
                ServerFailure(
                    failureClass: .privilege, sqlState: .insufficientPrivilege, message: "permission denied for table t"
                )),
            duration: .zero)
    }
}
