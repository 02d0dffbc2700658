import CivilTime

/// A point in time on both clocks. Slots are facts of the wall clock, which can be set; delays are measured by the
/// monotonic one, which cannot, and which stands still while the machine sleeps.
package struct Moment: Hashable, Sendable {
    package var wall: Instant
    /// Since some fixed moment of this boot.
    package var monotonic: Duration

    package init(wall: Instant, monotonic: Duration) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// How much further the wall clock has come than the monotonic one: about 0, unless it was set meanwhile or the
    /// machine has slept.
    func clockStep(since earlier: Moment) -> Duration {
        .microseconds(wall.microseconds - earlier.wall.microseconds) - (monotonic - earlier.monotonic)
    }
}

/// When the loop has to look again: at the earlier of the two.
package struct Wake: Hashable, Sendable {
    package private(set) var wall: Instant?
    package private(set) var monotonic: Duration?

    mutating func add(_ instant: Instant?) {
        guard let instant else { return }
        wall = min(wall ?? instant, instant)
    }

    mutating func add(_ moment: Duration?) {
        guard let moment else { return }
        monotonic = min(monotonic ?? moment, moment)
    }
}
