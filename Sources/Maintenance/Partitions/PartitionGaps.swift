import CivilTime

/// The periods before the current one that have no partition: between partitions, and after the newest one.
struct PartitionGaps {
    private let set: PartitionSet
    /// The first day of each missing period, oldest first.
    let periods: [CivilDate]
    /// The number of gaps whose ends do not lie on the grid, so that whole periods cannot fill them.
    let irregular: Int

    /// - Parameter current: the first day of the current period. That period and later ones do not count as gaps.
    init(set: PartitionSet, current: CivilDate, zones: [String: ZoneSample]) {
        self.set = set
        let bridge = PartitionBridge(set, zones: zones)
        var periods: [CivilDate] = []
        var irregular = 0
        if let now = set.grid.lowerBound(of: current, zones: zones) {
            let partitions = set.table.orderedPartitions
            for (index, partition) in partitions.enumerated() {
                let next = index + 1 < partitions.count ? min(partitions[index + 1].lower, .at(now)) : .at(now)
                guard partition.upper < next, case .at(let from) = partition.upper, case .at(let to) = next
                else { continue }
                let end = to == now ? current : set.grid.period(beginningAt: to, zones: zones)
                let isBridged = bridge.map { $0.from == from && (set.fillGaps || $0.resumes > current) } ?? false
                if isBridged, let bridge, let end {
                    let count = set.grid.interval.count(from: bridge.resumes, to: end)
                    periods += (0..<count).map { set.grid.interval.advance(bridge.resumes, by: $0) }
                } else if let first = set.grid.period(beginningAt: from, zones: zones), let end {
                    let count = set.grid.interval.count(from: first, to: end)
                    periods += (0..<count).map { set.grid.interval.advance(first, by: $0) }
                } else {
                    irregular += 1
                }
            }
        }
        self.periods = periods
        self.irregular = irregular
    }

    func finding(willFill: Bool) -> Finding? {
        var parts: [String] = []
        if let first = periods.first, let last = periods.last {
            let range = first == last ? "of \(first)" : "from \(first) to \(last)"
            parts.append(
                periods.count == 1
                    ? "1 \(set.grid.interval) \(range) has no partition"
                    : "\(periods.count) \(set.grid.interval)s \(range) have no partition")
        }
        if irregular > 0 {
            parts.append(
                irregular == 1
                    ? "1 hole between partitions does not consist of whole \(set.grid.interval)s"
                    : "\(irregular) holes between partitions do not consist of whole \(set.grid.interval)s")
        }
        guard !parts.isEmpty else { return nil }
        let fate = set.table.defaultPartition.map { "go to the DEFAULT partition \($0)" } ?? "are refused by the server"
        let cure = periods.isEmpty ? "" : "; fill_gaps: true creates \(periods.count == 1 ? "it" : "them")"
        let advice = willFill ? "" : "; rows for \(periods.count + irregular == 1 ? "it" : "them") \(fate)\(cure)"
        return Finding(
            task: .partitions, object: set.table.name, message: parts.joined(separator: ", ") + advice)
    }
}
