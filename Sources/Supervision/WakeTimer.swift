import CivilTime
import Dispatch
import Glibc

/// When the loop has to wake up next: as soon as either clock reaches its value. nil means that this clock does not
/// wake it.
package struct WakeTime: Hashable, Sendable {
    package private(set) var wall: Instant?
    package private(set) var monotonic: Duration?

    mutating func noLaterThan(wall instant: Instant?) {
        guard let instant else { return }
        wall = min(wall ?? instant, instant)
    }

    mutating func noLaterThan(monotonic reading: Duration?) {
        guard let reading else { return }
        monotonic = min(monotonic ?? reading, reading)
    }
}

/// Wakes the loop at a point of the wall clock, at one of the monotonic clock, or at both.
///
/// It takes two timers: only one on the wall clock follows when that clock is set. Not Sendable: the timer belongs to
/// the loop, and its handlers run on the loop's queue.
final class WakeTimer {
    private let wall: any DispatchSourceTimer
    private let monotonic: any DispatchSourceTimer

    init(queue: DispatchQueue, handler: @escaping @Sendable () -> Void) {
        wall = DispatchSource.makeTimerSource(queue: queue)
        monotonic = DispatchSource.makeTimerSource(queue: queue)
        for timer in [wall, monotonic] {
            timer.schedule(deadline: .distantFuture)
            timer.setEventHandler(handler: handler)
            timer.activate()
        }
    }

    /// Replaces what was set before. A time that has already passed wakes the loop at once.
    func set(_ wake: WakeTime, now: DualTimestamp) {
        if let instant = wake.wall {
            let seconds = instant.microseconds.dividedDown(by: 1_000_000)
            let rest = instant.microseconds.remainderDown(by: 1_000_000)
            let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1_000)
            wall.schedule(wallDeadline: DispatchWallTime(timespec: time), leeway: .milliseconds(1))
        } else {
            wall.schedule(wallDeadline: .distantFuture)
        }
        if let reading = wake.monotonic {
            let microseconds = max(0, (reading - now.monotonic).microseconds)
            monotonic.schedule(deadline: .now() + .microseconds(Int(microseconds)), leeway: .milliseconds(1))
        } else {
            monotonic.schedule(deadline: .distantFuture)
        }
    }

    func cancel() {
        wall.cancel()
        monotonic.cancel()
    }
}
