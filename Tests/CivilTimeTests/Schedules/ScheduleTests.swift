import CivilTime
import Testing

@Suite("Schedules")
struct ScheduleTests {
    @Test(arguments: [
        // From a moment, the slots that follow it; all in UTC.
        ("0 3 * * *", "UTC", "2025-03-01 03:00", ["2025-03-02 03:00", "2025-03-03 03:00"]),
        ("0 3 * * *", "UTC", "2025-03-01 02:59:59.999999", ["2025-03-01 03:00"]),
        ("*/15 * * * *", "UTC", "2025-12-31 23:50", ["2026-01-01 00:00", "2026-01-01 00:15"]),
        ("0 0 31 * *", "UTC", "2025-01-31 00:00", ["2025-03-31 00:00", "2025-05-31 00:00", "2025-07-31 00:00"]),
        ("0 0 29 2 *", "UTC", "2025-01-01 00:00", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("0 0 29 2 *", "UTC", "2097-01-01 00:00", ["2104-02-29 00:00"]),
        // Either day is enough, unless one of them begins with a star.
        ("0 0 13 * FRI", "UTC", "2026-01-31 00:00", ["2026-02-06 00:00", "2026-02-13 00:00", "2026-02-20 00:00"]),
        ("0 0 */2 * MON", "UTC", "2026-06-01 00:00", ["2026-06-15 00:00", "2026-06-29 00:00", "2026-07-13 00:00"]),
        ("0 0 1 * */7", "UTC", "2026-01-02 00:00", ["2026-02-01 00:00", "2026-03-01 00:00", "2026-11-01 00:00"]),
        // Clocks turned forward: 2025-03-30 02:00 becomes 03:00 in Berlin, which is 01:00 UTC.
        ("30 2 * * *", "Europe/Berlin", "2025-03-29 12:00", ["2025-03-30 01:00", "2025-03-31 00:30"]),
        ("0,30 2 * * *", "Europe/Berlin", "2025-03-29 12:00", ["2025-03-30 01:00", "2025-03-31 00:00"]),
        ("30 2,3 * * *", "Europe/Berlin", "2025-03-29 12:00", ["2025-03-30 01:00", "2025-03-30 01:30"]),
        ("30 * * * *", "Europe/Berlin", "2025-03-30 00:00", ["2025-03-30 00:30", "2025-03-30 01:30"]),
        ("*/30 2 * * *", "Europe/Berlin", "2025-03-29 12:00", ["2025-03-31 00:00"]),
        // And back: 2025-10-26 03:00 becomes 02:00, also 01:00 UTC.
        ("30 2 * * *", "Europe/Berlin", "2025-10-25 12:00", ["2025-10-26 00:30", "2025-10-27 01:30"]),
        ("30 2 * * *", "Europe/Berlin", "2025-10-26 01:10", ["2025-10-27 01:30"]),
        (
            "30 * * * *", "Europe/Berlin", "2025-10-26 00:00",
            ["2025-10-26 00:30", "2025-10-26 01:30", "2025-10-26 02:30"]
        ),
        (
            "*/30 2 * * *", "Europe/Berlin", "2025-10-26 00:15",
            ["2025-10-26 00:30", "2025-10-26 01:00", "2025-10-26 01:30"]
        ),
        // By half an hour: 2025-10-05 02:00 becomes 02:30 on Lord Howe, at 15:30 UTC; 2026-04-05 02:00 becomes 01:30.
        ("15 2 * * *", "Australia/Lord_Howe", "2025-10-04 00:00", ["2025-10-04 15:30", "2025-10-05 15:15"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 00:00", ["2026-04-04 14:45", "2026-04-05 15:15"]),
        // A day that never was: after 2011-12-29 came the 31st, at 10:00 UTC.
        (
            "0 3 * * *", "Pacific/Apia", "2011-12-29 00:00",
            ["2011-12-29 13:00", "2011-12-30 10:00", "2011-12-30 13:00"]
        ),
        ("0 12 30 12 *", "Pacific/Apia", "2011-12-29 00:00", ["2011-12-30 10:00", "2012-12-29 22:00"]),
        ("0 * 30 12 *", "Pacific/Apia", "2011-12-29 00:00", ["2012-12-29 10:00"]),
        // By two hours: 2025-03-30 01:00 becomes 03:00 on Troll, 2025-10-26 03:00 becomes 01:00; both 01:00 UTC.
        ("30 1 * * *", "Antarctica/Troll", "2025-03-29 12:00", ["2025-03-30 01:00", "2025-03-30 23:30"]),
        ("30 2 * * *", "Antarctica/Troll", "2025-10-25 12:00", ["2025-10-26 00:30", "2025-10-27 02:30"]),
        // Back for Ramadan: 2025-02-23 03:00 becomes 02:00 in Morocco, at 02:00 UTC; and forward 2025-04-06 02:00.
        ("30 2 * * *", "Africa/Casablanca", "2025-02-22 12:00", ["2025-02-23 01:30", "2025-02-24 02:30"]),
        ("30 2 * * *", "Africa/Casablanca", "2025-04-05 12:00", ["2025-04-06 02:00", "2025-04-07 01:30"]),
        // The last change in Berlin's list is long past: the footer's rule.
        ("30 2 * * *", "Europe/Berlin", "2099-03-28 12:00", ["2099-03-29 01:00", "2099-03-30 00:30"]),
    ])
    func areDueWhenTheClocksSaySo(_ expression: String, _ zone: String, _ start: String, _ slots: [String]) throws {
        let schedule = Schedule.cron(try CronExpression(expression), try ZoneRules.load(named: zone))
        var instant = try Instant(clock: start)
        for slot in slots {
            let due = try Instant(clock: slot)
            #expect(schedule.next(after: instant) == due)
            #expect(schedule.latest(notAfter: due) == due)
            #expect(schedule.latest(notAfter: due.adding(microseconds: 1)) == due)
            let before = schedule.latest(notAfter: due.adding(microseconds: -1))
            #expect(before.map { $0 <= instant } ?? true, "\(String(describing: before)) before \(due)")
            instant = due
        }
    }

    @Test(arguments: ["0 0 30 2 *", "* * 31 4,6 *", "0 0 31 2,4,6,9,11 *"])
    func areNeverDueOnADayThatIsNone(expression: String) throws {
        let expression = try CronExpression(expression)
        #expect(expression.isNeverDue)
        let schedule = Schedule.cron(expression, try ZoneRules.load(named: "America/New_York"))
        let instant = try Instant(clock: "2025-06-15 12:00")
        #expect(schedule.next(after: instant) == nil)
        #expect(schedule.latest(notAfter: instant) == nil)
    }

    @Test(arguments: ["0 3 * * *", "*/15 * * * *", "* * 29 2 *"], ["UTC", "Europe/Berlin"])
    func endWhereTheAxisEnds(expression: String, zone: String) throws {
        let schedule = Schedule.cron(try CronExpression(expression), try ZoneRules.load(named: zone))
        let (first, last) = (Instant(microseconds: .min), Instant(microseconds: .max))
        #expect(schedule.next(after: last) == nil)
        #expect(try #require(schedule.latest(notAfter: last)) < last)
        #expect(try #require(schedule.next(after: first)) > first)
        #expect(Schedule.every(.seconds(604_800)).latest(notAfter: first) == nil)
    }

    @Test func countIntervalsFrom1970() throws {
        let schedule = Schedule.every(.seconds(900))
        #expect(
            schedule.next(after: try Instant(clock: "2025-03-01 12:07")) == (try Instant(clock: "2025-03-01 12:15")))
        #expect(
            schedule.next(after: try Instant(clock: "2025-03-01 12:15")) == (try Instant(clock: "2025-03-01 12:30")))
        let latest = schedule.latest(notAfter: try Instant(clock: "1969-12-31 23:59"))
        #expect(latest == (try Instant(clock: "1969-12-31 23:45")))
        #expect(schedule.next(after: Instant(microseconds: .max)) == nil)
    }
}
