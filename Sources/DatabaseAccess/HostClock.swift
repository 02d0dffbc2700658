import CivilTime
import Glibc

/// This host's wall clock, for what happens where the server cannot be asked.
package enum HostClock {
    @Sendable package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
