import CivilTime
import SQLText

/// A partitioned table and its partitions.
package struct PartitionedTable: Hashable, Sendable {
    package var oid: UInt32
    package var name: RelationName
    package var owner: String
    /// Whether our role may act as the owner (is a member who can SET ROLE, or a superuser).
    package var mayActAsOwner: Bool
    package var strategy: Strategy
    package var key: Key
    /// Attached ones, the DEFAULT apart; in no order.
    package var partitions: [Partition]
    package var defaultPartition: RelationName?
    /// Whether it is a partition itself.
    package var isPartition: Bool
    /// Tables on the other end of a foreign key, either way; sorted.
    package var foreignKeyTables: [RelationName]
    /// Publications that publish its changes under its partitions' names.
    package var leafPublications: [String]

    package enum Strategy: String, Hashable, Sendable {
        case range = "r"
        case list = "l"
        case hash = "h"
    }

    package enum Key: Hashable, Sendable {
        /// The type as `format_type` prints it.
        case column(String, type: String)
        case expression(String)
        case several(String)
    }

    package init(
        oid: UInt32, name: RelationName, owner: String, mayActAsOwner: Bool = true, strategy: Strategy = .range,
        key: Key, partitions: [Partition] = [], defaultPartition: RelationName? = nil, isPartition: Bool = false,
        foreignKeyTables: [RelationName] = [], leafPublications: [String] = []
    ) {
        self.oid = oid
        self.name = name
        self.owner = owner
        self.mayActAsOwner = mayActAsOwner
        self.strategy = strategy
        self.key = key
        self.partitions = partitions
        self.defaultPartition = defaultPartition
        self.isPartition = isPartition
        self.foreignKeyTables = foreignKeyTables
        self.leafPublications = leafPublications
    }
}

/// An attached partition with its bounds on the axis of the key.
package struct Partition: Hashable, Sendable {
    package var oid: UInt32
    package var name: RelationName
    /// Inclusive.
    package var lower: PartitionBound
    /// Exclusive.
    package var upper: PartitionBound
    /// Whether it is partitioned again.
    package var isPartitioned: Bool
    /// Whether it is a foreign table.
    package var isForeign: Bool
    /// Whether a DETACH CONCURRENTLY of it was left half done: inserts into its range fail.
    package var isDetachPending: Bool

    package init(
        oid: UInt32, name: RelationName, lower: PartitionBound, upper: PartitionBound, isPartitioned: Bool = false,
        isForeign: Bool = false, isDetachPending: Bool = false
    ) {
        self.oid = oid
        self.name = name
        self.lower = lower
        self.upper = upper
        self.isPartitioned = isPartitioned
        self.isForeign = isForeign
        self.isDetachPending = isDetachPending
    }
}

/// A bound: MINVALUE and `-infinity` are before everything that can be planned, MAXVALUE and `infinity` after it.
package enum PartitionBound: Hashable, Comparable, Sendable {
    case minimum
    case at(Instant)
    case maximum

    /// nil when it is not finite.
    package var instant: Instant? {
        if case .at(let instant) = self { instant } else { nil }
    }
}
