import SQLText

/// Memberships and attributes that the roles of the schema should not have. They are refused, not taken away: roles
/// belong to the whole cluster.
struct RolePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func refuseRoles() throws(SQLTextError) {
        try refuseMemberships()
        try refuseAttributes()
        try refuseRightsOfOthers()
    }

    /// A member inherits privileges that no grant of the schema gives it.
    private func refuseMemberships() throws(SQLTextError) {
        for difference in gap.different where difference.property == .members {
            guard let members = difference.found else { continue }
            let role = difference.object
            plan.refuse(
                role, "expected no other role of the schema among its members, found \(members)",
                cure: "run: REVOKE \(try SQLIdentifier(role.name).quoted) FROM \(members)")
        }
    }

    /// Somebody may rely on the attributes that a role has: only missing roles are created.
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

    /// A member of a role outside the schema sees and does what that role may, whatever the schema hides.
    private func refuseRightsOfOthers() throws(SQLTextError) {
        for difference in gap.different where difference.property == .rightsOfOthers {
            guard let found = difference.found else { continue }
            let role = difference.object
            plan.refuse(
                role,
                "expected no role among those that it is a member of that owns or may do something in the "
                    + "schema, sees what it hides, may make itself a member of any, or is predefined by the server; found \(found)",
                cure: "run: REVOKE \(found) FROM \(try SQLIdentifier(role.name).quoted)")
        }
    }
}
