import CivilTime
import Foundation
import TestSupport
import Testing

/// Zone files of our own, in a folder of our own.
@Suite("Zone files")
struct ZoneFileTests {
    // MARK: The footer

    @Test(arguments: [
        // A rule, a moment and the offset then.
        ("<+03>-3", "2050-01-01 00:00", 10_800),
        ("<-00>0", "2050-01-01 00:00", 0),
        ("IST-5:30", "2050-01-01 00:00", 19_800),
        ("LMT0:44:30", "2050-01-01 00:00", -2670),
        // One hour ahead at two o'clock, unless it says otherwise.
        ("EST5EDT,M3.2.0,M11.1.0", "2050-03-13 06:59:59", -18_000),
        ("EST5EDT,M3.2.0,M11.1.0", "2050-03-13 07:00", -14_400),
        ("EST5EDT,M3.2.0,M11.1.0", "2050-11-06 05:59:59", -14_400),
        ("EST5EDT,M3.2.0,M11.1.0", "2050-11-06 06:00", -18_000),
        // South of the equator, by half an hour.
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-01-01 00:00", 39_600),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-07-01 00:00", 37_800),
        // "Summer" in winter, and behind.
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01 00:00", 0),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01 00:00", 3600),
        // J60 is 1 March in every year, 59 only in a common one: in a leap year it is 29 February.
        ("AAA0BBB,J60/0,J90/0", "2048-02-29 23:59:59", 0),
        ("AAA0BBB,J60/0,J90/0", "2048-03-01 00:00", 3600),
        ("AAA0BBB,J60/0,J90/0", "2049-02-28 23:59:59", 0),
        ("AAA0BBB,J60/0,J90/0", "2049-03-01 00:00", 3600),
        ("AAA0BBB,59/0,89/0", "2048-02-28 23:59:59", 0),
        ("AAA0BBB,59/0,89/0", "2048-02-29 00:00", 3600),
        ("AAA0BBB,59/0,89/0", "2049-03-01 00:00", 3600),
        // Hours beyond the day: Greenland's Saturday evening, and a whole week.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27 00:59:59", -7200),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27 01:00", -3600),
        ("AAA0BBB,0/-167,J100/167", "2049-12-25 00:59:59", 0),
        ("AAA0BBB,0/-167,J100/167", "2049-12-25 01:00", 3600),
        ("AAA0BBB,0/-167,J100/167", "2050-04-16 21:59:59", 3600),
        ("AAA0BBB,0/-167,J100/167", "2050-04-16 22:00", 0),
        // Summer all year.
        ("XXX3EDT4,0/0,J365/23", "2050-01-01 00:00", -14_400),
        ("XXX3EDT4,0/0,J365/23", "2050-07-01 00:00", -14_400),
        ("EST5EDT,0/0,J365/25", "2050-12-31 23:59:59", -14_400),
    ])
    func endWithARule(rule: String, clock: String, offset: Int) throws {
        let zone = try load(ZoneFile(footer: rule).bytes)
        #expect(zone.offset(at: try Instant(clock: clock)) == offset)
    }

    @Test func aRuleThatNeverChangesHasNoPeriods() throws {
        let zone = try load(ZoneFile(footer: "EST5EDT,0/0,J365/25").bytes)
        let period = zone.period(at: try Instant(clock: "2050-01-01 00:00"))
        #expect(period.start.microseconds == .min && period.end.microseconds == .max)
    }

    @Test func theRuleHoldsAfterTheLastChangeOnly() throws {
        let change = try Instant(clock: "2030-06-01 00:00")
        let zone = try load(
            ZoneFile(changes: [(change, 1)], offsets: [3600, 7200], footer: "CET-1CEST,M3.5.0,M10.5.0/3").bytes)
        #expect(zone.offset(at: try Instant(clock: "2029-07-01 00:00")) == 3600)
        let period = zone.period(at: change)
        #expect(period.start == change && period.offset == 7200)
        #expect(period.end == (try Instant(clock: "2030-10-27 01:00")))
        #expect(zone.period(at: try Instant(clock: "2029-07-01 00:00")).end == change)
    }

    @Test func withoutARuleTheLastOffsetStays() throws {
        let change = try Instant(clock: "2030-06-01 00:00")
        let zone = try load(ZoneFile(changes: [(change, 1)], offsets: [3600, 7200]).bytes)
        #expect(zone.offset(at: try Instant(clock: "2090-01-01 00:00")) == 7200)
    }

    @Test func aChangeOfTheNameAloneIsNone() throws {
        let changes = try ["2030-01-01 00:00", "2031-01-01 00:00"].map { (try Instant(clock: $0), 1) }
        let zone = try load(ZoneFile(changes: changes, offsets: [3600, 7200], footer: "EET-2").bytes)
        let period = zone.period(at: changes[1].0)
        #expect(period.start == changes[0].0 && period.end.microseconds == .max)
    }

    @Test(arguments: [
        ("CET", "byte 102: expected an offset, found the rule 'CET'"),
        ("C-1", "byte 99: expected an abbreviation, found the rule 'C-1'"),
        ("<>0", "byte 100: expected an abbreviation, found the rule '<>0'"),
        ("CET-25", "byte 103: expected an offset, found the rule 'CET-25'"),
        ("CET-1CEST", "byte 108: expected an offset, found the rule 'CET-1CEST'"),
        ("CET-1CEST,M13.1.0,J1", "byte 110: expected a month, found the rule 'CET-1CEST,M13.1.0,J1'"),
        ("CET-1CEST,M3.5.0", "byte 115: expected ',', found the rule 'CET-1CEST,M3.5.0'"),
        ("CET-1CEST,J0,J1", "byte 110: expected a day from 1 to 365, found the rule 'CET-1CEST,J0,J1'"),
        ("CET-1CEST,J1/168,J2", "byte 112: expected an hour from -167 to 167, found the rule 'CET-1CEST,J1/168,J2'"),
        ("CET-1CEST,J1,J2x", "byte 114: expected the end of the rule, found the rule 'CET-1CEST,J1,J2x'"),
    ])
    func refuseARuleThatIsNone(rule: String, message: String) throws {
        #expect(try damage(ZoneFile(footer: rule).bytes) == message)
    }

    // MARK: The file

    @Test func refuseWhatIsNoZone() throws {
        var old = ZoneFile(footer: "UTC0").bytes
        old[4] = 0
        #expect(try damage(old) == "byte 4: expected version 2 or later, found version 1, which ends in 2038")
        #expect(try damage(Array("# tz zone".utf8)) == "byte 0: expected 'TZif', found something else")
        #expect(try damage([]) == "byte 0: expected 4 bytes, found 0 and the end of the file")
        let leap = ZoneFile(leapSeconds: 1, footer: "UTC0").bytes
        #expect(try damage(leap) == "byte 88: expected a zone of UTC, found one that counts leap seconds")
        let changes = try ["2031-01-01 00:00", "2030-01-01 00:00"].map { (try Instant(clock: $0), 0) }
        #expect(try damage(ZoneFile(changes: changes).bytes).contains("expected ascending times"))
        let index = ZoneFile(changes: [(changes[0].0, 7)]).bytes
        #expect(try damage(index).contains("expected 1 offsets, found a change to number 7"))
        #expect(try damage(ZoneFile(offsets: [100_000]).bytes).contains("expected an offset of less than 27 hours"))
        #expect(try damage(ZoneFile(offsets: []).bytes).contains("expected an offset, found none"))
    }

    @Test func refuseEveryBeginningOfAFile() throws {
        let change = try Instant(clock: "2030-06-01 00:00")
        let whole = ZoneFile(changes: [(change, 1)], offsets: [0, 7200], footer: "EET-2EEST,M3.5.0/3,M10.5.0/4").bytes
        for length in whole.indices { _ = try damage(Array(whole[..<length])) }
        #expect(try load(whole).offset(at: try Instant(clock: "2050-07-01 00:00")) == 10_800)
    }

    @Test(arguments: [Seeded().seed])
    func surviveAnyByte(seed: UInt64) throws {
        var generator = Seeded(seed: seed)
        let whole = try [UInt8](Data(contentsOf: URL(filePath: ZoneRules.systemDirectory + "/Africa/Casablanca")))
        var refused = 0
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            do {
                let zone = try load(bytes)
                var period = zone.period(at: Instant(microseconds: .min))
                for _ in 0..<400 where period.end.microseconds < 4_200_000_000_000_000 {
                    let next = zone.period(at: period.end)
                    #expect(next.start == period.end, "seed \(seed)")
                    period = next
                }
            } catch is ZoneError {
                refused += 1
            }
        }
        #expect(refused > 20)
    }

    // MARK: The folder

    @Test func sayThatTzdataIsNotInstalled() throws {
        try TemporaryFolder.with { folder in
            for directory in [folder, folder + "/none"] {
                #expect(throws: ZoneError.notInstalled(directory: directory)) {
                    try ZoneRules.load(named: "Europe/Berlin", from: directory)
                }
                let utc = try ZoneRules.load(named: "UTC", from: directory)
                #expect(utc == .utc)
                #expect(ZoneRules.names(in: directory) == [])
            }
            #expect(
                "\(ZoneError.notInstalled(directory: "x"))".hasSuffix("tzdata is not installed: apt-get install tzdata")
            )
        }
    }

    @Test(arguments: [
        "", "/etc/passwd", "../passwd", "Europe/../../passwd", "Europe//Berlin", "Europe/", ":Europe/Berlin",
        "Europe/Berlin\0", ".", "-1",
    ])
    func areNamedWithinTheirFolder(name: String) throws {
        #expect(throws: ZoneError.invalidName(name)) { try ZoneRules.load(named: name) }
    }

    @Test(arguments: ["Europe", "Europe/Belin", "europe/berlin", "Europe/Berlin/Mitte", "CET-1"])
    func sayThatThereIsNoSuchZone(name: String) throws {
        #expect(throws: ZoneError.unknown(name: name, directory: ZoneRules.systemDirectory)) {
            try ZoneRules.load(named: name)
        }
    }

    @Test func everyZoneThatIsOfferedLoads() throws {
        let names = ZoneRules.names()
        #expect(names.count > 400 && names.contains("Europe/Berlin") && names == names.sorted())
        for name in names { _ = try ZoneRules.load(named: name) }
        #expect(try ZoneRules.load(named: "Europe/Berlin") == ZoneRules.load(named: "Europe/Berlin"))
        #expect(try ZoneRules.load(named: "Europe/Berlin") != ZoneRules.load(named: "Europe/Paris"))
    }

    // MARK: Reading what we wrote

    private func load(_ bytes: [UInt8]) throws -> ZoneRules {
        try TemporaryFolder.with { folder in
            try Data(bytes).write(to: URL(filePath: folder + "/Zone"))
            return try ZoneRules.load(named: "Zone", from: folder)
        }
    }

    private func damage(_ bytes: [UInt8]) throws -> String {
        do {
            _ = try load(bytes)
        } catch ZoneError.damaged(_, let damage) {
            return "byte \(damage.byte): \(damage.reason)"
        }
        throw TestFailure("the file was taken: \(bytes.count) bytes")
    }
}
