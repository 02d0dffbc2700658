import CSystemd
import Glibc

/// The watchdog of the service manager: it restarts a service that gives no sign of life (`NotifyState.watchdog`) for
/// longer than its interval.
package enum Watchdog {
    /// How long this process may be silent (`$WATCHDOG_USEC`); nil where no watchdog looks at it, also when the one
    /// that is announced looks at another process (`$WATCHDOG_PID`).
    ///
    /// - Throws: `SystemdError` with the code `.invalidWatchdog` when the announcement cannot be read.
    package static var interval: Duration? {
        get throws(SystemdError) {
            var microseconds: UInt64 = 0
            let result = sd_watchdog_enabled(0, &microseconds)
            guard result >= 0 else {
                let announced = getenv("WATCHDOG_USEC").map { String(cString: $0) } ?? ""
                throw SystemdError(.invalidWatchdog, context: announced, errno: -result)
            }
            return result > 0 ? .microseconds(Int64(clamping: microseconds)) : nil
        }
    }

    /// How often to give a sign of life: half the interval, as sd_watchdog_enabled(3) recommends.
    package static func pingPeriod(of interval: Duration) -> Duration { interval / 2 }
}
