import CivilTime
import SQLText

/// How a DEFAULT partition is looked into, for rows of the new partitions.
package enum DefaultCounting: Hashable, Sendable {
    /// For partitions that bridge a gap, which may not begin with rows that are elsewhere; nothing is scanned otherwise.
    case bridges
    /// For all, up to a number of rows and within seconds.
    case some
    /// For all, however long it takes.
    case all

    /// How many rows are looked for in a range; nil for all of them.
    package var limit: Int? { self == .all ? nil : 10_000 }

    package var statementTimeout: Duration { self == .all ? .seconds(3600) : .seconds(2) }
}

/// A new partition of a table that has a DEFAULT partition.
package struct DefaultRange: Hashable, Sendable {
    package var table: UInt32
    package var from: Instant
    package var to: Instant
}

/// What was found of a range in a DEFAULT partition.
package enum DefaultRows: Hashable, Sendable {
    case exactly(Int)
    case atLeast(Int)
    case unread(ServerFailure)
}

/// What is asked of a DEFAULT partition.
package struct DefaultQuestion: Sendable {
    package let defaultPartition: RelationName
    /// As whom it is read: the owner of it and of the table.
    package let role: String
    package let keyColumn: String
    package let keyType: PartitionKeyType
    package let ranges: [DefaultRange]
}

extension PartitionPlanner {
    /// Of whose DEFAULT partitions the plan wants to know more. One that belongs to somebody else than its table is not
    /// read.
    package func defaultQuestions(_ counting: DefaultCounting) -> [DefaultQuestion] {
        let isAsked = counting != .bridges || definition.partitionSets.contains(where: \.bridge)
        guard isAsked, snapshot.tables.contains(where: { $0.defaultPartition != nil }) else { return [] }
        let actions = withoutCures.plan().steps.compactMap(\.createPartition).filter { action in
            counting != .bridges || setDefinitions[action.parent]?.bridge == true
        }
        return Dictionary(grouping: actions, by: \.parentOID).values.compactMap { actions -> DefaultQuestion? in
            guard let first = actions.first, let rest = first.defaultPartition,
                !first.neighbours.contains(where: { $0.relation == rest })
            else { return nil }
            return DefaultQuestion(
                defaultPartition: rest, role: first.parentOwner, keyColumn: first.keyColumn, keyType: first.keyType,
                ranges: actions.map(\.defaultRange))
        }.sorted { $0.defaultPartition < $1.defaultPartition }
    }

    /// What is in the way of attaching the partition: rows that are its own.
    func defaultFinding(_ action: CreatePartition) -> Finding? {
        guard let rest = action.defaultPartition, let rows = snapshot.defaultRows[action.defaultRange] else {
            return nil
        }
        let range = action.range
        let message: String
        switch rows {
        case .exactly(0): return nil
        case .exactly(let count):
            message = "\(rest) holds \(count == 1 ? "1 row" : "\(count) rows") of \(range)"
        case .atLeast(let count): message = "\(rest) holds at least \(count) rows of \(range)"
        case .unread(let failure):
            return Finding(
                task: .partitions, object: action.parent,
                message: "whether \(rest) holds rows of \(range) could not be read: \(failure)")
        }
        return Finding(
            task: .partitions, object: action.parent,
            message: "\(message): no partition can be attached for that range until they are moved out of it")
    }

    /// A bridge is refused while rows of its span are elsewhere: it would fail, and nothing of the set would go on. So it is
    /// behind a partition whose detach is half done, which would leave a hole before it.
    func refusal(of bridge: PartitionBridge, _ action: CreatePartition, in set: PartitionSet) -> Refusal? {
        if let pending = bridge.pending {
            return Refusal(
                task: .partitions, object: set.table.name, reason: .overlap,
                explanation:
                    "the detach of \(pending.name), the last partition, is half done: what follows depends on it",
                cure: .statement(set.table.finalizing(pending)))
        }
        guard let finding = defaultFinding(action), let rest = action.defaultPartition else { return nil }
        if case .unread? = snapshot.defaultRows[action.defaultRange] { return nil }
        return Refusal(
            task: .partitions, object: set.table.name, reason: .rowsInDefault, explanation: finding.message,
            cure: "move the rows of \(action.range) out of \(rest), then run again")
    }
}

extension CreatePartition {
    package var defaultRange: DefaultRange { DefaultRange(table: parentOID, from: from, to: to) }
}
