import Maintenance
import PostgresClient

/// What somebody has added that undoes what the schema does: why it is there only a person can tell.
extension SchemaPlanner {
    /// The right that a member inherits, no grant of the schema gives it.
    mutating func refuseMemberships() throws(PostgresError) {
        for difference in gap.different where difference.property == .members {
            guard let members = difference.found else { continue }
            let role = difference.object
            refuse(
                role, "expected no other role of the schema among its members, found \(members)",
                cure: "run: REVOKE \(try SQLIdentifier(role.name).quoted) FROM \(members)")
        }
    }

    mutating func refuseUnexpected() throws(PostgresError) {
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
