import ArgumentParser
import CivilTime

/// The argument of `--since`: a duration before now, or an instant.
enum Since: Hashable, Sendable {
    case ago(Duration)
    case at(Instant)

    func instant(now: Instant) -> Instant {
        switch self {
        case .ago(let duration): now.adding(microseconds: -duration.microseconds)
        case .at(let instant): instant
        }
    }
}

extension Since: ExpressibleByArgument {
    /// Parses `90min`, `12h`, `7d`; `2026-11-23`, `2026-11-23 03:00`, `2026-11-23T03:00:00Z`, all in UTC.
    init?(argument: String) {
        if let match = argument.wholeMatch(of: #/(\d{1,9}) ?(s|min|m|h|d)/#), let count = Int64(match.1) {
            let seconds: [Substring: Int64] = ["s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400]
            self = .ago(.seconds(count * (seconds[match.2] ?? 0)))
        } else if let match = argument.wholeMatch(
            of: #/(\d{4})-(\d\d)-(\d\d)(?:[ T]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?Z?)?/#),
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
            let date = CivilDate(year: year, month: month, day: day)
        {
            let clock = [match.4, match.5, match.6].map { $0.flatMap { Int64($0) } ?? 0 }
            let seconds = (clock[0] * 60 + clock[1]) * 60 + clock[2]
            self = .at(Instant(midnightOf: date).adding(microseconds: seconds * 1_000_000))
        } else {
            return nil
        }
    }
}
