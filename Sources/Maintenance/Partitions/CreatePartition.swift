import CivilTime
import SQLText

/// Creates a table like the parent and its siblings, and attaches it.
package struct CreatePartition: StepAction {
    package static let kind = ActionKind.createPartition
    package static let task = TaskKind.partitions

    package var parent: RelationName
    package var parentOID: UInt32
    /// The role for SET ROLE before the work: ATTACH PARTITION requires the owner of both tables.
    package var parentOwner: String
    package var partition: RelationName
    /// Inclusive.
    package var from: Instant
    /// Exclusive.
    package var to: Instant
    package var keyType: PartitionKeyType
    package var keyColumn: String
    /// What the new partition has to look like.
    package var template: PartitionTemplate
    /// The DEFAULT partition, if there is one: ATTACH PARTITION scans it under ACCESS EXCLUSIVE.
    package var defaultPartition: RelationName?
    /// The tables at the other end of the parent's foreign keys, either way, sorted by name: ATTACH PARTITION locks
    /// them with SHARE ROW EXCLUSIVE.
    package var foreignKeyTables: [RelationName]
    /// What belongs to other roles of that which ATTACH PARTITION reads: it is proved that none of its code runs.
    package var neighbours: [Neighbour]

    package init(
        parent: RelationName, parentOID: UInt32, parentOwner: String, partition: RelationName, from: Instant,
        to: Instant,
        keyType: PartitionKeyType, keyColumn: String, template: PartitionTemplate,
        defaultPartition: RelationName?, foreignKeyTables: [RelationName], neighbours: [Neighbour] = []
    ) {
        self.neighbours = neighbours
        self.parent = parent
        self.parentOID = parentOID
        self.parentOwner = parentOwner
        self.partition = partition
        self.from = from
        self.to = to
        self.keyType = keyType
        self.keyColumn = keyColumn
        self.template = template
        self.defaultPartition = defaultPartition
        self.foreignKeyTables = foreignKeyTables
    }

    /// The bounds as literals of the key's type; for `timestamptz`, in UTC with the offset.
    package var lower: String { keyType.literal(from) }
    package var upper: String { keyType.literal(to) }
    /// For people.
    package var range: String { keyType.range(from, to) }

    package var object: RelationName { parent }
    package var role: String? { parentOwner }
    package var identity: [String] { ["\(parent)", "\(partition)"] }

    package var attributes: [StepAttribute] { [.partition(partition), .bounds(lower: lower, upper: upper)] }

    /// An empty table is attached in milliseconds; only the scan of a DEFAULT partition can take long, and would take
    /// as long again.
    package var isQuick: Bool { defaultPartition == nil }

    package var changesDefinitions: Bool { true }

    package var description: String { "create partition \(partition) of \(parent) for \(range)" }

    /// The weakest first, so that the strongest is held for the shortest time.
    package var locks: [LockRequirement] {
        var locks = [LockRequirement(.shareUpdateExclusive, on: parent)]
        locks += foreignKeyTables.map { LockRequirement(.shareRowExclusive, on: $0) }
        // Beside those: partitions of the table itself, where it refers to itself, and of the DEFAULT partition.
        let known = foreignKeyTables + [defaultPartition].compactMap(\.self)
        let others = neighbours.filter { !known.contains($0.relation) }
            .map { LockRequirement($0.mode, on: $0.relation) }
        locks += others.filter { $0.mode != .accessExclusive }
        locks += defaultPartition.map { [LockRequirement(.accessExclusive, on: $0)] } ?? []
        return locks + others.filter { $0.mode == .accessExclusive }
    }

    /// As whom a lock is taken, and whether the step depends on it: ATTACH takes what is left itself.
    package func role(for lock: LockRequirement) -> (name: String, isNeeded: Bool) {
        if let neighbour = neighbours.first(where: { $0.relation == lock.relation }) {
            return (neighbour.lockRole ?? parentOwner, true)
        }
        return (parentOwner, lock.relation == parent)
    }
}

extension CreatePartition {
    /// Why this step no longer fits the table as it is now; nil if it does.
    package func supersession(by table: PartitionedTable?) -> String? {
        guard let table else { return "\(parent) is no partitioned table any more" }
        guard table.oid == parentOID, table.owner.isSame(as: parentOwner),
            table.key == .column(keyColumn, type: keyType.rawValue),
            table.defaultPartition == defaultPartition, table.foreignKeyTables == foreignKeyTables,
            table.ownerMayHaveSandbox, table.foreignSchema == nil, table.neighbours == neighbours
        else { return "\(parent) is not the table any more that was planned for; run again" }
        if let code = table.foreignCode { return "\(code.explanation(as: parentOwner)); run again" }
        return switch table.coverage(from: from, to: to) {
        case .none: nil
        case .whole: "the range has its partition by now"
        case .part(let other): "\(other.name) holds a part of the range by now"
        }
    }
}

extension PlanStep {
    /// The action of a step that creates a partition.
    package var createPartition: CreatePartition? {
        if case .createPartition(let action) = action { action } else { nil }
    }
}

/// The types of a partition key that pgtend supports. The raw value is the name that `format_type` returns.
package enum PartitionKeyType: String, CaseIterable, Hashable, Sendable {
    case timestamptz = "timestamp with time zone"
    case timestamp = "timestamp without time zone"
    case date = "date"

    package var isZoned: Bool { self == .timestamptz }

    /// From the former, inclusive, to the latter, exclusive; for people.
    func range(_ from: Instant, _ to: Instant) -> String { "[\(literal(from)), \(literal(to)))" }

    /// The text of a bound, as a literal of the type.
    package func literal(_ point: Instant) -> String {
        switch self {
        case .timestamptz: point.description
        case .timestamp: point.clock
        case .date: point.date.description
        }
    }
}
