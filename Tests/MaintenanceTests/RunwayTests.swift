import CivilTime
import Maintenance
import Testing

@Suite("Runway")
struct RunwayTests {
    private let now = utc("2025-11-23 10:30:00")

    private func runway(_ partitions: [Partition]) -> Runway {
        table("t", .timestamptz, partitions).runway(at: now, isZoned: true)
    }

    @Test("It ends with the unbroken range that holds now")
    func endsWithTheRange() {
        let all = months("t", from: "2025-06-01", count: 12)
        #expect(runway(all).until == utc("2026-06-01"))
        #expect(runway(all.reversed()).until == utc("2026-06-01"))
        #expect(runway(all.filter { $0.name != app("t_2026_02") }).until == utc("2026-02-01"))
        #expect(runway(all.filter { $0.name != app("t_2025_08") }).until == utc("2026-06-01"))
        #expect(runway(all.filter { $0.name != app("t_2025_11") }).until == nil)
        #expect(runway([]).until == nil)
    }

    @Test("A pending detach breaks it, and a DEFAULT partition does not mend it")
    func breaks() {
        var set = table("t", .timestamptz, months("t", from: "2025-06-01", count: 12))
        set.defaultPartition = app("t_default")
        set.partitions[8].isDetachPending = true
        #expect(set.runway(at: now, isZoned: true).until == utc("2026-02-01"))
        set.partitions.removeAll()
        #expect(
            set.runway(at: now, isZoned: true)
                == Runway(table: app("t"), until: nil, isZoned: true, defaultPartition: app("t_default")))
    }

    /// PostgreSQL refuses the row: the DEFAULT partition's own constraint still leaves that range out.
    @Test("A DEFAULT partition takes nothing for a range whose detach is pending")
    func isDetaching() {
        var set = table("t", .timestamptz, months("t", from: "2025-11-01", count: 1))
        set.defaultPartition = app("t_default")
        #expect(set.runway(at: now, isZoned: true).defaultPartition == nil)
        set.partitions[0].isDetachPending = true
        let runway = set.runway(at: now, isZoned: true)
        #expect(runway.isExhausted && runway.defaultPartition == nil)
    }

    @Test("Without an upper bound it has no end")
    func isUnbounded() {
        let rest = Partition(oid: 1, name: app("t_rest"), lower: .at(utc("2026-01-01")), upper: .maximum)
        let unbroken = runway(months("t", from: "2025-11-01", count: 2) + [rest])
        #expect(unbroken.isUnbounded && unbroken.until == nil)
        let broken = runway(months("t", from: "2025-11-01", count: 1) + [rest])
        #expect(!broken.isUnbounded && broken.until == utc("2025-12-01"))
    }

    @Test("Every table in view has one, also when it cannot be understood")
    func isReported() {
        let odd = table("odd", .timestamp, [part("x", "2025-11-01", "2025-11-27")], oid: 11)
        let plan = Scenario(table("t", .date, months("t", from: "2025-11-01", count: 1)), odd).plan()
        var runways = plan.runways
        for index in runways.indices { runways[index].alarm = RunwayAlarm() }
        #expect(
            runways == [
                Runway(
                    table: app("odd"), until: utc("2025-11-27"), isZoned: false,
                    remaining: .seconds(3 * 86_400 + 13 * 3_600 + 1_800)),
                Runway(
                    table: app("t"), until: utc("2025-12-01"), isZoned: false,
                    remaining: .seconds(7 * 86_400 + 13 * 3_600 + 1_800)),
            ])
    }

    @Test("Of a key without a zone it is what remains on the clock of its zone")
    func remainsOnItsOwnClock() {
        let days = table("t", .timestamp, months("t", from: "2025-11-01", count: 1))
        let plan = Scenario(days, serverZone: "Australia/Sydney").plan()
        // 10:30 in UTC is 21:30 there.
        #expect(plan.runways.map(\.remaining) == [.seconds(7 * 86_400 + 2 * 3_600 + 1_800)])
    }
}
