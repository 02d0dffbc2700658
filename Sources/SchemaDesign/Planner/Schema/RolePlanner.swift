import SQLText

/// What the roles of the schema should not be. No command takes it away: a role may be the whole cluster's.
struct RolePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseRoles() throws(SQLTextError) {
        try refuseMemberships()
        try refuseAttributes()
        try refuseRightsOfOthers()
    }

    /// The right that a member inherits, no grant of the schema gives it.
    private func refuseMemberships() throws(SQLTextError) {
        for difference in gap.different where difference.property == .members {
            guard let members = difference.found else { continue }
            let role = difference.object
            plan.refuse(
                role, "expected no other role of the schema among its members, found \(members)",
                cure: "run: REVOKE \(try SQLIdentifier(role.name).quoted) FROM \(members)")
        }
    }

    /// Somebody may count on what a role was given: only missing roles are made.
    private func refuseAttributes() throws(SQLTextError) {
        for difference in gap.different where difference.object.kind == .role && difference.property == .attributes {
            let words = [difference.expected, difference.found].map {
                ($0 ?? "").split(separator: " ").map(String.init)
            }
            let changes = ["LOGIN", "SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"].filter {
                words[0].contains($0) != words[1].contains($0)
            }.map { words[0].contains($0) ? $0 : "NO\($0)" }
            let role = difference.object
            plan.refuse(
                role, "expected a role with \(difference.expected ?? "?"), found \(difference.found ?? "?")",
                cure: "run: ALTER ROLE \(try SQLIdentifier(role.name).quoted) \(changes.joined(separator: " "))")
        }
    }

    /// Of roles that the schema does not know: what they see, a member of them sees, whatever the schema hides.
    private func refuseRightsOfOthers() throws(SQLTextError) {
        for difference in gap.different where difference.property == .rightsOfOthers {
            guard let found = difference.found else { continue }
            let role = difference.object
            plan.refuse(
                role,
                "expected no role among those that it is a member of that sees what the schema hides, found \(found)",
                cure: "run: REVOKE \(found) FROM \(try SQLIdentifier(role.name).quoted)")
        }
    }
}
