import CivilTime
import SQLText

extension PartitionPlanner {
    func missingTable(_ table: RelationName) -> Refusal {
        Refusal(
            task: .partitions, object: table, reason: .missing,
            explanation: "the configuration names it, and the database has no partitioned table of that name",
            cure: "correct partitions.sets, or create the table")
    }

    func notOwner(_ table: PartitionedTable, count: Int, first: CreatePartition) -> Refusal {
        let role = snapshot.server.role
        return Refusal(
            task: .partitions, object: table.name, reason: .notOwner,
            explanation: "\(count == 1 ? "1 partition is" : "\(count) partitions are") missing, the first for "
                + "[\(first.lower), \(first.upper)), but role \(role) may not act as the owner \(table.owner) (the server would answer SQLSTATE 42501)",
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
