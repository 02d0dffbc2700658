import Maintenance
import PostgresClient

/// The statements that make a partition and attach it: the one place where they are spelled.
///
/// They run in one transaction. `create` takes nothing but ACCESS SHARE on the parent, and all that it makes is
/// invisible to others; then come the locks of the step, `attach`, and `finish`, which needs the partition attached.
struct PartitionDDL {
    let create: [String]
    let attach: String
    let finish: [String]

    /// - Parameter serverVersion: `server_version_num`.
    init(_ step: CreatePartition, serverVersion: Int) throws(PostgresError) {
        let partition = try step.partition.quoted
        let parent = try step.parent.quoted
        let likeness = step.likeness
        let dress = LikenessDDL(likeness, of: partition)

        // From 17 on ATTACH itself gives the partition the parent's identity, and refuses one of its own.
        let identity = likeness.identityColumns && serverVersion < 170_000 ? "" : " EXCLUDING IDENTITY"
        let table = "CREATE TABLE \(partition) (LIKE \(parent) INCLUDING ALL\(identity))" + (try dress.tableOptions)
        create = [table] + (try dress.beforeAttach)
        attach =
            "ALTER TABLE \(parent) ATTACH PARTITION \(partition) FOR VALUES FROM (\(try SQLLiteral(step.lower).quoted)) "
            + "TO (\(try SQLLiteral(step.upper).quoted))"
        finish =
            (try dress.afterAttach)
            + (likeness.owner == step.parentOwner
                ? [] : ["RESET ROLE", "ALTER TABLE \(partition) OWNER TO \(try SQLIdentifier(likeness.owner).quoted)"])
    }

    /// `LOCK TABLE` of a partitioned table would go on to every partition without ONLY.
    static func lock(_ requirement: LockRequirement) throws(PostgresError) -> String {
        "LOCK TABLE ONLY \(try requirement.relation.quoted) IN \(requirement.mode.rawValue) MODE"
    }
}
