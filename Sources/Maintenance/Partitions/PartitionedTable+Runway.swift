import CivilTime

extension PartitionedTable {
    /// The runway of the table: how far the gapless range of partitions that contains `now` reaches. A partition whose
    /// detach is pending counts as a gap, and so does one that is partitioned itself and has no partition yet.
    ///
    /// - Parameter now: for a key without a time zone, local time as if in UTC.
    package func runway(at now: Instant, isZoned: Bool) -> Runway {
        let usable = orderedPartitions.lazy.filter { !$0.isDetachPending && !$0.isEmpty }
        guard var end = usable.first(where: { $0.holds(now) })?.upper else {
            // The DEFAULT partition also rejects rows in the range of a partition whose detach is pending, or that is empty.
            let isRejected = partitions.contains { $0.holds(now) }
            return Runway(
                table: name, until: nil, isZoned: isZoned, defaultPartition: isRejected ? nil : defaultPartition)
        }
        for partition in usable where partition.lower == end { end = partition.upper }
        switch end {
        case .at(let until):
            let remaining = Duration.microseconds(until.microseconds - now.microseconds)
            return Runway(table: name, until: until, isZoned: isZoned, remaining: remaining)
        case .maximum, .minimum: return Runway(table: name, until: nil, isZoned: isZoned, isUnbounded: true)
        }
    }

    /// The length of the last partition of that range; nil where there is none, or where it has no beginning or end.
    func lastPartition(of runway: Runway) -> Duration? {
        guard let until = runway.until,
            case .at(let lower)? = partitions.first(where: { $0.upper == .at(until) })?.lower
        else { return nil }
        return until.duration(since: lower)
    }

    /// The table as it will be after the partition is attached.
    package func attaching(_ step: CreatePartition) -> PartitionedTable {
        var table = self
        table.partitions.append(
            Partition(oid: 0, name: step.partition, lower: .at(step.from), upper: .at(step.to)))
        return table
    }
}

extension Partition {
    fileprivate func holds(_ moment: Instant) -> Bool { lower <= .at(moment) && .at(moment) < upper }
}
