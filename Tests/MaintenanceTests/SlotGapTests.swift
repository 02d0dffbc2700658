import CivilTime
import Maintenance
import Testing

@Suite("Slots that nobody recorded")
struct SlotGapTests {
    private static let hourly = Schedule.every(.seconds(3_600))

    private static func hour(_ number: Int64) -> Instant {
        Instant(microseconds: number * 3_600_000_000)
    }

    private static func gap(after last: Int64, before due: Int64) -> SlotGap {
        SlotGap(hourly, after: hour(last), before: hour(due))
    }

    @Test("are those between the last and the one that is due, oldest first")
    func liesBetween() {
        #expect(Self.gap(after: 3, before: 7).slots == [4, 5, 6].map(Self.hour))
        #expect(!Self.gap(after: 3, before: 7).isCut)
    }

    @Test("are none for the next slot, the same one and an earlier one", arguments: [8, 7, 3] as [Int64])
    func areNone(due: Int64) {
        #expect(Self.gap(after: 7, before: due) == SlotGap(Self.hourly, after: Self.hour(7), before: Self.hour(8)))
        #expect(Self.gap(after: 7, before: due).slots == [])
    }

    @Test("are at most a hundred, the latest, and the first of them says so")
    func isBounded() {
        #expect(!Self.gap(after: 0, before: 101).isCut)
        let gap = Self.gap(after: 0, before: 200_000)
        #expect(gap.isCut && gap.slots.count == 100 && gap.slots.first == Self.hour(199_900))
        let missed = gap.missed(.views, since: Self.hour(0))
        #expect(
            missed.first?.reason
                == "no service was there to start it, nor any slot before it since 1970-01-01 00:00:00+00")
        #expect(missed.dropFirst().allSatisfy { $0.reason == "no service was there to start it" })
        #expect(missed.allSatisfy { $0.state == .missed && $0.slot.task == .views })
    }

    @Test("need not lie on the grid of what is recorded: the schedule may have been another one")
    func followsTheScheduleOfToday() {
        let last = Self.hour(3).adding(microseconds: 900_000_000)
        #expect(SlotGap(Self.hourly, after: last, before: Self.hour(6)).slots == [4, 5].map(Self.hour))
    }
}
