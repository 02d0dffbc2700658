import CivilTime
import Maintenance
import Settings
import TestSupport
import Testing

@Suite("Configured schedules")
struct ScheduleTests {
    /// `lines` are the schedule of the views, in line 5 and below.
    private func file(_ lines: String) -> String {
        let indented = lines.split(separator: "\n").map { "        \($0)\n" }.joined()
        return "databases:\n  - name: a\n    conninfo: dbname=a\n    views:\n      schedule:\n\(indented)"
    }

    private func schedule(
        _ lines: String, environment: [String: String] = [:], zoneDirectory: String = ZoneRules.systemDirectory
    ) throws -> TaskSchedule? {
        let loaded = try load(file(lines), environment: environment, zoneDirectory: zoneDirectory)
        return loaded.configuration.databases.first?.schedule(of: .views)
    }

    private static let path = "databases[0].views.schedule"
    private static let cron =
        "expected a cron expression such as '0 3 * * MON-FRI' (minute, hour, day, month, weekday) or @daily"

    @Test(arguments: [
        Mistake(
            "both", "every: 5min\ncron: 0 3 * * *",
            "pgtend.yaml:7:15: \(path).cron: expected every or cron, found both (every at line 6)"),
        Mistake(
            "both, the other way round", "cron: 0 3 * * *\nevery: 5min",
            "pgtend.yaml:6:15: \(path).cron: expected every or cron, found both (every at line 7)"),
        Mistake(
            "a zone for an interval", "every: 5min\nzone: Europe/Berlin",
            "pgtend.yaml:7:15: \(path).zone: expected cron beside it, found no cron: every counts in UTC"),
        Mistake(
            "a zone alone", "zone: Europe/Berlin",
            "pgtend.yaml:6:15: \(path).zone: expected cron beside it, found no cron: every counts in UTC"),
        Mistake(
            "an unknown zone", "cron: 0 3 * * *\nzone: Europe/Belin",
            "pgtend.yaml:7:15: \(path).zone: expected a time zone of /usr/share/zoneinfo, found 'Europe/Belin'; "
                + "did you mean 'Europe/Berlin'?"),
        Mistake(
            "a zone that is none", "cron: 0 3 * * *\nzone: ../../etc/passwd",
            "pgtend.yaml:7:15: \(path).zone: expected an IANA time zone such as Europe/Berlin, "
                + "found '../../etc/passwd'"),
        Mistake(
            "a wrong hour, and nothing of the zone", "cron: 0 25 * * *\nzone: Europe/Berlin",
            "pgtend.yaml:6:15: \(path).cron: \(cron), found '0 25 * * *' (hour: expected a number from 0 to 23, "
                + "found '25')"),
        Mistake(
            "a day that never comes", "cron: 0 3 30 2 *",
            "pgtend.yaml:6:15: \(path).cron: \(cron), found '0 3 30 2 *' (no month has that day)"),
        Mistake(
            "four fields", "cron: 0 3 * *",
            "pgtend.yaml:6:15: \(path).cron: \(cron), found '0 3 * *' (expected five fields: minute, hour, day of the "
                + "month, month, day of the week, found '4 of them')"),
        Mistake(
            "a star that YAML takes for an alias", "cron: * * * * *",
            "pgtend.yaml:6:15: a text that begins with * stands in quotes"),
        Mistake(
            "a step that YAML takes for an alias", "cron: */5 * * * *",
            "pgtend.yaml:6:15: a text that begins with * stands in quotes"),
        Mistake(
            "a name without quotes", "cron: @daily", "pgtend.yaml:6:15: a text that begins with @ stands in quotes"),
        Mistake(
            "a secret in the wrong place", "cron: 0 password=hush * * *",
            "pgtend.yaml:6:15: \(path).cron: \(cron), found a text like a connection string (not shown)"),
        Mistake(
            "less than a second", "every: 500ms",
            "pgtend.yaml:6:16: \(path).every: expected a duration from 1s to 7d (for more there is cron), "
                + "found '500ms'"),
        Mistake(
            "months", "every: 1M",
            "pgtend.yaml:6:16: \(path).every: expected a duration from 1s to 7d (for more there is cron), "
                + "found '1M' ('M' is ambiguous: write min for minutes)"),
        Mistake(
            "starts put off beyond the next slot", "every: 5min\njitter: 5min",
            "pgtend.yaml:7:17: \(path).jitter: expected less than every (5min), found '5min'"),
        Mistake(
            "starts put off beyond their limit", "cron: 0 3 * * *\njitter: 30min\nstart_within: 10min",
            "pgtend.yaml:7:17: \(path).jitter: expected less than start_within (10min), found '30min'"),
        Mistake(
            "a key of the schedule beside it", "evry: 5min",
            "pgtend.yaml:6:9: \(path): unknown key 'evry'; did you mean 'every'?"),
    ])
    func sayWhatIsWrong(_ mistake: Mistake) {
        #expect(problems(in: file(mistake.text)) == mistake.messages)
    }

    @Test func haveDefaultsForWhatIsNotSaid() throws {
        #expect(try schedule("jitter: 1min") == TaskSchedule(.every(.seconds(900)), jitter: .seconds(60)))
        let cron = try schedule("cron: '*/10 * * * *'")
        #expect(cron == TaskSchedule(.cron(try CronExpression("*/10 * * * *"), .utc)))
    }

    @Test func theEnvironmentsIntervalTakesThePlaceOfAnExpression() throws {
        let found = try schedule(
            "cron: 0 3 * * *\nzone: Europe/Berlin\nstart_within: 1h", environment: ["PGTEND_VIEWS_EVERY": "10m"])
        #expect(found == TaskSchedule(.every(.seconds(600)), startWithin: .seconds(3600)))
        let others = try load(file("every: 5min"), environment: ["PGTEND_PARTITIONS_EVERY": "2h"])
            .configuration.databases.first
        #expect(others?.schedule(of: .partitions) == TaskSchedule(.every(.seconds(7200))))
        #expect(others?.schedule(of: .views) == TaskSchedule(.every(.seconds(300))))
        let jitter = problems(in: file("jitter: 10min"), environment: ["PGTEND_VIEWS_EVERY": "5min"])
        #expect(
            jitter == ["pgtend.yaml:6:17: \(Self.path).jitter: expected less than every (5min), found '10min'"])
    }

    @Test func needTzdataOnlyForAZone() throws {
        try TemporaryFolder.with { folder in
            let interval = try schedule("every: 5min", zoneDirectory: folder)
            #expect(interval == TaskSchedule(.every(.seconds(300))))
            for lines in ["cron: 0 3 * * *", "cron: 0 3 * * *\nzone: UTC"] {
                let cron = try schedule(lines, zoneDirectory: folder)
                #expect(cron == TaskSchedule(.cron(try CronExpression("0 3 * * *"), .utc)))
            }
            let found = problems(in: file("cron: 0 3 * * *\nzone: Europe/Berlin"), zoneDirectory: folder)
            let expected = [
                "pgtend.yaml:7:15: \(Self.path).zone: there are no time zones in \(folder): tzdata is not installed: "
                    + "apt-get install tzdata"
            ]
            #expect(found == expected)
        }
    }
}
