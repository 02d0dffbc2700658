import CivilTime
import Reporting
import Testing

@Suite("Text of times and names")
struct FormatTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00Z"), (4_102_444_799_000_001, "2099-12-31T23:59:59.000001Z"),
        (1_795_392_886_686_353, "2026-11-23T00:14:46.686353Z"),
    ])
    func writesAnInstantInUTC(microseconds: Int64, text: String) {
        #expect(Instant(microseconds: microseconds).iso8601 == text)
    }

    @Test(arguments: [
        (Duration.zero, "0 ms"), (.nanoseconds(4_999), "0 ms"), (.microseconds(5), "0.01 ms"),
        (.microseconds(994), "0.99 ms"), (.microseconds(995), "1 ms"), (.microseconds(12_499), "12 ms"),
        (.microseconds(999_499), "999 ms"), (.microseconds(999_500), "1.0 s"), (.milliseconds(1_234), "1.2 s"),
        (.milliseconds(59_949), "59.9 s"), (.milliseconds(59_950), "1 min 0 s"), (.seconds(125), "2 min 5 s"),
        (.milliseconds(3_599_499), "59 min 59 s"), (.milliseconds(3_599_500), "1 h 0 min"),
        (.seconds(3 * 3_600 + 4 * 60), "3 h 4 min"), (.seconds(86_399), "1 day 0 h"), (.seconds(90_000), "1 day 1 h"),
        (.seconds(50 * 3_600), "2 days 2 h"), (.seconds(98 * 86_400), "98 days"), (.seconds(-90), "-1 min 30 s"),
    ])
    func writesADurationWithTheUnitsThatMatter(duration: Duration, text: String) {
        #expect(duration.humanReadable == text)
    }

    @Test(arguments: [
        ("plain", "plain"), ("Ümsätze 表 🐘", "Ümsätze 表 🐘"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u{1B}[31mred", "\\u{1b}[31mred"), ("\u{9B}2J", "\\u{9b}2J"), ("\u{7F}", "\\u{7f}"),
        ("a\u{202E}b", "a\\u{202e}b"), ("a\u{2028}b", "a\\u{2028}b"), ("a\u{200B}b", "a\\u{200b}b"), ("\0", "\\u{0}"),
        ("\r\n", "\\r\\n"), (#"a\b"#, #"a\b"#),
    ])
    func makesControlCharactersVisible(text: String, visible: String) {
        #expect(text.visible == visible)
    }
}
