import CivilTime

extension ValueFormat where Value == Bool {
    static let boolean = ValueFormat(
        expected: "true or false", isPlainOnly: true,
        parse: { $0 == "true" ? true : $0 == "false" ? false : nil },
        hint: { text in
            switch text.lowercased() {
            case "true", "yes", "on", "y", "1": "write true"
            case "false", "no", "off", "n", "0": "write false"
            default: nil
            }
        },
        render: { .plain($0 ? "true" : "false") })
}

extension ValueFormat where Value == Int {
    /// Decimal digits without leading zeros: `010` is eight in YAML 1.1, and ten in YAML 1.2.
    static func integer(_ range: ClosedRange<Int>, because reason: String) -> ValueFormat {
        ValueFormat(
            expected: "an integer from \(range.lowerBound) to \(range.upperBound) (\(reason))", isPlainOnly: true,
            parse: { text in
                guard let value = Int(text), String(value) == text, range.contains(value) else { return nil }
                return value
            },
            render: { .plain(String($0)) })
    }
}

extension ValueFormat where Value: CaseIterable & RawRepresentable<String> {
    /// One word of a fixed list.
    static var choice: ValueFormat {
        let words = Value.allCases.map(\.rawValue)
        let list = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        return ValueFormat(
            expected: list, parse: { Value(rawValue: $0) },
            hint: { text in Spelling.nearest(to: text, among: words).map { "did you mean '\($0)'?" } },
            render: { .plain($0.rawValue) })
    }
}

extension ValueFormat where Value == Duration {
    /// PostgreSQL's `statement_timeout` is a 32-bit number of milliseconds, a little more than 24 days.
    static let statementTimeout = duration(
        .milliseconds(1) ... .seconds(24 * 86_400), because: "PostgreSQL counts no further")

    /// A whole number with one of PostgreSQL's units, or `m` for minutes, which is common elsewhere. Rejected are `M`,
    /// which could mean months, and a number without a unit, since the default units of PostgreSQL's settings differ.
    static func duration(_ range: ClosedRange<Duration>, because reason: String) -> ValueFormat {
        let limits = "\(range.lowerBound.inLongestUnit) to \(range.upperBound.inLongestUnit)"
        return ValueFormat(
            expected: "a duration from \(limits) (\(reason))",
            parse: { text in
                guard let duration = duration(of: text), range.contains(duration) else { return nil }
                return duration
            },
            hint: hint(for:),
            render: { .plain($0.inLongestUnit) })
    }

    private static let milliseconds: [Substring: Int64] = [
        "ms": 1, "s": 1_000, "min": 60_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]

    private static func duration(of text: String) -> Duration? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int64(digits), let factor = milliseconds[unit] else {
            return nil
        }
        let (milliseconds, overflows) = count.multipliedReportingOverflow(by: factor)
        return overflows ? nil : .milliseconds(milliseconds)
    }

    private static func hint(for text: String) -> String? {
        guard duration(of: text) == nil, let first = text.first, ("0"..."9").contains(first) else { return nil }
        let unit = text.drop { ("0"..."9").contains($0) }.drop { $0 == " " }
        return switch unit {
        case "": "the unit is missing: ms, s, min, h or d"
        case "M": "'M' is ambiguous: write min for minutes"
        default: "a whole number and one unit: ms, s, min, h or d"
        }
    }
}
