/// The numbers that a field of a cron expression names, as a set of bits: 0 to 63.
struct CronSet: Hashable, Sendable {
    private var bits: UInt64 = 0

    init() {}

    private init(bits: UInt64) {
        self.bits = bits
    }

    /// Parses one field: parts that are separated by commas, each `*`, a number or a range; `*` and ranges may have a
    /// step.
    init(_ text: String, of field: CronField) throws(CronError) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            for number in try Self.numbers(of: part, field) {
                // Sunday has two numbers.
                bits |= 1 << (field == .weekday && number == 7 ? 0 : number)
            }
        }
    }

    private static func numbers(of part: Substring, _ field: CronField) throws(CronError) -> [Int] {
        let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let range = halves[0]
        let bounds = range.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers: ClosedRange<Int>
        if range == "*" {
            numbers = field == .weekday ? 0...6 : field.range
        } else {
            let first = try number(bounds[0], field)
            var last = bounds.count == 2 ? try number(bounds[1], field) : first
            // In FRI-SUN, Sunday is the last day of the week: 7.
            if field == .weekday, last == 0, first > 0 { last = 7 }
            guard first <= last else {
                throw CronError(field: field, expected: "a range that goes up", found: String(range))
            }
            numbers = first...last
        }
        guard halves.count == 2 else { return Array(numbers) }
        guard range == "*" || bounds.count == 2 else {
            throw CronError(field: field, expected: "a range or * before the step", found: String(part))
        }
        guard let step = decimal(halves[1]), (1...field.range.upperBound).contains(step) else {
            let expected = "a step from 1 to \(field.range.upperBound)"
            throw CronError(field: field, expected: expected, found: String(halves[1]))
        }
        return Array(stride(from: numbers.lowerBound, through: numbers.upperBound, by: step))
    }

    private static func number(_ text: Substring, _ field: CronField) throws(CronError) -> Int {
        if let index = field.names.firstIndex(of: text.uppercased()) { return field.range.lowerBound + index }
        guard let number = decimal(text), field.range.contains(number) else {
            throw CronError(field: field, expected: field.expected, found: String(text))
        }
        return number
    }

    private static func decimal(_ text: Substring) -> Int? {
        text.utf8.count <= 4 && text.allSatisfy { ("0"..."9").contains($0) } ? Int(text) : nil
    }
}

extension CronSet {
    func contains(_ number: Int) -> Bool {
        (0..<64).contains(number) && bits & (1 << UInt64(number)) != 0
    }

    /// The smallest number that is not below `number`.
    func first(from number: Int) -> Int? {
        let rest = number >= 64 ? 0 : bits & (UInt64.max << UInt64(max(0, number)))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The largest number that is not above `number`.
    func last(upTo number: Int) -> Int? {
        let rest = number < 0 ? 0 : bits & (UInt64.max >> UInt64(63 - min(63, number)))
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }

    func union(_ other: CronSet) -> CronSet { CronSet(bits: bits | other.bits) }
    func intersection(_ other: CronSet) -> CronSet { CronSet(bits: bits & other.bits) }

    func intersection(_ range: ClosedRange<Int>) -> CronSet {
        let upTo = UInt64.max >> UInt64(63 - range.upperBound)
        return CronSet(bits: bits & upTo & (UInt64.max << UInt64(range.lowerBound)))
    }

    /// The days of a month that fall on these weekdays, if the first day of the month is `weekday` (0 is Sunday).
    func days(from weekday: Int) -> CronSet {
        // Day d falls on (weekday + d - 1) % 7: repeat the bits for six weeks, and shift them so that day 1 is bit 1.
        let weeks = (0..<6).reduce(UInt64(0)) { $0 | bits << UInt64(7 * $1) }
        return CronSet(bits: (weeks >> UInt64(weekday)) << 1)
    }
}
