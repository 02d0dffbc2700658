import CivilTime
import Reporting

extension Instant {
    /// Date and time in UTC without a fraction: `2026-11-23 03:15:00`.
    var dateAndTime: String { truncatedToSeconds.clock }

    /// `5 min ago`, `in 10 min`, or `now`.
    func relative(to now: Instant) -> String {
        let distance = Duration.microseconds(microseconds - now.microseconds)
        return switch distance {
        case .seconds(1)...: "in \(distance.approximate)"
        case ...Duration.seconds(-1): "\((.zero - distance).approximate) ago"
        default: "now"
        }
    }
}

extension Duration {
    /// Rounded down, for ages: `42 s`, `5 min`, `3 h 20 min`, `5 days`.
    var approximate: String {
        let seconds = max(0, components.seconds)
        let (minutes, hours) = (seconds / 60, seconds / 3_600)
        if seconds < 60 { return "\(seconds) s" }
        if minutes < 60 { return "\(minutes) min" }
        if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        return "\(hours / 24) days"
    }
}
