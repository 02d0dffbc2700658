/// When a task is due, as a function of time alone: two hosts that have the same schedule agree on every slot.
package enum Schedule: Hashable, Sendable {
    /// At the whole multiples of the interval since 1970-01-01 00:00 UTC: `every: 15min` is due at :00, :15, :30, :45.
    case every(Duration)
    /// When the clocks of the zone show what the expression says; see `CronSchedule` for when they are changed.
    case cron(CronExpression, ZoneRules)

    /// The first slot later than `instant`; nil where there is none any more.
    package func next(after instant: Instant) -> Instant? {
        switch self {
        case .every(let interval):
            let step = max(1, interval.microseconds)
            let (sum, isBeyond) = (instant.microseconds.dividedDown(by: step) + 1).multipliedReportingOverflow(by: step)
            return isBeyond ? nil : Instant(microseconds: sum)
        case .cron(let expression, let zone):
            return CronSchedule(expression, zone).next(after: instant)
        }
    }

    /// The last slot that is not later than `instant`; nil where there was none yet.
    package func latest(notAfter instant: Instant) -> Instant? {
        switch self {
        case .every(let interval):
            let step = max(1, interval.microseconds)
            let (product, isBeyond) = instant.microseconds.dividedDown(by: step).multipliedReportingOverflow(by: step)
            return isBeyond ? nil : Instant(microseconds: product)
        case .cron(let expression, let zone):
            return CronSchedule(expression, zone).latest(notAfter: instant)
        }
    }
}

extension Schedule: CustomStringConvertible {
    /// `every 15min`, `cron 0 3 * * * Europe/Berlin`.
    package var description: String {
        switch self {
        case .every(let interval): "every \(interval.inLongestUnit)"
        case .cron(let expression, let zone): "cron \(expression) \(zone.name)"
        }
    }
}
