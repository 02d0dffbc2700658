import CivilTime
import Testing

@testable import Commands

@Suite("Since when")
struct SinceTests {
    @Test(arguments: [
        ("90min", Since.ago(.seconds(5_400))), ("90m", .ago(.seconds(5_400))), ("2h", .ago(.seconds(7_200))),
        ("7d", .ago(.seconds(7 * 86_400))), ("30 s", .ago(.seconds(30))),
        ("2026-11-23", .at(SampleAnswers.instant("2026-11-23"))),
        ("2026-11-23 03:20", .at(SampleAnswers.instant("2026-11-23").adding(microseconds: 12_000_000_000))),
        ("2026-11-23T03:20:14Z", .at(SampleAnswers.instant("2026-11-23").adding(microseconds: 12_014_000_000))),
    ])
    func isAnAgeOrAMomentInUTC(text: String, expected: Since) {
        #expect(Since(argument: text) == expected)
    }

    @Test(arguments: ["", "7", "7w", "-1d", "2026-02-30", "2026-11-23 24:00", "yesterday", "1h30m"])
    func isNothingElse(text: String) {
        #expect(Since(argument: text) == nil)
    }

    @Test func anAgeCountsBackFromNow() {
        let now = SampleAnswers.instant("2026-11-23")
        #expect(Since.ago(.seconds(86_400)).instant(now: now) == SampleAnswers.instant("2026-11-22"))
        #expect(Since.at(now).instant(now: SampleAnswers.now) == now)
    }
}
