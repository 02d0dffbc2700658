import CivilTime

extension Instant {
    /// The instant without the fraction of its second.
    package var truncatedToSeconds: Instant {
        let fraction = microsecondsOfDay % 1_000_000
        return Instant(microseconds: microseconds - fraction)
    }

    /// ISO 8601 in UTC, `2026-11-23T00:08:52Z`, with six decimals where there is a fraction.
    package var iso8601: String {
        let (year, month, day) = date.components
        let (seconds, fraction) = (microsecondsOfDay / 1_000_000, microsecondsOfDay % 1_000_000)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0.padded(2) }.joined(separator: ":")
        let decimals = fraction == 0 ? "" : ".\(fraction.padded(6))"
        return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))T\(clock)\(decimals)Z"
    }
}

extension Duration {
    /// Rounded to its one or two largest units: "0.42 ms", "12 ms", "1.2 s", "2 min 5 s", "3 h 4 min", "98 days".
    package var humanReadable: String {
        let total = microseconds
        if total < 0 { return "-" + (.zero - self).humanReadable }
        func rounded(_ unit: Int64) -> Int64 { total / unit + (total % unit * 2 >= unit ? 1 : 0) }

        // Each unit rounds before it is compared, so that 59.96 s is "1 min 0 s" and never "60.0 s".
        let (hundredths, milliseconds, tenths) = (rounded(10), rounded(1_000), rounded(100_000))
        if hundredths == 0 { return "0 ms" }
        if hundredths < 1_00 { return "\(hundredths / 100).\((hundredths % 100).padded(2)) ms" }
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        if tenths < 60_0 { return "\(tenths / 10).\(tenths % 10) s" }
        let (seconds, minutes, hours) = (rounded(1_000_000), rounded(60_000_000), rounded(3_600_000_000))
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        if minutes < 1_440 { return "\(minutes / 60) h \(minutes % 60) min" }
        if hours < 72 { return "\(hours / 24 == 1 ? "1 day" : "\(hours / 24) days") \(hours % 24) h" }
        return "\(rounded(86_400_000_000)) days"
    }
}
