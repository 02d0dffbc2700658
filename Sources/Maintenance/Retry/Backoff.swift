/// Exponential backoff: pauses that double from one try to the next, up to a maximum.
package struct Backoff: Sendable {
    /// The pause after the first try.
    package var base: Duration
    package var maximum: Duration

    /// Between two tries of a step.
    package static let betweenTries = Backoff(base: .milliseconds(100), maximum: .seconds(2))

    package init(base: Duration, maximum: Duration) {
        self.base = base
        self.maximum = maximum
    }

    /// The pause after a try.
    ///
    /// - Parameters:
    ///   - attempt: the number of the try, counted from 1.
    ///   - jitter: a random number from 0 to 1. 0 halves the pause, 1 leaves it as it is, so that two processes that
    ///     have collided are unlikely to collide again.
    package func pause(after attempt: Int, jitter: Double) -> Duration {
        let doubled = base * (1 << min(max(0, attempt - 1), 16))
        return min(doubled, maximum) * (0.5 + jitter / 2)
    }
}
