import SQLText

/// Privileges on existing and on new objects.
struct PrivilegePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    private var grants: GrantStatements { GrantStatements(comparison) }

    func planPrivileges() throws(SQLTextError) {
        for object in expected.objects where object.kind != .partition && !gap.absent.contains(object) {
            let isNew = !live.contains(object)
            let isOther = gap.different.contains { $0.object == object && $0.property.grantee != nil }
            // The gap does not list privileges on the columns of a missing relation, only the relation itself. A new
            // function gets its privileges in the step that creates it.
            guard isOther || isNew && object.kind != .function else { continue }
            let statements = try grants.grants(on: object)
            try askForGrantors(on: object, roles: grants.grantees(of: object))
            guard !statements.isEmpty else { continue }
            plan.append(SchemaStep(object, .together, "privileges", statements), to: .privileges)
        }
        for difference in gap.different where difference.object.kind == .partition {
            guard let role = difference.property.grantee, difference.found != nil else { continue }
            try askForGrantors(on: difference.object, roles: [role])
            plan.append(
                SchemaStep(
                    difference.object, .together, "\(role) reads the partition past the policies of its parent",
                    [
                        "REVOKE ALL ON TABLE \(try qualified(difference.object.name)) FROM "
                            + "\(try grants.grantee(role))"
                    ]), to: .privileges)
        }
    }

    /// The migration revokes as well, if the schema exists already.
    func askForGrantorsOfSchema() throws(SQLTextError) {
        let object = CatalogObject(.schema, schema)
        try askForGrantors(on: object, roles: grants.grantees(of: object))
    }

    /// The owner's REVOKE fails for a privilege that the role has granted on to others, and has no effect on one that
    /// another role has granted.
    private func askForGrantors(on object: CatalogObject, roles: [String]) throws(SQLTextError) {
        guard !roles.isEmpty, let target = try grants.grantTarget(object) else { return }
        let (kind, name) =
            switch object.kind {
            case .column: ("column", try qualified(object.relation))
            case .function: ("function", try comparison.functionName(object))
            case .schema: ("schema", try SQLIdentifier(object.name).quoted)
            case .type: ("type", try qualified(object.name))
            default: ("relation", try qualified(object.name))
            }
        plan.refuseEach(
            ObstacleQuery.grantors.question(
                about: object, .text(kind), .text(name), .text(object.name), .text(target.object), .texts(roles)),
            { "\($0), which the REVOKE of \(object) does not end" }, then: "then repeat the command")
    }
}
