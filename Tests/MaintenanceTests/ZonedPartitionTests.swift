import CivilTime
import Foundation
import Maintenance
import Testing

@Suite("Partitions in zones")
struct ZonedPartitionTests {
    /// An empty `timestamptz` set with days or months in that zone.
    private func scenario(_ zone: String, _ interval: CalendarInterval, now: String, premake: Int) -> Scenario {
        Scenario(table("t", .timestamptz, []), now: now).configured(
            PartitionSetDefinition(
                table: app("t"), interval: interval, zone: zone, premake: premake,
                naming: NamingPattern("t_{YYYY}_{MM}_{DD}")))
    }

    @Test(
        "A day has the length that the zone gives it",
        arguments: [
            ("Europe/Berlin", "2025-03-30 12:00:00", "2025-03-29 23:00:00", "2025-03-30 22:00:00"),
            ("Europe/Berlin", "2025-10-26 12:00:00", "2025-10-25 22:00:00", "2025-10-26 23:00:00"),
            // Midnight does not exist: clocks went from 00:00 to 01:00.
            ("America/Sao_Paulo", "2018-11-04 12:00:00", "2018-11-04 03:00:00", "2018-11-05 02:00:00"),
            ("America/Sao_Paulo", "2018-11-03 12:00:00", "2018-11-03 03:00:00", "2018-11-04 03:00:00"),
            // Midnight comes twice: clocks went from 01:00 back to 00:00; the second is meant.
            ("America/Havana", "2018-11-04 12:00:00", "2018-11-04 05:00:00", "2018-11-05 05:00:00"),
            ("America/Havana", "2018-11-04 04:30:00", "2018-11-03 04:00:00", "2018-11-04 05:00:00"),
            ("Asia/Kathmandu", "2025-11-23 12:00:00", "2025-11-22 18:15:00", "2025-11-23 18:15:00"),
            ("Pacific/Kiritimati", "2025-12-31 12:00:00", "2025-12-31 10:00:00", "2026-01-01 10:00:00"),
        ] as [(String, String, String, String)])
    func boundsOfADay(zone: String, now: String, lower: String, upper: String) throws {
        let plan = scenario(zone, .day, now: now, premake: 0).plan()
        let step = try #require(plan.partitionSteps.first)
        #expect(plan.refusals.isEmpty)
        #expect((step.from, step.to) == (utc(lower), utc(upper)), "\(plan.created)")
        #expect(step.from <= utc(now) && utc(now) < step.to)
    }

    @Test("A day that a zone left out gets no partition, and its neighbours meet")
    func skipsTheDayThatNeverWas() {
        // Samoa had no 30 December 2011.
        let plan = scenario("Pacific/Apia", .day, now: "2011-12-29 12:00:00", premake: 3).plan()
        #expect(plan.refusals.isEmpty)
        #expect(plan.createdNames == ["t_2011_12_29", "t_2011_12_31", "t_2012_01_01"])
        #expect(zip(plan.partitionSteps, plan.partitionSteps.dropFirst()).allSatisfy { $0.to == $1.from })
    }

    @Test("Bounds are always written with their offset, and tile", arguments: CalendarInterval.allCases)
    func tilesInEveryInterval(interval: CalendarInterval) throws {
        for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza"] {
            let plan = scenario(zone, interval, now: "2025-02-10 12:00:00", premake: 12).plan()
            #expect(plan.partitionSteps.count == 13 && plan.refusals.isEmpty, "\(zone) \(plan.refusals)")
            for (step, next) in zip(plan.partitionSteps, plan.partitionSteps.dropFirst()) {
                #expect(step.to == next.from && step.from < step.to, "\(zone)")
                #expect(step.upper.hasSuffix("+00"))
            }
            let current = try #require(plan.partitionSteps.first)
            #expect(current.from <= utc("2025-02-10 12:00:00") && current.to > utc("2025-02-10 12:00:00"))
        }
    }

    @Test("For a key without a zone, now is what the configured clock shows, or else the sessions'")
    func civilNowFollowsTheZone() {
        // 23:30 UTC is tomorrow in Berlin and today in New York.
        var scenario = Scenario(
            table("t", .date, [part("t_20251101", "2025-11-01", "2025-11-02")]), now: "2025-11-23 23:30:00")
        #expect(scenario.plan().createdNames.first == "t_20251123")
        scenario.serverZone = "Europe/Berlin"
        #expect(scenario.plan().createdNames.first == "t_20251124")
        let inUTC = scenario.configured(PartitionSetDefinition(table: app("t"), zone: "UTC"))
        #expect(inUTC.plan().createdNames.first == "t_20251123")
        let inTokyo = scenario.configured(PartitionSetDefinition(table: app("t"), zone: "Asia/Tokyo"))
        #expect(inTokyo.plan().createdNames.first == "t_20251124")
    }

    @Test("Without the server's answer nothing is guessed")
    func refusesWithoutAnAnswer() {
        var scenario = Scenario(
            table("t", .timestamp, months("t", from: "2025-10-01", count: 1)), serverZone: "Europe/Berlin")
        scenario.knowsZones = false
        #expect(scenario.plan().refusalReasons == [.unknownZone])
        #expect(scenario.plan().steps.isEmpty)
    }

    @Test("The server is asked for no more midnights than the periods can need")
    func asksForFewMidnights() throws {
        var definition = DatabaseDefinition(name: "shop", conninfo: "", schemas: ["app"])
        definition.partitions.premake = 30
        let days = table("t", .timestamptz, [part("t_20251101", "2025-11-01", "2025-11-02")])
        let server = ServerFacts(
            versionNumber: 180_006, database: "shop", role: "tender", timeZone: "Europe/Berlin", isStandby: false)
        let now = utc("2025-11-23 10:30:00")
        let questions = try #require(
            ZoneQuestions(definition: definition, tables: [days], server: server, now: now))
        #expect(questions.zones == ["Europe/Berlin"])
        #expect(questions.instants == [utc("2025-11-01"), utc("2025-11-02"), now])
        #expect(questions.lastDay.daysSinceEpoch - questions.firstDay.daysSinceEpoch < 1_200)
        var inUTC = server
        inUTC.timeZone = "Etc/UTC"
        #expect(ZoneQuestions(definition: definition, tables: [days], server: inUTC, now: now) == nil)
    }
}
