/// A date and minute as a local clock shows them, without a time zone.
struct ClockMinute: Hashable, Comparable {
    /// Minutes since 1970-01-01 00:00 on that clock.
    private let count: Int

    init(date: CivilDate, minuteOfDay: Int) {
        count = date.daysSinceEpoch * 1440 + minuteOfDay
    }

    /// What a clock that is `offset` seconds ahead of UTC shows at that instant, without the seconds.
    init(of instant: Instant, offset: Int) {
        let seconds = instant.microseconds.dividedDown(by: 1_000_000) + Int64(offset)
        count = Int(seconds.dividedDown(by: 60))
    }

    private init(count: Int) {
        self.count = count
    }

    var date: CivilDate { CivilDate(daysSinceEpoch: count.dividedDown(by: 1440)) }
    var minuteOfDay: Int { count.remainderDown(by: 1440) }

    /// The instant at which a clock that is `offset` seconds ahead of UTC begins to show this minute.
    func instant(offset: Int) -> Instant {
        Instant(second: Int64(count) * 60 - Int64(offset))
    }

    func adding(_ minutes: Int) -> ClockMinute {
        ClockMinute(count: count + minutes)
    }

    static func < (left: ClockMinute, right: ClockMinute) -> Bool {
        left.count < right.count
    }
}
