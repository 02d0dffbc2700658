import CivilTime

/// A partition that a set should have: that of a period, or the bridge to the first one.
struct WantedPartition {
    /// The first day of its period and of the one that follows.
    let start: CivilDate
    let end: CivilDate
    /// What it is named after.
    let days: NamedDays
    let bridge: PartitionBridge?
    let reason: String

    init(of start: CivilDate, _ set: PartitionSet, _ reason: String) {
        self.start = start
        end = set.grid.interval.advance(start, by: 1)
        days = set.grid.namedDays(of: start)
        bridge = nil
        self.reason = reason
    }

    init(_ bridge: PartitionBridge) {
        start = bridge.days.first
        end = bridge.resumes
        days = bridge.days
        self.bridge = bridge
        reason = "bridges what is between the last bound and the grid, which goes on from \(bridge.resumes)"
    }
}
