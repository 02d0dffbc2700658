/// The slots of an expression on the clocks of a zone.
///
/// When clocks are changed, cronie's policy holds:
/// - An expression with fixed times (neither its minute nor its hour begins with `*`) is due once for each of them: at
///   the end of the gap when clocks are turned forward over it, at the first of the two when they are turned back.
/// - Any other one goes by the clocks as they are: nothing in the gap, both times in the overlap. What is due every
///   15 minutes stays due every 15 minutes.
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

    /// The later a fixed time on the clock, the later it is due, or just as late (in a gap). So one step from the right
    /// place on the clock is enough; the loops are for zones that change their clocks twice within hours.
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

    /// The last minute that the clocks had shown by then. After they were turned back they show it only later again.
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

    // MARK: Times that run with the clock

    private func nextRunning(after instant: Instant) -> Instant? {
        var period = zone.period(at: instant)
        var from = ClockMinute(of: instant, offset: period.offset)
        while let next = expression.next(after: from) {
            let due = next.instant(offset: period.offset)
            if due < period.end { return due }
            guard period.end.microseconds < .max else { return nil }
            period = zone.period(at: period.end)
            // The first minute that the changed clock shows whole may be due.
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
