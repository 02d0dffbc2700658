import CSystemd
import Glibc

/// The watchdog of the service manager (WatchdogSec=): it kills a service that sends no ping (`NotifyState.watchdog`)
/// for longer than the interval.
package enum Watchdog {
    /// The longest time between two pings (`$WATCHDOG_USEC`); nil if there is no watchdog, or if it watches another
    /// process (`$WATCHDOG_PID`).
    ///
    /// - Throws: `SystemdError` with the code `.invalidWatchdog` when the variables cannot be parsed.
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

    /// How often to send a ping: at half the interval, as sd_watchdog_enabled(3) recommends.
    package static func pingPeriod(of interval: Duration) -> Duration { interval / 2 }
}
