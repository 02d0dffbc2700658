import CivilTime
import SQLText

/// Make a table like the parent and its siblings, and attach it.
package struct CreatePartition: Hashable, Sendable {
    package var parent: RelationName
    package var parentOID: UInt32
    /// The role to SET before it: ATTACH wants the owner of both.
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
    /// A DEFAULT partition, which ATTACH scans under ACCESS EXCLUSIVE.
    package var defaultPartition: RelationName?
    /// Tables on the other end of a foreign key, in the order of their names: ATTACH locks them too.
    package var foreignKeyTables: [RelationName]
    package var reason: String
    package var limits: StepLimits

    package init(
        parent: RelationName, parentOID: UInt32, parentOwner: String, partition: RelationName, from: Instant,
        to: Instant,
        keyType: PartitionKeyType, keyColumn: String, template: PartitionTemplate,
        defaultPartition: RelationName?, foreignKeyTables: [RelationName], reason: String, limits: StepLimits
    ) {
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
        self.reason = reason
        self.limits = limits
    }

    /// The bounds as the key's type writes them: a `timestamptz` always with its offset.
    package var lower: String { keyType.literal(from) }
    package var upper: String { keyType.literal(to) }

    /// Weakest first, so that the strongest is held for the shortest time.
    package var locks: [LockRequirement] {
        [LockRequirement(.shareUpdateExclusive, on: parent)]
            + foreignKeyTables.map { LockRequirement(.shareRowExclusive, on: $0) }
            + (defaultPartition.map { [LockRequirement(.accessExclusive, on: $0)] } ?? [])
    }
}

/// The types of key that a calendar can be laid over.
package enum PartitionKeyType: String, CaseIterable, Hashable, Sendable {
    case timestamptz = "timestamp with time zone"
    case timestamp = "timestamp without time zone"
    case date = "date"

    package var isZoned: Bool { self == .timestamptz }

    /// The text of a bound.
    package func literal(_ point: Instant) -> String {
        switch self {
        case .timestamptz: point.description
        case .timestamp: point.clock
        case .date: point.date.description
        }
    }
}
