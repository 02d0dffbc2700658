import CivilTime
import Foundation
import Maintenance
import TestSupport
import Testing

/// Sets of two years in each zone, continued for two more without a word in the configuration.
@Suite("Zone inference, properties")
struct ZoneInferenceProperties {
    /// With clocks that change in one winter, in two, by half an hour, at midnight, for Ramadan; and what looks like UTC.
    private static let zones =
        ProcessInfo.processInfo.environment["PGTEND_TEST_ZONES"] == "all"
        ? TimeZone.knownTimeZoneIdentifiers
        : [
            "Africa/Abidjan", "Africa/Cairo", "Africa/Casablanca", "America/Havana", "America/New_York",
            "America/Santiago",
            "Asia/Gaza", "Asia/Kathmandu", "Asia/Tokyo", "Atlantic/Azores", "Australia/Lord_Howe", "Europe/Berlin",
            "Europe/Dublin", "Europe/Lisbon", "Europe/London", "Pacific/Chatham", "Pacific/Kiritimati",
        ]

    @Test("What is continued goes on from midnight to midnight of its zone; the rest is refused", arguments: zones)
    func isRightOrRefused(identifier: String) throws {
        let zone = try #require(TimeZone(identifier: identifier))
        for interval in CalendarInterval.allCases {
            for sessions in ["UTC", identifier] {
                let plan = continued(interval, in: zone, sessions: sessions)
                let remark: Comment = "a \(interval) each in \(identifier), sessions in \(sessions): \(plan.refusals)"
                guard plan.refusals.isEmpty else {
                    #expect(plan.steps.isEmpty, remark)
                    // In a database of that zone nothing has to be said, unless UTC fits as well.
                    #expect(
                        sessions == "UTC" || plan.refusals.allSatisfy { $0.explanation.contains("which part on") },
                        remark)
                    continue
                }
                #expect(!plan.steps.isEmpty, remark)
                var first = interval.start(of: Self.now.date)
                for step in plan.partitionSteps {
                    first = interval.advance(first, by: 1)
                    let next = interval.advance(first, by: 1)
                    guard step.from == zone.midnight(of: first), step.to == zone.midnight(of: next) else {
                        Issue.record("\(step.partition) [\(step.lower), \(step.upper)) does not follow: \(remark)")
                        break
                    }
                }
            }
        }
    }

    private static let now = utc("2025-11-23 10:30:00")

    private func continued(_ interval: CalendarInterval, in zone: TimeZone, sessions: String) -> Plan {
        let current = interval.start(of: Self.now.date)
        let periods = [.day: 731, .week: 105, .month: 24, .quarter: 8, .year: 2][interval] ?? 0
        let partitions = (0...periods).map { back in
            let first = interval.advance(current, by: back - periods)
            let name = String(format: "t_%04d_%02d_%02d", first.year, first.month, first.day)
            return Partition(
                oid: UInt32(100 + back), name: app(name), lower: .at(zone.midnight(of: first)),
                upper: .at(zone.midnight(of: interval.advance(first, by: 1))))
        }
        var scenario = Scenario(table("t", .timestamptz, partitions), serverZone: sessions)
        scenario.now = Self.now
        scenario.definition.partitions.premake = periods
        return scenario.plan()
    }
}
