import CivilTime
import TestSupport
import Testing

/// Expressions by chance, against a scanner that looks at every minute.
@Suite("Schedules by chance")
struct ScheduleProperties {
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Troll",
        "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Europe/Dublin", "Asia/Gaza",
    ]

    @Test(arguments: zones, [Seeded().seed])
    func areWhatAScannerOfMinutesFinds(zone: String, seed: UInt64) throws {
        var generator = Seeded(seed: seed)
        let rules = try ZoneRules.load(named: zone)
        for _ in 0..<12 {
            let expression = try CronExpression(Self.expression(&generator))
            let schedule = Schedule.cron(expression, rules)
            let start = Self.start(rules, &generator)
            let scanner = MinuteScanner("\(expression)", rules)
            let slots = scanner.slots(from: start, minutes: 3 * 1440)
            var instant = start.adding(microseconds: -1)
            for slot in slots {
                let next = schedule.next(after: instant)
                guard next == slot else {
                    Issue.record("seed \(seed): \(schedule) after \(instant): \(String(describing: next)), not \(slot)")
                    break
                }
                #expect(schedule.latest(notAfter: slot) == slot, "seed \(seed): \(schedule) at \(slot)")
                instant = slot
            }
            let end = start.adding(microseconds: 3 * Instant.microsecondsPerDay)
            let next = schedule.next(after: instant)
            #expect(next.map { $0 >= end } ?? true, "seed \(seed): \(schedule) after \(instant)")
            if let last = slots.last {
                let latest = schedule.latest(notAfter: end.adding(microseconds: -1))
                #expect(latest == last, "seed \(seed): \(schedule) up to \(end)")
            }
        }
    }

    @Test(arguments: zones, [Seeded().seed])
    func areInOrder(zone: String, seed: UInt64) throws {
        var generator = Seeded(seed: seed)
        let rules = try ZoneRules.load(named: zone)
        for _ in 0..<60 {
            let expression = try CronExpression(Self.expression(&generator))
            let interval = Duration.microseconds(Int64.random(in: 1...1_000_000_000_000, using: &generator))
            for schedule in [Schedule.cron(expression, rules), .every(interval)] {
                let instant = Self.start(rules, &generator)
                    .adding(microseconds: .random(in: 0..<Instant.microsecondsPerDay, using: &generator))
                let (next, latest) = (schedule.next(after: instant), schedule.latest(notAfter: instant))
                #expect((next == nil) == (latest == nil), "seed \(seed): \(schedule) at \(instant)")
                guard let next, let latest else { continue }
                #expect(next > instant, "seed \(seed): \(schedule) at \(instant)")
                #expect(latest <= instant, "seed \(seed): \(schedule) at \(instant)")
                #expect(schedule.next(after: latest) == next, "seed \(seed): \(schedule) at \(instant)")
                #expect(schedule.latest(notAfter: next) == next, "seed \(seed): \(schedule) at \(instant)")
                let before = schedule.latest(notAfter: next.adding(microseconds: -1))
                #expect(before == latest, "seed \(seed): \(schedule) at \(instant)")
            }
        }
    }

    /// Half of them within a day or two of a change of the clocks.
    private static func start(_ zone: ZoneRules, _ generator: inout Seeded) -> Instant {
        let day = Instant.microsecondsPerDay
        let instant = Instant(microseconds: .random(in: 5 * 365...100 * 365, using: &generator) * day)
        let change = zone.period(at: instant).end
        guard change.microseconds < .max, Bool.random(using: &generator) else { return instant }
        let back = Int64.random(in: 0...2880, using: &generator) * 60_000_000
        return Instant(microseconds: change.microseconds.dividedDown(by: 60_000_000) * 60_000_000 - back)
    }

    private static func expression(_ generator: inout Seeded) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
        func field(_ range: ClosedRange<Int>, stars: Int) -> String {
            switch number(0...9) {
            case ..<stars: return "*"
            case 7: return "*/\(number(1...max(2, range.upperBound / 2)))"
            case 8:
                let first = number(range)
                return "\(first)-\(number(first...range.upperBound))/\(number(1...3))"
            case 9: return "\(number(range)),\(number(range)),\(number(range))"
            default: return "\(number(range))"
            }
        }
        return [
            field(0...59, stars: 2), field(0...4, stars: 2), field(1...31, stars: 6), field(1...12, stars: 7),
            field(0...6, stars: 6),
        ].joined(separator: " ")
    }
}

/// What is due, by looking at every minute: slow, and plain to see right.
private struct MinuteScanner {
    private let fields: [Set<Int>]
    private let written: [Substring]
    private let zone: ZoneRules

    init(_ expression: String, _ zone: ZoneRules) {
        written = expression.split(separator: " ")
        fields = zip(written, [0...59, 0...23, 1...31, 1...12, 0...6]).map { Self.numbers($0, $1) }
        self.zone = zone
    }

    private static func numbers(_ text: Substring, _ range: ClosedRange<Int>) -> Set<Int> {
        Set(
            text.split(separator: ",").flatMap { part -> [Int] in
                let halves = part.split(separator: "/")
                let bounds = halves[0].split(separator: "-").compactMap { Int($0) }
                let (first, last) = (bounds.first ?? range.lowerBound, bounds.last ?? range.upperBound)
                return Array(stride(from: first, through: last, by: halves.count > 1 ? Int(halves[1]) ?? 0 : 1))
            })
    }

    /// From a whole minute on.
    func slots(from start: Instant, minutes: Int) -> [Instant] {
        let fixed = !written[0].hasPrefix("*") && !written[1].hasPrefix("*")
        var slots: [Instant] = []
        // The latest time that the clocks have ever shown, as far as a day back.
        var highest = (1...1440).map { localSecond(start.adding(microseconds: Int64($0) * -60_000_000)) }.max() ?? .min
        for minute in 0..<Int64(minutes) {
            let instant = start.adding(microseconds: minute * 60_000_000)
            let now = localSecond(instant)
            if fixed {
                // Each time counts once: those that the clocks went over since, and none of those that come again.
                if stride(from: highest + 60, through: now, by: 60).contains(where: matches) { slots.append(instant) }
                highest = max(highest, now)
            } else if matches(now) {
                slots.append(instant)
            }
        }
        return slots
    }

    private func localSecond(_ instant: Instant) -> Int64 {
        instant.microseconds / 1_000_000 + Int64(zone.offset(at: instant))
    }

    private func matches(_ second: Int64) -> Bool {
        let date = CivilDate(daysSinceEpoch: Int(second.dividedDown(by: 86_400)))
        let minute = Int(second.remainderDown(by: 86_400)) / 60
        guard fields[0].contains(minute % 60), fields[1].contains(minute / 60), fields[3].contains(date.month) else {
            return false
        }
        let (day, weekday) = (fields[2].contains(date.day), fields[4].contains(date.isoWeekday % 7))
        return written[2].hasPrefix("*") || written[4].hasPrefix("*") ? day && weekday : day || weekday
    }
}
