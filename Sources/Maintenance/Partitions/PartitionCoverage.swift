import CivilTime

/// How much of a range is covered by a table's partitions. The planner and the recheck under the lock both use it.
package enum PartitionCoverage: Hashable, Sendable {
    case none
    case whole
    /// This partition covers a part of it; or its detach is pending, and it covers any of it.
    case part(Partition)
}

extension PartitionedTable {
    /// The DEFAULT partition does not count.
    ///
    /// - Parameters:
    ///   - from: inclusive.
    ///   - to: exclusive.
    package func coverage(from: Instant, to: Instant) -> PartitionCoverage {
        let overlapping = partitions.indices
            .filter { partitions[$0].lower < .at(to) && partitions[$0].upper > .at(from) }
            .map { partitions[$0] }
            .sorted { $0.lower < $1.lower }
        guard let first = overlapping.first else { return .none }
        if let pending = overlapping.first(where: \.isDetachPending) { return .part(pending) }
        guard first.lower <= .at(from) else { return .part(first) }
        var end = first.upper
        for partition in overlapping.dropFirst() where partition.lower == end { end = partition.upper }
        return end >= .at(to) ? .whole : .part(first)
    }
}
