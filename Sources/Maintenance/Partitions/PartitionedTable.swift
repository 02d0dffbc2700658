import CivilTime
import SQLText

/// A partitioned table and its partitions.
package struct PartitionedTable: Hashable, Sendable {
    package var oid: UInt32
    package var name: RelationName
    package var owner: String
    /// Whoever may become it may do everything.
    package var ownerIsSuperuser = false
    /// Whether pgtend's role may SET ROLE to the owner.
    package var mayActAsOwner: Bool
    package var strategy: Strategy
    package var key: Key
    /// Attached partitions except the DEFAULT partition, in no particular order.
    package var partitions: [Partition]
    package var defaultPartition: RelationName?
    /// Whether it is itself a partition.
    package var isPartition: Bool
    /// What it is a partition of.
    package var parentOID: UInt32?
    /// How many of its partitions are partitioned themselves. 0 for RANGE, whose partitions are known.
    package var partitionedPartitions = 0
    /// The tables at the other end of its foreign keys, either way, sorted by name.
    package var foreignKeyTables: [RelationName]
    /// Publications that publish its changes under the names of its partitions (publish_via_partition_root is off).
    package var leafPublications: [String]
    /// Whether the owner can make a temporary procedure in PL/pgSQL, in which its code is confined.
    package var ownerMayHaveSandbox: Bool
    /// The schema of it, or of one of its partitions, that belongs to another role, who is no superuser.
    package var foreignSchema: ForeignSchema?
    /// What belongs to another role of that which attaching a partition reads: its DEFAULT partition and the partitions
    /// of that, tables that a foreign key refers to.
    package var neighbours: [Neighbour]
    /// What those would run with the rights of the owner, when a partition is attached.
    package var foreignCode: ForeignCode?
    /// Why it could not be read whether they would.
    package var unreadCode: ServerFailure?
    /// A name among its own, its partitions' and what belongs to it of which no statement can be made.
    package var undecodable: UndecodableName?
    /// nil unless it is asked whether it is to be analyzed.
    package var changes: TableChanges?

    package enum Strategy: String, Hashable, Sendable {
        case range = "r"
        case list = "l"
        case hash = "h"
    }

    package enum Key: Hashable, Sendable {
        /// One plain column; the type as `format_type` prints it.
        case column(String, type: String)
        /// As the server prints it.
        case expression(String)
        /// The key's definition as the server prints it.
        case several(String)
    }

    package init(
        oid: UInt32, name: RelationName, owner: String, mayActAsOwner: Bool = true, strategy: Strategy = .range,
        key: Key, partitions: [Partition] = [], defaultPartition: RelationName? = nil, isPartition: Bool = false,
        foreignKeyTables: [RelationName] = [], leafPublications: [String] = [], ownerMayHaveSandbox: Bool = true,
        neighbours: [Neighbour] = [], foreignCode: ForeignCode? = nil
    ) {
        self.neighbours = neighbours
        self.foreignCode = foreignCode
        self.ownerMayHaveSandbox = ownerMayHaveSandbox
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

extension PartitionedTable {
    /// The statement that completes the detach of a partition that is half done.
    func finalizing(_ partition: Partition) -> String {
        "ALTER TABLE \(name) DETACH PARTITION \(partition.name) FINALIZE"
    }
}

/// A schema that does not belong to the owner of a table in it. Statements go by name, and its owner may put another table
/// in the place of one at any time.
package struct ForeignSchema: Hashable, Sendable {
    package var name: String
    package var owner: String

    package init(name: String, owner: String) {
        self.name = name
        self.owner = owner
    }

    package static func == (left: ForeignSchema, right: ForeignSchema) -> Bool {
        left.name.isSame(as: right.name) && left.owner.isSame(as: right.owner)
    }
}

/// A table of another role's beside a partitioned table, or one beneath a table of another role's. It is locked before its
/// code is looked for: whoever owns it, or what it is a partition of, could add some while the server waits for the lock.
package struct Neighbour: Hashable, Sendable {
    package var relation: RelationName
    package var owner: String
    /// As the server locks it when a partition is attached.
    package var mode: LockMode
    /// As whom it can be locked; nil if as nobody.
    package var lockRole: String?
    package var isForeign: Bool
    /// Whether its owner is a superuser, who has it beneath a table of somebody else.
    package var isSuperusers: Bool

    package init(
        relation: RelationName, owner: String, mode: LockMode = .shareRowExclusive, lockRole: String?,
        isForeign: Bool = false, isSuperusers: Bool = false
    ) {
        self.relation = relation
        self.owner = owner
        self.mode = mode
        self.lockRole = lockRole
        self.isSuperusers = isSuperusers
        self.isForeign = isForeign
    }

    package static func == (left: Neighbour, right: Neighbour) -> Bool {
        left.relation == right.relation && left.owner.isSame(as: right.owner) && left.mode == right.mode
            && left.lockRole.isSame(as: right.lockRole) && left.isForeign == right.isForeign
            && left.isSuperusers == right.isSuperusers
    }
}

/// An attached partition and its bounds.
package struct Partition: Hashable, Sendable {
    package var oid: UInt32
    package var name: RelationName
    /// Inclusive.
    package var lower: PartitionBound
    /// Exclusive.
    package var upper: PartitionBound
    /// Whether it is itself partitioned.
    package var isPartitioned: Bool
    /// Whether it is a foreign table.
    package var isForeign: Bool
    /// Whether a DETACH PARTITION ... CONCURRENTLY of it was interrupted: inserts into its range fail.
    package var isDetachPending: Bool
    /// Whether it is partitioned itself, without a partition that would take a row.
    package var isEmpty = false

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

/// A bound of a range partition. Bounds without a time zone are treated as if they were in UTC.
package enum PartitionBound: Hashable, Comparable, Sendable {
    /// MINVALUE or `-infinity`.
    case minimum
    case at(Instant)
    /// MAXVALUE or `infinity`.
    case maximum

    /// nil if it is not finite.
    package var instant: Instant? {
        if case .at(let instant) = self { instant } else { nil }
    }
}
