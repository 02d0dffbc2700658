import CivilTime

/// One point in time as both clocks show it. Slots are due by the wall clock, which can be set; delays are measured by
/// the monotonic clock, which cannot be set, and which stands still while the machine is suspended.
package struct DualTimestamp: Hashable, Sendable {
    package var wall: Instant
    /// CLOCK_MONOTONIC: counted from an arbitrary point of this boot.
    package var monotonic: Duration

    package init(wall: Instant, monotonic: Duration) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// How much further the wall clock has advanced than the monotonic one: about 0, unless the wall clock was set or
    /// the machine was suspended in between. Negative when the wall clock was set back.
    func clockStep(since earlier: DualTimestamp) -> Duration {
        .microseconds(wall.microseconds - earlier.wall.microseconds) - (monotonic - earlier.monotonic)
    }
}
