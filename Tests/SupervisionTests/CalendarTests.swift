import CivilTime
import Maintenance
import Testing

@testable import Supervision

/// Calendars as the service lives through them: the loop sleeps from wake to wake, and every slot is run once.
@Suite("Supervisor, calendars")
struct CalendarTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let cron: String
        var zone = "Europe/Berlin"
        let from: (Int, Int, Int)
        let days: Int
        let due: [String]
    }

    private static let cases = [
        Case(
            testDescription: "clocks are set forwards: what would be due in the gap is due at its end",
            cron: "30 2 * * *", from: (2026, 3, 28), days: 3,
            due: ["2026-03-28 01:30:00", "2026-03-29 01:00:00", "2026-03-30 00:30:00"]),
        Case(
            testDescription: "clocks are set back: what comes twice is due once",
            cron: "30 2 * * *", from: (2026, 10, 24), days: 3,
            due: ["2026-10-24 00:30:00", "2026-10-25 00:30:00", "2026-10-26 01:30:00"]),
        Case(
            testDescription: "clocks are set back: every hour is every hour",
            cron: "0 * * * *", from: (2026, 10, 25), days: 1,
            due: (1..<24).map { "2026-10-25 \($0 < 10 ? "0" : "")\($0):00:00" } + ["2026-10-26 00:00:00"]),
        Case(
            testDescription: "a month's end", cron: "0 0 1 * *", zone: "UTC", from: (2026, 1, 15), days: 60,
            due: ["2026-02-01 00:00:00", "2026-03-01 00:00:00"]),
        Case(
            testDescription: "a leap day", cron: "0 12 29 2 *", zone: "UTC", from: (2027, 12, 1), days: 200,
            due: ["2028-02-29 12:00:00"]),
    ]

    @Test(arguments: cases)
    func runsEachSlotOnce(_ sample: Case) throws {
        var database = DatabaseDefinition.viewsOnly()
        database.views.schedule = TaskSchedule(
            .cron(try CronExpression(sample.cron), try ZoneRules.load(named: sample.zone)))
        let (year, month, day) = sample.from
        let start = Instant(midnightOf: CivilDate.day(year, month, day)).adding(microseconds: 1)
        var simulation = SupervisorSimulation([database], at: start)
        simulation.handle(.woke)
        // What was due before is caught up with.
        if let order = simulation.started.last { simulation.end(order) }
        simulation.clearRecord()
        for _ in 0..<(sample.days * 24) {
            simulation.run(for: .seconds(3_600))
            if let order = simulation.supervisor.databases[0].runningOrder { simulation.end(order) }
        }
        #expect(simulation.started.map(\.slotOrder.slot.due.clock) == sample.due)
        #expect(simulation.reported == [])
    }
}
