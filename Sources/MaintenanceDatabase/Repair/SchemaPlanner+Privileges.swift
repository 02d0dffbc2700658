import Maintenance
import PostgresClient

/// Triggers, policies, grants and comments.
extension SchemaPlanner {
    mutating func planTriggersAndPolicies(of table: CatalogObject) throws(PostgresError) {
        let isNew = !live.contains(table)
        let name = try qualified(table.name)
        for trigger in expected.parts(.trigger, of: table.name) {
            try refuseConstraintTrigger(trigger)
            let definition = (expected[trigger, .definition] ?? "")
                .replacing("CREATE TRIGGER", with: "CREATE OR REPLACE TRIGGER", maxReplacements: 1)
            if isNew {
                add(.triggers, trigger, .together, "the trigger is missing", definition)
            } else if !live.contains(trigger) || difference(trigger, .definition) != nil {
                addBriefly(
                    derives(trigger) ? .constraints : .triggers, table.name, .shareRowExclusive,
                    "the trigger \(trigger.name) is missing or another one", definition)
            }
            if difference(trigger, .state) != nil {
                try planEnabling(
                    [trigger.name], on: table.name,
                    "the trigger \(trigger.name) is \(live[trigger, .state]?.lowercased() ?? "enabled")")
            }
        }
        for policy in expected.parts(.policy, of: table.name) {
            let quoted = try SQLIdentifier(policy.name).quoted
            let create = "CREATE POLICY \(quoted) ON \(name) \(expected[policy, .definition] ?? "")"
            if isNew {
                add(.rowSecurity, policy, .together, "the policy is missing", create)
            } else if !live.contains(policy) {
                addBriefly(
                    .rowSecurity, table.name, .accessExclusive, "the policy \(policy.name) is missing", create)
            } else if difference(policy, .definition) != nil {
                addBriefly(
                    .rowSecurity, table.name, .accessExclusive, "the policy \(policy.name) is another one",
                    "DROP POLICY \(quoted) ON \(name)", create)
            }
        }
    }

    /// Whether a rule needs it for the rows that stand: before all other triggers, which are none of their business.
    private func derives(_ trigger: CatalogObject) -> Bool {
        rules.contains { rule in
            rule.table == trigger.relation && rule.deriving != nil
                && Self.words(expected[trigger, .definition] ?? "").contains(rule.column)
        }
    }

    // MARK: - Grants

    mutating func planPrivileges() throws(PostgresError) {
        for object in expected.objects where object.kind != .partition && !gap.absent.contains(object) {
            let isNew = !live.contains(object)
            let isOther = gap.different.contains { $0.object == object && $0.property.grantee != nil }
            // What a new relation's parts are granted is not in the gap, which lists the relation alone.
            guard isNew || isOther else { continue }
            let statements = try grants(on: object)
            guard !statements.isEmpty else { continue }
            append(SchemaStep(object, .together, "privileges", statements), to: .privileges)
        }
        for difference in gap.different where difference.object.kind == .partition {
            guard let role = difference.property.grantee, difference.found != nil else { continue }
            append(
                SchemaStep(
                    difference.object, .together, "\(role) reads the partition past the policies of its parent",
                    [
                        "REVOKE ALL ON TABLE \(try qualified(difference.object.name)) FROM "
                            + "\(try grantee(role))"
                    ]), to: .privileges)
        }
    }

    /// Brings the roles of the schema, and PUBLIC, to exactly what they should have; others keep what they have.
    func grants(on object: CatalogObject) throws(PostgresError) -> [String] {
        guard let target = try grantTarget(object) else { return [] }
        let wanted = expected[object] ?? [:]
        let there = live[object] ?? [:]
        var roles = Set((Array(wanted.keys) + Array(there.keys)).compactMap(\.grantee))
        // A new function or type comes with the server's grant to PUBLIC.
        if !live.contains(object), object.kind == .function || object.kind == .type { roles.insert("PUBLIC") }
        var statements: [String] = []
        for role in roles.sorted() {
            let privileges = wanted[.grants(to: role)]
            guard !live.contains(object) || privileges != there[.grants(to: role)] else { continue }
            let name = try grantee(role)
            if live.contains(object) || role == "PUBLIC" {
                statements.append("REVOKE ALL\(target.columns) ON \(target.object) FROM \(name)")
            }
            if let privileges {
                let list = privileges.split(separator: ", ").map { $0 + target.columns }.joined(separator: ", ")
                statements.append("GRANT \(list) ON \(target.object) TO \(name)")
            }
        }
        return statements
    }

    private func grantee(_ role: String) throws(PostgresError) -> String {
        role == "PUBLIC" ? role : try SQLIdentifier(role).quoted
    }

    private func grantTarget(
        _ object: CatalogObject
    ) throws(PostgresError) -> (columns: String, object: String)? {
        switch object.kind {
        case .table, .view, .materializedView, .foreignTable: ("", "TABLE \(try qualified(object.name))")
        case .sequence: ("", "SEQUENCE \(try qualified(object.name))")
        case .column: (" (\(try SQLIdentifier(object.name).quoted))", "TABLE \(try qualified(object.relation))")
        case .function: ("", "FUNCTION \(try functionName(object))")
        case .schema: ("", "SCHEMA \(try SQLIdentifier(object.name).quoted)")
        case .type: ("", "TYPE \(try qualified(object.name))")
        case .role, .extension, .constraint, .index, .partition, .procedure, .aggregate, .trigger, .policy, .rule,
            .grant, .option:
            nil
        }
    }

    // MARK: - Comments

    mutating func planComments() throws(PostgresError) {
        for object in expected.objects where object.kind != .partition && !gap.absent.contains(object) {
            guard let comment = expected[object, .comment], live[object, .comment] != comment,
                let target = try commentTarget(object)
            else { continue }
            let statement = "COMMENT ON \(target) IS \(try SQLLiteral(comment).quoted)"
            let relation = object.isPart ? object.relation : object.name
            if live.contains(CatalogObject(.table, relation)) && (object.isPart || object.kind == .table) {
                addBriefly(.comments, relation, .shareUpdateExclusive, "comments", statement)
            } else {
                append(SchemaStep(object, .together, "comments", [statement]), to: .comments)
            }
        }
    }

    private func commentTarget(_ object: CatalogObject) throws(PostgresError) -> String? {
        let part = { () throws(PostgresError) in
            "\(try SQLIdentifier(object.name).quoted) ON \(try qualified(object.relation))"
        }
        return switch object.kind {
        case .table: "TABLE \(try qualified(object.name))"
        case .view: "VIEW \(try qualified(object.name))"
        case .materializedView: "MATERIALIZED VIEW \(try qualified(object.name))"
        case .column: "COLUMN \(try qualified(object.relation)).\(try SQLIdentifier(object.name).quoted)"
        case .constraint: "CONSTRAINT \(try part())"
        case .trigger: "TRIGGER \(try part())"
        case .policy: "POLICY \(try part())"
        case .index: "INDEX \(try qualified(object.name))"
        case .function: "FUNCTION \(try functionName(object))"
        case .schema: "SCHEMA \(try SQLIdentifier(object.name).quoted)"
        case .type: "TYPE \(try qualified(object.name))"
        case .role, .extension, .foreignTable, .sequence, .partition, .procedure, .aggregate, .rule, .grant, .option:
            nil
        }
    }
}
