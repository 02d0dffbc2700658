/// When a task is due. It depends on the time alone: two hosts with the same schedule agree on every slot.
package enum Schedule: Hashable, Sendable {
    /// At whole multiples of the interval since 1970-01-01 00:00 UTC: `every: 15min` is due at :00, :15, :30 and :45.
    case every(Duration)
    /// When the clocks of the zone match the expression; `CronSchedule` says what is due when the clocks change.
    case cron(CronExpression, ZoneRules)

    /// The first slot that is later than `instant`; nil if there is none.
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

    /// The last slot that is not later than `instant`; nil if there is none.
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
