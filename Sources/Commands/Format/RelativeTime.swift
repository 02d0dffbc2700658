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
