import CivilTime

/// How much of a range the partitions of a table hold. The plan and its recheck under the lock ask the same.
package enum PartitionCoverage: Hashable, Sendable {
    case none
    case whole
    /// A partition holds some of it, or all but with its detach pending.
    case part(Partition)
}

extension PartitionedTable {
    /// The DEFAULT partition does not count.
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
