import CivilTime
import Foundation
import TestSupport
import Testing

@Suite("Instants")
struct InstantTests {
    @Test(
        "Rendered as PostgreSQL's ISO style under UTC",
        arguments: [
            (0, "1970-01-01 00:00:00+00"),
            (1, "1970-01-01 00:00:00.000001+00"),
            (-1, "1969-12-31 23:59:59.999999+00"),
            (-86_400_000_000, "1969-12-31 00:00:00+00"),
            (1_740_787_200_000_000, "2025-03-01 00:00:00+00"),
            (1_740_787_199_500_000, "2025-02-28 23:59:59.500000+00"),
            (-62_135_596_800_000_000, "0001-01-01 00:00:00+00"),
            (-62_135_596_800_000_001, "0001-12-31 23:59:59.999999+00 BC"),
        ] as [(Int64, String)])
    func renders(microseconds: Int64, expected: String) {
        let instant = Instant(microseconds: microseconds)
        #expect(instant.description == expected)
        #expect(instant.clock == expected.replacingOccurrences(of: "+00", with: ""))
    }

    @Test("The clock is Foundation's", arguments: [Seeded().seed])
    func agreesWithFoundation(seed: UInt64) {
        var generator = Seeded(seed: seed)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withFullDate, .withTime, .withColonSeparatorInTime, .withSpaceBetweenDateAndTime]
        for _ in 0..<3_000 {
            // 1700 to 9999.
            let seconds = Int64.random(in: -8_520_336_000...253_402_300_799, using: &generator)
            let instant = Instant(microseconds: seconds * 1_000_000)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(instant.clock == expected, "seed \(seed): \(seconds) s")
        }
    }

    @Test("A day is whole, whichever side of 1970 it lies on", arguments: [Seeded().seed])
    func splitsIntoDayAndTime(seed: UInt64) {
        var generator = Seeded(seed: seed)
        for _ in 0..<3_000 {
            let instant = Instant(microseconds: .random(in: -(1 << 60)...(1 << 60), using: &generator))
            let time = instant.microsecondsOfDay
            #expect((0..<Instant.microsecondsPerDay).contains(time), "seed \(seed): \(instant)")
            #expect(Instant(midnightOf: instant.date).adding(microseconds: time) == instant, "seed \(seed): \(instant)")
        }
    }

    @Test("Seconds are rounded down, whichever comes first")
    func roundsSecondsDown() {
        let zero = Instant(microseconds: 0)
        #expect(Instant(microseconds: 1_999_999).seconds(since: zero) == 1)
        #expect(zero.seconds(since: Instant(microseconds: 1)) == -1)
        #expect(zero.seconds(since: Instant(microseconds: 1_000_000)) == -1)
    }

    @Test("A date beyond the axis is its end")
    func staysOnTheAxis() {
        // PostgreSQL's last date, 5874897-12-31.
        let last = Instant(midnightOf: CivilDate(daysSinceEpoch: 2_145_031_948))
        #expect(last.microseconds == .max)
        #expect(last.adding(microseconds: 1) == last)
        #expect(
            Instant(midnightOf: CivilDate(daysSinceEpoch: -2_145_031_948)).adding(microseconds: -1).microseconds == .min
        )
    }
}
