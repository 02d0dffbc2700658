import CivilTime
import Testing

@Suite("Units of durations")
struct DurationUnitsTests {
    @Test func clampADurationThatNoIntegerHolds() {
        #expect(Duration.seconds(Int64.max).microseconds == .max)
        #expect(Duration.seconds(Int64.min).microseconds == .min)
        #expect(Duration.microseconds(-1_500).microseconds == -1_500)
    }

    @Test(
        arguments: [
            (.milliseconds(200), 200), (.microseconds(1_999), 1), (.microseconds(1), 1), (.zero, 1),
            (.seconds(-3), 1), (.seconds(60), 60_000),
        ] as [(Duration, Int64)])
    func neverMakeALimitOfNothing(duration: Duration, milliseconds: Int64) {
        #expect(duration.milliseconds == milliseconds)
    }
}
