import CivilTime

/// The partition that goes from the last bound of a set, which lies off its grid, to a boundary of the grid.
struct PartitionBridge {
    let from: Instant
    let to: Instant
    /// The first day of the period that follows it.
    let resumes: CivilDate
    /// What it is named after.
    let days: NamedDays

    /// nil where the set is not to be bridged, or lies on its grid.
    ///
    /// The rest of the period that the last bound lies in; where that is a sliver, as between the midnights of two zones,
    /// the next period together with it, which the name is of, too.
    init?(_ set: PartitionSet, zones: [String: ZoneSample]) {
        let grid = set.grid
        guard set.bridge, let last = set.table.newestBounded(1).last?.upper,
            grid.period(beginningAt: last, zones: zones) == nil,
            let holding = grid.period(holding: last, zones: zones)
        else { return nil }
        let next = grid.interval.advance(holding, by: 1)
        guard let start = grid.lowerBound(of: holding, zones: zones), let end = grid.lowerBound(of: next, zones: zones)
        else { return nil }
        let sliver = min(Instant.microsecondsPerDay, (end.microseconds - start.microseconds) / 2)
        let isSliver = end.microseconds - last.microseconds <= sliver
        resumes = isSliver ? grid.interval.advance(next, by: 1) : next
        guard let boundary = grid.lowerBound(of: resumes, zones: zones) else { return nil }
        from = last
        to = boundary
        // Just behind a boundary the period is whole but for a moment; else the name tells the day of the bound.
        let isWhole = isSliver || last.microseconds - start.microseconds <= sliver
        let named = grid.namedDays(of: isSliver ? next : holding)
        let day = PartitionGrid(interval: .day, clock: grid.clock).period(holding: last, zones: zones)
        days = isWhole ? named : NamedDays(first: day ?? named.first, end: named.end)
    }
}
