import CivilTime
import SQLText

/// Analyzes a partitioned table as a whole, which autovacuum never does: it only sees the leaves.
package struct AnalyzeTable: StepAction {
    package static let kind = ActionKind.analyzeTable
    package static let task = TaskKind.analysis
    package static let remembers = true

    package var table: RelationName
    package var oid: UInt32
    /// Whose code the server runs.
    package var owner: String
    package var codeOwner: String? { owner }
    /// The role for SET ROLE before the work: the owner; nil keeps the role that connected, which has MAINTAIN then.
    package var role: String?
    /// How many changes there were before: those during the work count for the next.
    package var changes: Int64
    /// That it was analyzed shows when this is past.
    package var lastAnalyzed: Instant?

    package init(
        table: RelationName, oid: UInt32, owner: String, role: String?, changes: Int64, lastAnalyzed: Instant?
    ) {
        self.table = table
        self.oid = oid
        self.owner = owner
        self.role = role
        self.changes = changes
        self.lastAnalyzed = lastAnalyzed
    }

    package var object: RelationName { table }
    package var identity: [String] { ["\(table)"] }
    package var attributes: [StepAttribute] { [] }
    package var locks: [LockRequirement] { [LockRequirement(.shareUpdateExclusive, on: table)] }
    package var description: String { "analyze \(table)" }
}

extension AnalyzeTable {
    /// What it has come to once the table was analyzed after the plan was made; nil as long as it was not.
    package func result(in table: PartitionedTable?) -> StepResult? {
        guard let now = table?.changes?.lastAnalyzed, table?.oid == oid, lastAnalyzed.map({ now > $0 }) ?? true else {
            return nil
        }
        return StepResult(memory: TableChanges.memory(of: changes))
    }

    /// Why this step no longer fits the table as it is now; nil if it does.
    package func supersession(by table: PartitionedTable?, on server: ServerFacts) -> String? {
        guard let table, table.oid == oid else { return "\(self.table) is not the table any more that was planned for" }
        if !table.owner.isSame(as: owner) { return "\(self.table) belongs to \(table.owner) by now; run again" }
        if let obstacle = table.analysisObstacle(on: server) { return "\(obstacle.explanation); run again" }
        return table.analysisRole.isSame(as: role)
            ? nil : "\(self.table) is to be analyzed as another role by now; run again"
    }
}

extension PartitionedTable {
    /// The role as which it is analyzed; nil is the one that connected.
    package var analysisRole: String? { mayActAsOwner ? owner : nil }

    /// What keeps it from being analyzed, if anything does.
    package func analysisObstacle(on server: ServerFacts) -> Refusal? {
        func refusal(_ reason: Refusal.Reason, _ explanation: String, cure: Cure) -> Refusal {
            Refusal(task: .analysis, object: name, reason: reason, explanation: explanation, cure: cure)
        }
        if let undecodable { return undecodable.refusal(.analysis, of: name) }
        guard let changes else {
            return refusal(.missing, "it is no table with leaves any more", cure: "run pgtend again")
        }
        if !mayActAsOwner, !changes.mayMaintain {
            let grantee = RelationName.quoted(server.role)
            return refusal(
                .notOwner,
                "role \(server.role) may not analyze it: it belongs to \(owner) (the server would only warn)",
                cure: server.capabilities.has(.maintainPrivilege)
                    ? .statement("GRANT MAINTAIN ON \(name) TO \(grantee)")
                    : Refusal.membershipCure(in: owner, isSuperuser: ownerIsSuperuser, of: name, on: server))
        }
        if let foreign = changes.foreignTable {
            return refusal(
                .noTable, "its partition \(foreign) is a foreign table, and ANALYZE would read the other server",
                cure: "ANALYZE \(name) by hand when it has changed much")
        }
        if !server.capabilities.has(.analyzeOnly), let leaf = changes.othersLeaf {
            return refusal(
                .noOneOwner,
                "its partition \(leaf.name) belongs to \(leaf.owner), and before PostgreSQL 18 ANALYZE runs the code of each "
                    + "partition's owner in one session",
                cure: .statement("ALTER TABLE \(leaf.name) OWNER TO \(RelationName.quoted(owner))"))
        }
        if let schema = changes.foreignSchema {
            return schema.refusal(.analysis, of: name, ownedBy: owner, while: "it is analyzed")
        }
        return changes.foreignCode.map { code in
            refusal(.foreignCode, code.explanation(as: code.owner), cure: code.cure(as: code.owner))
        }
    }
}
