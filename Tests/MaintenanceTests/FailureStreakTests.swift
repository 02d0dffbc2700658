import CivilTime
import Maintenance
import TestSupport
import Testing

@Suite("Failures in a row")
struct FailureStreakTests {
    private static let start = Instant(microseconds: 1_795_392_000_000_000)

    private static func instant(_ seconds: Int64) -> Instant { start.adding(microseconds: seconds * 1_000_000) }

    /// Which of so many failures, one every `interval` seconds, are said.
    private func said(of count: Int64, every interval: Int64) -> [Int] {
        var streak = FailureStreak()
        return (0..<count).compactMap { streak.add(at: Self.instant($0 * interval)) ? streak.failures : nil }
    }

    @Test func saysRoundFiguresOfFastFailures() {
        #expect(said(of: 400, every: 1) == [1, 3, 10, 30, 100, 300, 301])
    }

    @Test func saysAtOnceThatItHasBecomeGraver() {
        // The 6th is five minutes after the first, and the 121st two hours.
        #expect(said(of: 130, every: 60) == [1, 3, 6, 10, 30, 100, 121])
    }

    @Test func saysItOnceADayHoweverLongItLasts() {
        #expect(said(of: 9 * 24, every: 3_600) == [1, 3, 10, 30, 54, 78, 100, 124, 148, 172, 196])
    }

    @Test(arguments: [1, 5, 30, 60, 300])
    func aNightOfOutageIsADozenEntriesAtMost(interval: Int64) {
        let entries = said(of: 10 * 3_600 / interval, every: interval)
        #expect(entries.first == 1)
        #expect(entries.count <= 12, "\(entries)")
    }

    @Test func endsWithWhatItWas() throws {
        var streak = FailureStreak()
        let nothing = streak.end()
        #expect(nothing == nil)
        for seconds: Int64 in [0, 60] { _ = streak.add(at: Self.instant(seconds)) }
        #expect(streak.lasting == .seconds(60))
        let something = streak.end()
        let ended = try #require(something)
        #expect(ended == (2, Self.instant(0)))
        #expect(streak == FailureStreak())
        let isSaid = streak.add(at: Self.instant(120))
        #expect(isSaid)
    }

    @Test func aClockSetBackSilencesNothing() {
        var streak = FailureStreak()
        let isSaid = [0, -86_400, -86_400].map { streak.add(at: Self.instant($0)) }
        #expect(isSaid == [true, false, true])
        #expect(streak.lasting == .zero)
    }

    @Test(arguments: [
        (1, 0, FailureSeverity.transient), (2, 7_200, .transient), (3, 299, .transient), (100_000, 299, .transient),
        (3, 300, .persistent), (10, 300, .persistent), (100_000, 7_199, .persistent), (9, 7_200, .persistent),
        (10, 7_200, .severe), (100_000, 7_200, .severe),
    ])
    func risesByCountAndTimeTogether(failures: Int, seconds: Int64, severity: FailureSeverity) {
        #expect(FailureSeverity(failures: failures, lasting: .seconds(seconds)) == severity)
    }

    @Test(arguments: [Seeded().seed])
    func neverBecomesLighterWhileItLasts(seed: UInt64) {
        var generator = Seeded(seed: seed)
        for _ in 0..<50 {
            var streak = FailureStreak()
            var now: Int64 = 0
            var gravest = FailureSeverity.transient
            for _ in 0..<40 {
                now += Int64.random(in: 0...4_000, using: &generator)
                let isSaid = streak.add(at: Self.instant(now))
                let severity = FailureSeverity(failures: streak.failures, lasting: streak.lasting)
                #expect(severity >= gravest, "seed \(seed)")
                #expect(isSaid || severity == gravest, "graver, and not said; seed \(seed)")
                gravest = severity
            }
        }
    }
}
