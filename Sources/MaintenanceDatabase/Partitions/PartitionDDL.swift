import Maintenance
import SQLText

/// The statements that make a partition and attach it: the one place where they are spelled.
///
/// They run in one transaction. `create` takes nothing but ACCESS SHARE on the parent, and all that it makes is
/// invisible to others; then come `publish`, the locks of the step, `attach`, and `finish`, which needs the partition
/// attached.
struct PartitionDDL {
    let create: [String]
    let attach: [String]
    let finish: [String]
    /// Each on its own, as the role that pgtend connects as, for whoever may: without one of them the partition still
    /// takes its rows. Before the locks, for it waits for others who change the publication; and in the transaction of
    /// `attach`, since a row that came in between would never be replicated.
    let publish: [String]
    private let parentOwner: String

    /// Back to the role that makes the partition.
    var actAsOwner: String {
        get throws(SQLTextError) { "SET LOCAL ROLE \(try SQLIdentifier(parentOwner).quoted)" }
    }

    init(_ step: CreatePartition, on server: ServerCapabilities) throws(SQLTextError) {
        let partition = try step.partition.quoted
        let parent = try step.parent.quoted
        let template = step.template
        parentOwner = step.parentOwner
        let templateDDL = try TemplateDDL(template, of: step.partition)

        // From 17 on ATTACH itself gives the partition the parent's identity, and refuses one of its own.
        let identity = template.identityColumns && !server.has(.inheritedIdentity) ? "" : " EXCLUDING IDENTITY"
        let table =
            "CREATE \(template.isUnlogged ? "UNLOGGED " : "")TABLE \(partition)"
            + " (LIKE \(parent) INCLUDING ALL\(identity))" + (try templateDDL.tableOptions)
        // A sibling in the database's own tablespace has none to name, and the role may have another default.
        let create = ["SET LOCAL default_tablespace = ''", table] + (try templateDDL.beforeAttach)
        let bounds = "FROM (\(try SQLLiteral(step.lower).quoted)) TO (\(try SQLLiteral(step.upper).quoted))"
        // ATTACH checks foreign keys by a query, which row_security=off refuses where a policy binds the owner too. The
        // new table has no rows that could be hidden.
        attach = [
            "SET LOCAL row_security = on",
            "ALTER TABLE \(parent) ATTACH PARTITION \(partition) FOR VALUES \(bounds)", "SET LOCAL row_security = off",
        ]
        if template.owner == step.parentOwner {
            self.create = create + (try templateDDL.grants)
            finish = (try templateDDL.afterAttach) + ["RESET ROLE"]
        } else {
            // ATTACH wants one owner of both; and an owner who changes takes along what the former one has and gave.
            self.create = create
            let owner = try SQLIdentifier(template.owner).quoted
            finish =
                (try templateDDL.afterAttach)
                + ["RESET ROLE", "ALTER TABLE \(partition) OWNER TO \(owner)", "SET LOCAL ROLE \(owner)"]
                + (try templateDDL.grants) + ["RESET ROLE"]
        }
        publish = try templateDDL.publications
    }
}
