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
}
