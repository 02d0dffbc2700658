import CivilTime
import Testing

@Suite("Zone rules")
struct ZoneRulesTests {
    @Test(arguments: [
        ("Europe/Berlin", "2025-03-30 00:59:59", 3600), ("Europe/Berlin", "2025-03-30 01:00", 7200),
        ("Europe/Berlin", "2099-07-01 00:00", 7200), ("Europe/Berlin", "1850-01-01 00:00", 3208),
        ("Asia/Kathmandu", "2025-01-01 00:00", 20_700), ("Australia/Lord_Howe", "2025-01-01 00:00", 39_600),
        ("Pacific/Apia", "2011-12-30 09:59:59", -36_000), ("Pacific/Apia", "2011-12-30 10:00", 50_400),
        ("Africa/Casablanca", "2025-03-10 00:00", 0), ("Africa/Casablanca", "2095-03-10 00:00", 3600),
        ("Europe/Dublin", "2070-12-01 00:00", 0), ("Europe/Dublin", "2070-06-01 00:00", 3600),
        ("Africa/Monrovia", "1971-06-01 00:00", -2670), ("Etc/GMT+12", "2025-01-01 00:00", -43_200),
        ("EST5EDT", "2025-07-01 00:00", -14_400), ("UTC", "2025-07-01 00:00", 0),
    ])
    func sayHowFarTheClocksAreFromUTC(zone: String, clock: String, offset: Int) throws {
        #expect(try ZoneRules.load(named: zone).offset(at: try Instant(clock: clock)) == offset)
    }

    @Test func readClocksBackward() throws {
        let berlin = try ZoneRules.load(named: "Europe/Berlin")
        let forward = try #require(CivilDate(year: 2025, month: 3, day: 30))
        let back = try #require(CivilDate(year: 2025, month: 10, day: 26))
        let change = try Instant(clock: "2025-03-30 01:00")
        #expect(berlin.reading(of: forward, second: 7199) == .once(change.adding(microseconds: -1_000_000)))
        #expect(berlin.reading(of: forward, second: 7200) == .never(gapEndsAt: change))
        #expect(berlin.reading(of: forward, second: 10_799) == .never(gapEndsAt: change))
        #expect(berlin.reading(of: forward, second: 10_800) == .once(change))
        let (first, second) = (try Instant(clock: "2025-10-26 00:00"), try Instant(clock: "2025-10-26 01:00"))
        #expect(berlin.reading(of: back, second: 7199) == .once(first.adding(microseconds: -1_000_000)))
        #expect(berlin.reading(of: back, second: 7200) == .twice(first: first, second: second))
        #expect(berlin.reading(of: back, second: 10_800) == .once(second.adding(microseconds: 3_600_000_000)))
        let lost = try #require(CivilDate(year: 2011, month: 12, day: 30))
        let apia = try ZoneRules.load(named: "Pacific/Apia").reading(of: lost, second: 43_200)
        #expect(apia == .never(gapEndsAt: try Instant(clock: "2011-12-30 10:00")))
    }

    @Test func periodsTileTheAxis() throws {
        for name in ["UTC", "Europe/Berlin", "Africa/Casablanca", "Asia/Tokyo", "America/Caracas", "EST5EDT"] {
            let zone = try ZoneRules.load(named: name)
            var period = zone.period(at: Instant(microseconds: .min))
            #expect(period.start == Instant(microseconds: .min))
            while period.end.microseconds < 4_200_000_000_000_000 {
                let next = zone.period(at: period.end)
                #expect(next.start == period.end && next.offset != period.offset, "\(name) at \(period.end)")
                let last = zone.period(at: period.end.adding(microseconds: -1))
                #expect(last == period, "\(name) before \(period.end)")
                period = next
            }
        }
    }
}
