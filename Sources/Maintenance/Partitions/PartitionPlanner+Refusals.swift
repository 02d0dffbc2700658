import CivilTime
import SQLText

extension PartitionPlanner {
    func missingTable(_ table: RelationName) -> Refusal {
        Refusal(
            task: .partitions, object: table, reason: .missing,
            explanation: "the configuration names it, and the database has no partitioned table of that name",
            cure: "correct partitions.sets, or create the table")
    }

    /// What a bridge leaves out of the period that it begins in: from now on rows for that are rejected, and no period can
    /// take them.
    func holeRefusal(_ set: PartitionSet) -> Refusal? {
        guard let bridge = PartitionBridge(set, zones: snapshot.zones), bridge.pending == nil,
            let now = inference(of: set.table).civilNow(set.keyType),
            let holding = set.grid.period(holding: bridge.from, zones: snapshot.zones),
            let boundary = set.grid.lowerBound(of: holding, zones: snapshot.zones)
        else { return nil }
        let start = max(boundary, now)
        guard start < bridge.from, set.table.coverage(from: start, to: bridge.from) != .whole else { return nil }
        let span = set.keyType.range(start, bridge.from)
        return Refusal(
            task: .partitions, object: set.table.name, reason: .overlap,
            explanation:
                "a part of \(span) has no partition, and one for its \(set.grid.interval) would overlap the last one",
            cure: "make the partition for what is missing of it by hand")
    }

    func notOwner(_ table: PartitionedTable, count: Int, first: CreatePartition) -> Refusal {
        let role = snapshot.server.role
        return Refusal(
            task: .partitions, object: table.name, reason: .notOwner,
            explanation: "\(count == 1 ? "1 partition is" : "\(count) partitions are") missing, the first for "
                + "\(first.range), but role \(role) may not act as the owner \(table.owner) (the server would answer SQLSTATE 42501)",
            cure: Refusal.membershipCure(
                in: table.owner, isSuperuser: table.ownerIsSuperuser, of: table.name, on: snapshot.server))
    }

    func unreadTemplate(_ table: PartitionedTable, _ failure: ServerFailure) -> Refusal {
        let template = (table.templatePartition?.name ?? table.name).description
        let isLocked = failure.failureClass == .lockNotAvailable
        return Refusal(
            task: .partitions, object: table.name, reason: isLocked ? .locked : .unreadable,
            explanation: "new partitions are made like \(template), "
                + (isLocked ? "and somebody holds a lock on it, so that its policies and triggers" : "which")
                + " could not be read: \(failure)",
            cure: .advice(
                failure.hint
                    ?? (isLocked
                        ? "run pgtend again when the lock on \(template) is gone"
                        : "run pgtend again; if it stays, look for what the server names")))
    }

    func refused(
        _ set: PartitionSet, _ reason: Refusal.Reason, _ explanation: String, cure: Cure
    ) -> Refused {
        Refused(
            refusal: Refusal(
                task: .partitions, object: set.table.name, reason: reason, explanation: explanation, cure: cure))
    }
}
