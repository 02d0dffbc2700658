/// The slots of a cron expression in a time zone.
///
/// When the clocks change, cronie's policy applies:
/// - An expression with fixed times (neither its minute nor its hour begins with `*`) is due once for each of them: a
///   time that is skipped when clocks go forward is due at the end of the gap; of a time that occurs twice when clocks
///   go back, the first one counts.
/// - Any other expression follows the clocks: nothing is due in the gap, and both occurrences count when clocks go
///   back. What is due every 15 minutes stays due every 15 minutes.
struct CronSchedule {
    private let expression: CronExpression
    private let zone: ZoneRules

    init(_ expression: CronExpression, _ zone: ZoneRules) {
        self.expression = expression
        self.zone = zone
    }

    func next(after instant: Instant) -> Instant? {
        expression.hasFixedTimes ? nextFixed(after: instant) : nextRunning(after: instant)
    }

    func latest(notAfter instant: Instant) -> Instant? {
        expression.hasFixedTimes ? latestFixed(notAfter: instant) : latestRunning(notAfter: instant)
    }

    // MARK: Fixed times

    /// A later time on the clock is never due earlier (at the same instant, if both are in one gap). So one step from
    /// the right place on the clock is enough; the loop is for zones whose clocks change twice within hours.
    private func nextFixed(after instant: Instant) -> Instant? {
        var minute = clockMinute(at: instant)
        while let next = expression.next(after: minute) {
            let due = moment(of: next)
            if due > instant { return due }
            guard due.microseconds < .max else { return nil }
            minute = next
        }
        return nil
    }

    private func latestFixed(notAfter instant: Instant) -> Instant? {
        var minute = clockMinute(at: instant)
        while let latest = expression.latest(notAfter: minute) {
            let due = moment(of: latest)
            if due <= instant { return due }
            minute = latest.adding(-1)
        }
        return nil
    }

    /// The latest minute that the clocks have shown up to that instant. After clocks went back, they show an earlier
    /// one for a while.
    private func clockMinute(at instant: Instant) -> ClockMinute {
        let period = zone.period(at: instant)
        let shown = ClockMinute(of: instant, offset: period.offset)
        guard period.start.microseconds > .min else { return shown }
        let before = period.start.adding(microseconds: -1)
        return max(shown, ClockMinute(of: before, offset: zone.offset(at: before)))
    }

    private func moment(of minute: ClockMinute) -> Instant {
        switch zone.reading(of: minute.date, second: minute.minuteOfDay * 60) {
        case .once(let moment), .twice(first: let moment, second: _), .never(gapEndsAt: let moment): moment
        }
    }

    // MARK: Times that follow the clock

    private func nextRunning(after instant: Instant) -> Instant? {
        var period = zone.period(at: instant)
        var from = ClockMinute(of: instant, offset: period.offset)
        while let next = expression.next(after: from) {
            let due = next.instant(offset: period.offset)
            if due < period.end { return due }
            guard period.end.microseconds < .max else { return nil }
            period = zone.period(at: period.end)
            // So that the first whole minute after the change can be due.
            from = ClockMinute(of: period.start.adding(microseconds: -1), offset: period.offset)
        }
        return nil
    }

    private func latestRunning(notAfter instant: Instant) -> Instant? {
        var period = zone.period(at: instant)
        var upTo = ClockMinute(of: instant, offset: period.offset)
        while let latest = expression.latest(notAfter: upTo) {
            let due = latest.instant(offset: period.offset)
            if due >= period.start { return due }
            guard period.start.microseconds > .min else { return nil }
            let last = period.start.adding(microseconds: -1)
            period = zone.period(at: last)
            upTo = ClockMinute(of: last, offset: period.offset)
        }
        return nil
    }
}
