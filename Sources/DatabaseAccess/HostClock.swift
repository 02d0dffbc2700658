import CivilTime
import Glibc

/// This host's wall clock, for when there is no server to ask for the time.
package enum HostClock {
    /// The current time in UTC, with microseconds (`CLOCK_REALTIME`).
    @Sendable package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
