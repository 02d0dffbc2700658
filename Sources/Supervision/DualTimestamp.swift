import CivilTime

/// A point in time on both clocks. Slots are facts of the wall clock, which can be set; delays are measured by the
/// monotonic one, which cannot, and which stands still while the machine sleeps.
package struct DualTimestamp: Hashable, Sendable {
    package var wall: Instant
    /// Since some fixed moment of this boot.
    package var monotonic: Duration

    package init(wall: Instant, monotonic: Duration) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// How much further the wall clock has come than the monotonic one: about 0, unless it was set meanwhile or the
    /// machine has slept.
    func clockStep(since earlier: DualTimestamp) -> Duration {
        .microseconds(wall.microseconds - earlier.wall.microseconds) - (monotonic - earlier.monotonic)
    }
}
