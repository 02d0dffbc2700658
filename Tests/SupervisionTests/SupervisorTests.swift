import CivilTime
import Maintenance
import Testing

@testable import Supervision

@Suite("Supervisor")
struct SupervisorTests {
    @Test func attemptsAtTheStartWhatIsDueByThen() throws {
        var watch = Watch([Watch.database()], at: Watch.noon.adding(microseconds: 7 * 60_000_000))
        watch.handle(.woke)
        #expect(watch.startedSlots == ["12:00:00"])
        let order = try #require(watch.started.first)
        #expect(order.order == SlotOrder(slot: Slot(task: .views, due: Watch.noon)))
    }
}
