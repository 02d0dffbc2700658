/// Pauses that double from one try to the next, up to a longest one.
package struct Backoff: Sendable {
    /// The pause after the first try.
    package var base: Duration
    package var maximum: Duration

    package init(base: Duration, maximum: Duration) {
        self.base = base
        self.maximum = maximum
    }

    /// The pause after that try.
    ///
    /// - Parameters:
    ///   - attempt: from 1.
    ///   - jitter: 0 to 1; it halves the pause at most, so that two that have met do not meet again.
    package func pause(after attempt: Int, jitter: Double) -> Duration {
        let doubled = base * (1 << min(max(0, attempt - 1), 16))
        return min(doubled, maximum) * (0.5 + jitter / 2)
    }
}
