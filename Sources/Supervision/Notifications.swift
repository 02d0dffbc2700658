import Maintenance
import SystemdIO

/// What the service manager is told, and is told again where it takes nothing for a while.
struct Notifications {
    var unsent = UnsentNotifications()
    /// Since when the service manager has been taking nothing, by the monotonic clock; nil while it does.
    private var failingSince: Duration?
    private var tries = 0
    private var isPausing = false

    private static let backoff = Backoff(base: .seconds(1), maximum: .seconds(30))

    /// Sends what is unsent, and never waits.
    ///
    /// - Returns: what is to be reported: that the service manager takes nothing, once, and that it does so again.
    mutating func send(by notifier: ServiceNotifier, at now: Duration) -> [ServiceEvent] {
        do throws(SystemdError) {
            while !unsent.isEmpty {
                let states = unsent.next(at: now)
                try notifier.send(states)
                unsent.remove(states.count)
            }
        } catch {
            guard failingSince == nil else { return [] }
            failingSince = now
            return [.notificationFailed(error.description)]
        }
        guard let since = failingSince else { return [] }
        defer {
            (failingSince, tries) = (nil, 0)
            unsent.forgetOvertaken()
        }
        return [.notificationResumed(dropped: unsent.overtaken, after: now - since)]
    }

    /// How long to wait before the next try; nil if there is nothing to try, or a pause has begun already.
    mutating func pauseToBegin() -> Duration? {
        guard !unsent.isEmpty, !isPausing else { return nil }
        isPausing = true
        tries += 1
        return Self.backoff.pause(after: tries, jitter: 1)
    }

    mutating func pauseEnded() { isPausing = false }
}
