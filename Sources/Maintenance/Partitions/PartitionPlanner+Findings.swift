import CivilTime
import SQLText

extension PartitionPlanner {
    func detachFindings(_ table: PartitionedTable) -> [Finding] {
        table.partitions.filter(\.isDetachPending).map { partition in
            Finding(
                task: .partitions, object: table.name,
                message: "the detach of \(partition.name) is half done, and inserts into its range fail: "
                    + table.finalizing(partition))
        }
    }

    func firstPartitionFinding(_ table: PartitionedTable) -> Finding {
        Finding(
            task: .partitions, object: table.name,
            message:
                "it has no \(table.partitions.isEmpty ? "" : "ordinary ")partition whose grants and policies could "
                + "be followed: new ones grant nothing to anybody but \(table.owner), and have row-level security "
                + "without a policy if \(table.name) has it; reach them through \(table.name)")
    }

    func publicationFindings(_ table: PartitionedTable) -> [Finding] {
        table.leafPublications.map { publication in
            Finding(
                task: .partitions, object: table.name,
                message: "publication \(publication) publishes its partitions under their own names "
                    + "(publish_via_partition_root is off): subscribers stop at a new partition until they have it")
        }
    }

    /// A table by LIST or HASH whose partitions are partitioned themselves, and tended as tables of their own: it needs nothing.
    /// nil where that is not all of it.
    ///
    /// - Parameter tended: its partitions that are.
    func tendedBelowFinding(
        _ table: PartitionedTable, _ failure: InferenceFailure, _ tended: [PartitionedTable]
    ) -> Finding? {
        guard failure.reason == .notRangePartitioned, setDefinitions[table.name] == nil, !tended.isEmpty else {
            return nil
        }
        let leftAlone = snapshot.tables.filter {
            $0.parentOID == table.oid && setDefinitions[$0.name]?.enabled == false
        }
        guard tended.count + leftAlone.count >= table.partitionedPartitions else { return nil }
        return Finding(
            task: .partitions, object: table.name,
            message:
                "\(failure.explanation): nothing is made for it, and its partitions are tended as tables of their own, "
                + Self.listed(tended.map(\.name.description).sorted(), of: "tables"))
    }

    /// What takes all rows behind some moment leaves no room for a partition of their own.
    func endlessFindings(_ set: PartitionSet) -> [Finding] {
        set.table.partitions.filter { $0.upper == .maximum }.map { partition in
            let lower = partition.lower.instant.map { " from \(set.keyType.literal($0)) on" } ?? ""
            return Finding(
                task: .partitions, object: set.table.name,
                message: "\(partition.name) takes all rows\(lower) without an end: they will pile up there, "
                    + "since no partition can be made for them")
        }
    }

    /// That a set which fits UTC, or the TimeZone of sessions, fits other zones as well, which will part from it.
    func zoneFinding(_ set: PartitionSet) -> Finding? {
        guard let fits = snapshot.zoneFits[set.table.oid], !fits.isEmpty else { return nil }
        let today = snapshot.takenAt.date
        let own: MidnightShifts
        switch set.grid.clock {
        case .civil: return nil
        case .utc: own = MidnightShifts(constant: set.grid.offset, from: today)
        case .zone(let zone): own = MidnightShifts(snapshot.zones[zone]?.midnights ?? [:], from: today)
        }
        let parting = fits.compactMap { fit in fit.midnights.parting(from: own, since: today).map { (fit.name, $0) } }
        guard let first = parting.map(\.1).min() else { return nil }
        return Finding(
            task: .partitions, object: set.table.name,
            message: "its bounds are midnights in \(Self.listed(parting.map(\.0).sorted())), too, of which the first "
                + "parts from that on \(first): zone says for good which is meant")
    }

    static func listed(_ names: [String], of noun: String = "zones") -> String {
        let shown = names.prefix(names.count > 8 ? 6 : 8)
        let rest = names.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more \(noun)" : "")
    }
}
