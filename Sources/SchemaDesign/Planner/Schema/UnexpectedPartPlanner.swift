import SQLText

/// What somebody has added that undoes what the schema does: why it is there only a person can tell.
extension SchemaPlanner {
    /// The right that a member inherits, no grant of the schema gives it.
    mutating func refuseMemberships() throws(SQLTextError) {
        for difference in gap.different where difference.property == .members {
            guard let members = difference.found else { continue }
            let role = difference.object
            refuse(
                role, "expected no other role of the schema among its members, found \(members)",
                cure: "run: REVOKE \(try SQLIdentifier(role.name).quoted) FROM \(members)")
        }
    }

    /// Of roles that the schema does not know: what they see, a member of them sees, whatever the schema hides.
    mutating func refuseRightsOfOthers() throws(SQLTextError) {
        for difference in gap.different where difference.property == .rightsOfOthers {
            guard let found = difference.found else { continue }
            let role = difference.object
            refuse(
                role,
                "expected no role among those that it is a member of that sees what the schema hides, found \(found)",
                cure: "run: REVOKE \(found) FROM \(try SQLIdentifier(role.name).quoted)")
        }
    }

    /// A role may be the whole cluster's, and somebody may count on what it was given: only missing ones are made.
    mutating func refuseAttributes() throws(SQLTextError) {
        for difference in gap.different where difference.object.kind == .role && difference.property == .attributes {
            let words = [difference.expected, difference.found].map {
                ($0 ?? "").split(separator: " ").map(String.init)
            }
            let changes = ["LOGIN", "SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"].filter {
                words[0].contains($0) != words[1].contains($0)
            }.map { words[0].contains($0) ? $0 : "NO\($0)" }
            let role = difference.object
            refuse(
                role, "expected a role with \(difference.expected ?? "?"), found \(difference.found ?? "?")",
                cure: "run: ALTER ROLE \(try SQLIdentifier(role.name).quoted) \(changes.joined(separator: " "))")
        }
    }

    mutating func refuseUnexpected() throws(SQLTextError) {
        for difference in gap.different where difference.property == .definition {
            let object = difference.object
            guard !expected.contains(object), let found = difference.found else { continue }
            let target = "\(try SQLIdentifier(object.name).quoted) ON \(try qualified(object.relation))"
            switch object.kind {
            case .policy:
                refuse(
                    object, "expected no such policy, found one that adds to what sessions see or write: \(found)",
                    cure: "run: DROP POLICY \(target)")
            case .rule:
                refuse(
                    object, "expected no rule, found one that changes what statements do: \(found)",
                    cure: "run: DROP RULE \(target)")
            default: continue
            }
        }
    }
}
