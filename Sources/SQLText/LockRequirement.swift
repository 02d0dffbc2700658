/// PostgreSQL's table-level lock modes but for ROW SHARE, by their names in the manual, weakest first.
package enum LockMode: String, CaseIterable, Hashable, Sendable {
    case accessShare = "ACCESS SHARE"
    case rowExclusive = "ROW EXCLUSIVE"
    case shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
    case share = "SHARE"
    case shareRowExclusive = "SHARE ROW EXCLUSIVE"
    case exclusive = "EXCLUSIVE"
    case accessExclusive = "ACCESS EXCLUSIVE"

    /// What the lock does to other sessions while it is held, for people.
    package var effect: String {
        switch self {
        case .accessShare, .rowExclusive: "readers and writers go on"
        case .shareUpdateExclusive: "readers and writers go on; other DDL, VACUUM and ANALYZE wait"
        case .share, .shareRowExclusive: "readers go on, writers wait"
        case .exclusive: "readers go on, writers wait"
        case .accessExclusive: "readers and writers wait"
        }
    }
}

extension LockMode: Comparable {
    /// In the order of their declaration.
    package static func < (left: LockMode, right: LockMode) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A lock that a step takes on a relation.
package struct LockRequirement: Hashable, Sendable {
    package var relation: RelationName
    package var mode: LockMode

    package init(_ mode: LockMode, on relation: RelationName) {
        self.relation = relation
        self.mode = mode
    }
}

extension LockRequirement {
    /// A `LOCK TABLE` statement.
    ///
    /// - Parameter partitions: whether to lock every partition of a partitioned table as well.
    package func statement(partitions: Bool = false) throws(SQLTextError) -> String {
        "LOCK TABLE \(partitions ? "" : "ONLY ")\(try relation.quoted) IN \(mode.rawValue) MODE"
    }
}
