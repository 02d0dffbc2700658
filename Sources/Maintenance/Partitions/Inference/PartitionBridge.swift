import CivilTime

/// The partition that goes from the last bound of a set, which lies off its grid, to a boundary of the grid.
struct PartitionBridge {
    let from: Instant
    let to: Instant
    /// The first day of the period that follows it.
    let resumes: CivilDate
    /// What it is named after.
    let days: NamedDays
    /// The last partition, where its detach is half done: what it holds may become a hole.
    let pending: Partition?

    /// nil where the set is not to be bridged, or lies on its grid.
    ///
    /// The rest of the period that the last bound lies in; where that is a sliver, as between the midnights of two zones,
    /// or a partition has its name already, the next period together with it, which the name is of, too.
    init?(_ set: PartitionSet, zones: [String: ZoneSample]) {
        let grid = set.grid
        guard set.bridge, let newest = set.table.newestBounded(1).last,
            grid.period(beginningAt: newest.upper, zones: zones) == nil,
            let holding = grid.period(holding: newest.upper, zones: zones)
        else { return nil }
        let next = grid.interval.advance(holding, by: 1)
        guard let start = grid.lowerBound(of: holding, zones: zones), let end = grid.lowerBound(of: next, zones: zones)
        else { return nil }
        let sliver = min(Instant.microsecondsPerDay, (end.microseconds - start.microseconds) / 2)
        // Just behind a boundary the period is whole but for a moment; else the name tells the day of the bound.
        let isWhole = newest.upper.microseconds - start.microseconds <= sliver
        let (own, following) = (grid.namedDays(of: holding), grid.namedDays(of: next))
        let day = PartitionGrid(interval: .day, clock: grid.clock).period(holding: newest.upper, zones: zones)
        let rest = isWhole ? own : NamedDays(first: day ?? own.first, end: own.end)
        let standing = Set(set.table.partitions.map(\.name.name))
        func isTaken(_ days: NamedDays) -> Bool { standing.contains(set.naming.name(for: days)) }

        let isSliver = end.microseconds - newest.upper.microseconds <= sliver
        let isMerged = isSliver || isTaken(rest) && !isTaken(following)
        resumes = isMerged ? grid.interval.advance(next, by: 1) : next
        guard let boundary = grid.lowerBound(of: resumes, zones: zones) else { return nil }
        from = newest.upper
        to = boundary
        days = isMerged ? following : rest
        pending = newest.partition.isDetachPending ? newest.partition : nil
    }
}
