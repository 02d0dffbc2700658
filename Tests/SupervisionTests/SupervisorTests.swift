import CivilTime
import Maintenance
import Testing

@testable import Supervision

@Suite("Supervisor")
struct SupervisorTests {
    private static let minute: Int64 = 60_000_000

    // MARK: Slots

    @Test func attemptsAtTheStartWhatIsDueByThen() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon.adding(microseconds: 7 * Self.minute))
        simulation.handle(.woke)
        let order = try #require(simulation.started.first)
        #expect(order.slotOrder == SlotOrder(slot: Slot(task: .views, due: .noon)))
    }

    @Test func startsEachSlotWhenItIsDue() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon)
        simulation.handle(.woke)
        for _ in 0..<3 {
            simulation.end(try #require(simulation.started.last))
            simulation.run(for: .seconds(900))
        }
        #expect(simulation.startedSlots == ["12:00:00", "12:15:00", "12:30:00", "12:45:00"])
        #expect(simulation.reported == [])
    }

    @Test func aTaskNeverOverlapsItselfAndWhatPassesMeanwhileIsSkipped() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon)
        simulation.handle(.woke)
        let long = try #require(simulation.started.first)
        simulation.run(for: .seconds(40 * 60))
        #expect(simulation.started.count == 1)
        simulation.end(long)
        #expect(simulation.startedSlots == ["12:00:00", "12:30:00"])
        let passed = PassedSlot(
            Slot(task: .views, due: .noon.adding(microseconds: 15 * Self.minute)), .skipped,
            reason: "the run of the slot of 2026-11-23 12:00:00+00 was still going")
        #expect(simulation.reported == [.slotsPassed(database: "shop", [passed])])
        #expect(simulation.started.last?.slotOrder.passed == [passed], "the ledger is told")
    }

    @Test func whatTheLedgerHasTakenOverIsNotToldAgain() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon)
        simulation.handle(.woke)
        simulation.run(for: .seconds(40 * 60))
        simulation.end(try #require(simulation.started.last))
        simulation.end(try #require(simulation.started.last))
        simulation.run(for: .seconds(900))
        #expect(simulation.started.last?.slotOrder.passed == [])
    }

    @Test func aSlotThatIsTooLateIsMissed() throws {
        let database = DatabaseDefinition.viewsOnly(every: .seconds(86_400), startWithin: .seconds(2 * 3600))
        var simulation = SupervisorSimulation([database], at: .noon)
        simulation.handle(.woke)
        #expect(simulation.started.isEmpty, "the slot of midnight was due twelve hours ago")
        simulation.run(for: .seconds(12 * 3600))
        #expect(simulation.startedSlots == ["00:00:00"])
        simulation.fail(try #require(simulation.started.last), .down)
        for _ in 0..<200 {
            simulation.run(for: .seconds(60))
            if let last = simulation.started.last, simulation.supervisor.runningCount > 0 {
                simulation.fail(last, .down)
            }
        }
        let tries = simulation.started.count
        simulation.run(for: .seconds(3600))
        #expect(simulation.started.count == tries, "no try begins later than two hours after it was due")
        #expect(simulation.supervisor.databases[0].tasks[0].unrecorded.last?.state == .missed)
    }

    @Test func jitterPutsAStartOffButNotTheSlot() {
        var simulation = SupervisorSimulation([.viewsOnly(jitter: .seconds(100))], at: .noon, jitter: 0.5)
        simulation.handle(.woke)
        #expect(simulation.started.isEmpty)
        simulation.run(for: .seconds(49))
        #expect(simulation.started.isEmpty)
        simulation.run(for: .seconds(1))
        #expect(simulation.startedSlots == ["12:00:00"])
        #expect(simulation.started.first?.slotOrder.lateAfter == .seconds(160), "what was put off is not late")
    }

    // MARK: The clock

    @Test func aClockThatIsSetForwardsRunsTheLatestSlotAndMissesTheRest() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon)
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        simulation.setClock(by: .seconds(3600))
        simulation.handle(.woke)
        #expect(simulation.startedSlots == ["12:00:00", "13:00:00"])
        #expect(simulation.reported.contains(.clockStepped(by: .seconds(3600))))
        let passed = simulation.reported.compactMap { if case .slotsPassed(_, let slots) = $0 { slots } else { nil } }
            .first
        #expect(passed?.map(\.state) == [.missed, .missed, .missed])
    }

    @Test func aClockThatIsSetBackDoesNotStopTheWork() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon)
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        // A year too far, one slot there, and back again.
        simulation.setClock(by: .seconds(365 * 86_400))
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        simulation.setClock(by: .seconds(-365 * 86_400))
        simulation.clearRecord()
        simulation.run(for: .seconds(900))
        #expect(simulation.startedSlots == ["12:15:00"])
    }

    @Test func aSmallStepBackDoesNotRepeatASlotOfTheSameClock() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon.adding(microseconds: 500_000))
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        simulation.setClock(by: .seconds(-2))
        simulation.handle(.woke)
        #expect(simulation.startedSlots == ["12:00:00"])
        simulation.run(for: .seconds(3))
        // Due once more by the clock; the ledger says that it is done.
        #expect(simulation.startedSlots == ["12:00:00", "12:00:00"])
    }

    @Test func aMachineThatHasSleptCatchesUpWithOneSlot() throws {
        var simulation = SupervisorSimulation([.viewsOnly()], at: .noon)
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        // The monotonic clock stands still meanwhile.
        simulation.setClock(by: .seconds(8 * 3600 + 60))
        simulation.handle(.woke)
        #expect(simulation.startedSlots == ["12:00:00", "20:00:00"])
    }

    @Test func neverSleepsLongerThanTenMinutes() throws {
        var simulation = SupervisorSimulation([.viewsOnly(every: .seconds(86_400))])
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        let wake = simulation.supervisor.nextWake(after: simulation.now)
        #expect(wake.monotonic == simulation.now.monotonic + .seconds(600))
    }

    @Test func thousandsOfSlotsThatPassedAreAHundredAndASentence() throws {
        var simulation = SupervisorSimulation([.viewsOnly(every: .seconds(60))])
        simulation.handle(.woke)
        simulation.end(try #require(simulation.started.last))
        simulation.setClock(by: .seconds(365 * 86_400))
        simulation.handle(.woke)
        let passed = try #require(simulation.started.last?.slotOrder.passed)
        #expect(passed.count == 100)
        #expect(passed.first?.reason.hasSuffix("; so were all before it, from 2026-11-23 12:00:00+00 on") == true)
    }
}
