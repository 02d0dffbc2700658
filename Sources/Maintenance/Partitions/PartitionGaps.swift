import CivilTime

/// The periods without a partition before the current one: between partitions, and between the newest and now.
struct PartitionGaps {
    private let set: PartitionSet
    /// The first day of each missing period that lies on the grid, oldest first.
    let periods: [CivilDate]
    /// Holes whose ends do not lie on the grid: they cannot be filled by whole periods.
    let irregular: Int

    /// - Parameter current: the first day of the period that holds now; it and what follows is never a gap.
    init(set: PartitionSet, current: CivilDate, zones: [String: ZoneSample]) {
        self.set = set
        var periods: [CivilDate] = []
        var irregular = 0
        let siblings = set.table.boundedPartitions
        let now = set.grid.lowerBound(of: current, zones: zones)
        for (index, sibling) in siblings.enumerated() {
            guard let now, sibling.upper < now else { break }
            let next = index + 1 < siblings.count ? min(siblings[index + 1].lower, now) : now
            // A partition without a lower or upper bound may hold what looks like a hole.
            let isHeld = set.table.partitions.contains {
                $0.lower <= .at(sibling.upper) && $0.upper > .at(sibling.upper)
            }
            guard next > sibling.upper, !isHeld else { continue }
            let missing = Self.periods(from: sibling.upper, to: next, grid: set.grid, zones: zones)
            if let missing { periods += missing } else { irregular += 1 }
        }
        self.periods = periods
        self.irregular = irregular
    }

    func finding(willFill: Bool) -> Finding? {
        var parts: [String] = []
        if let first = periods.first, let last = periods.last {
            let range = first == last ? "of \(first)" : "from \(first) to \(last)"
            parts.append("\(periods.count) \(set.grid.interval)s \(range) have no partition")
        }
        if irregular > 0 { parts.append("\(irregular) holes do not lie on the calendar") }
        guard !parts.isEmpty else { return nil }
        let advice = willFill ? "" : "; rows for them are refused by the server; fill_gaps: true creates them"
        return Finding(
            task: .partitions, object: set.table.name, message: parts.joined(separator: ", ") + advice)
    }

    /// nil when the hole does not consist of whole periods.
    private static func periods(
        from: Instant, to: Instant, grid: PartitionGrid, zones: [String: ZoneSample]
    ) -> [CivilDate]? {
        guard let first = grid.period(holding: from, zones: zones), let end = grid.period(holding: to, zones: zones)
        else { return nil }
        let isWhole =
            grid.lowerBound(of: first, zones: zones) ?? from == from
            && grid.lowerBound(of: end, zones: zones) ?? to == to
        guard isWhole else { return nil }
        return (0..<grid.interval.count(from: first, to: end)).map { grid.interval.advance(first, by: $0) }
    }
}
