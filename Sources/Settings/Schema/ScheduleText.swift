import CivilTime
import Maintenance

/// A schedule as the file writes it: an interval or an expression, and the zone by its name.
struct ScheduleText: Sendable {
    private var interval: Duration?
    private var expression: CronExpression?
    var zone: String?
    var jitter: Duration
    var startWithin: Duration?

    init(_ schedule: TaskSchedule) {
        jitter = schedule.jitter
        startWithin = schedule.startWithin
        switch schedule.schedule {
        case .every(let interval): self.interval = interval
        case .cron(let expression, let zone):
            self.expression = expression
            self.zone = zone.name
        }
    }

    /// Whoever says one of the two does not want the other.
    var every: Duration? {
        get { interval }
        set { (interval, expression, zone) = (newValue, nil, nil) }
    }

    var cron: CronExpression? {
        get { expression }
        set { (interval, expression) = (nil, newValue) }
    }
}
