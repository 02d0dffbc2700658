import DatabaseAccess
import Maintenance
import SQLText

/// The statements that create a partition and attach it, both for a run and for the script of a plan.
///
/// They run in one transaction. First comes the lock on the parent; then `create`, which takes only ACCESS SHARE beyond
/// that, and whose tables other sessions cannot see. Then come `copyProof`, `publish`, the other locks of the step,
/// `attach`, and `handOver`.
struct PartitionDDL {
    /// As the owner of the parent.
    let create: Sandbox
    /// Fails where what is copied by its text has become something else.
    let copyProof: [String]
    /// Adds the partition to publications, each by a statement. Executed as the role that pgtend connects as. Each statement may fail for
    /// lack of privileges, since the partition works without it. They come before the locks, because they wait for
    /// sessions that change the publication; and in the transaction of `attach`, because rows that are inserted before
    /// the partition is published are never replicated.
    let publish: [(publication: String, statement: String)]
    /// Fails where attaching would run code of another owner's, under the locks of the step. Executed as the role that
    /// pgtend connects as, in a statement of its own: what it takes would count toward the time limit of ATTACH, but not
    /// toward the limit of the lock that ATTACH waits for, which has to end first.
    let proof: [String]
    /// As the owner of the parent, with what requires the partition to be attached. The server evaluates CHECKs,
    /// expressions and predicates of indexes for it.
    let attach: Sandbox
    /// Gives the partition to the owner of its siblings, where that is another role.
    let handOver: [String]

    init(_ step: CreatePartition, on server: ServerCapabilities) throws(SQLTextError) {
        let partition = try step.partition.quoted
        let parent = try step.parent.quoted
        let template = step.template
        let templateDDL = try TemplateDDL(template, of: step.partition)

        // From PostgreSQL 17 on, ATTACH PARTITION gives the partition the parent's identity columns, and rejects a
        // table that has its own.
        let identity = template.identityColumns && !server.has(.inheritedIdentity) ? "" : " EXCLUDING IDENTITY"
        let table =
            "CREATE \(template.isUnlogged ? "UNLOGGED " : "")TABLE \(partition)"
            + " (LIKE \(parent) INCLUDING ALL\(identity))" + (try templateDDL.tableOptions)
        // A sibling in the database's default tablespace has no tablespace to name, but the role may have another
        // default.
        var create = ["SET LOCAL default_tablespace = ''", table] + (try templateDDL.beforeAttach)
        let bounds = "FROM (\(try SQLLiteral(step.lower).quoted)) TO (\(try SQLLiteral(step.upper).quoted))"
        // ATTACH PARTITION checks foreign keys with a query, which fails under row_security = off if a policy applies
        // to the owner too (FORCE). Turning it on is safe, because the new table has no rows that could be hidden.
        proof = !step.neighbours.isEmpty || !step.foreignKeyTables.isEmpty ? [try AttachedCode.proof(step.parent)] : []
        let attach =
            ["SET LOCAL row_security = on"]
            + ["ALTER TABLE \(parent) ATTACH PARTITION \(partition) FOR VALUES \(bounds)"] + proof
        if template.owner.isSame(as: step.parentOwner) {
            create += try templateDDL.grants
            handOver = []
        } else {
            handOver = try HandOver(step).statements(grants: templateDDL.grants)
        }
        self.create = try Sandbox(as: step.parentOwner, unsafe: create)
        self.attach = try Sandbox(
            as: step.parentOwner, path: .ofRole, unsafe: attach + (try templateDDL.afterAttach))
        copyProof = template.hasTexts ? [try CopyProof.statement(step)] : []
        publish = Array(zip(template.publications.map(\.name), try templateDDL.publications))
    }
}
