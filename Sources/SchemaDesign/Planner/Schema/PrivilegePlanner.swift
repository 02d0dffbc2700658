import SQLText

/// Triggers, policies, grants and comments.
extension SchemaPlanner {
    mutating func planTriggersAndPolicies(of table: CatalogObject) throws(SQLTextError) {
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

    mutating func planPrivileges() throws(SQLTextError) {
        for object in expected.objects where object.kind != .partition && !gap.absent.contains(object) {
            let isNew = !live.contains(object)
            let isOther = gap.different.contains { $0.object == object && $0.property.grantee != nil }
            // What a new relation's parts are granted is not in the gap, which lists the relation alone. A new function
            // has its grants from its own step.
            guard isOther || isNew && object.kind != .function else { continue }
            let statements = try grants(on: object)
            try askForGrantors(on: object, roles: grantees(of: object))
            guard !statements.isEmpty else { continue }
            append(SchemaStep(object, .together, "privileges", statements), to: .privileges)
        }
        for difference in gap.different where difference.object.kind == .partition {
            guard let role = difference.property.grantee, difference.found != nil else { continue }
            try askForGrantors(on: difference.object, roles: [role])
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
    ///
    /// - Parameter isAnew: whether it was just made by the same transaction, so that nobody has anything on it yet;
    ///   others are given again what they had on what it takes the place of.
    func grants(on object: CatalogObject, isAnew: Bool = false) throws(SQLTextError) -> [String] {
        guard let target = try grantTarget(object) else { return [] }
        let wanted = expected[object] ?? [:]
        let isNew = isAnew || !live.contains(object)
        var statements: [String] = []
        for role in isNew ? wanted.keys.compactMap(\.grantee).sorted() : grantees(of: object) {
            if !isNew {
                statements.append("REVOKE ALL\(target.columns) ON \(target.object) FROM \(try grantee(role))")
            }
            if let privileges = wanted[.grants(to: role)] {
                statements.append(try grant(privileges, on: target, to: role))
            }
        }
        if !isNew { statements += try columnGrants(on: object, to: grantees(of: object)) }
        // A type comes with the server's grant to PUBLIC.
        if isNew, object.kind == .type, wanted[.grants(to: "PUBLIC")] == nil {
            statements.append("REVOKE ALL ON \(target.object) FROM PUBLIC")
        }
        return statements + (isAnew ? try foreignGrants(on: object) : [])
    }

    /// A REVOKE on a relation takes what the role has on its columns, too.
    private func columnGrants(on relation: CatalogObject, to roles: [String]) throws(SQLTextError) -> [String] {
        guard relation.kind.isRelation else { return [] }
        var statements: [String] = []
        for column in expected.parts(.column, of: relation.name) where live.contains(column) {
            guard let target = try grantTarget(column) else { continue }
            for role in roles {
                guard let privileges = expected[column, .grants(to: role)] else { continue }
                statements.append(try grant(privileges, on: target, to: role))
            }
        }
        return statements
    }

    /// Whose privileges on what stands are others than they should be.
    private func grantees(of object: CatalogObject) -> [String] {
        let (wanted, there) = (expected[object] ?? [:], live[object] ?? [:])
        guard live.contains(object) else { return [] }
        return Set((Array(wanted.keys) + Array(there.keys)).compactMap(\.grantee)).sorted().filter {
            wanted[.grants(to: $0)] != there[.grants(to: $0)]
        }
    }

    /// Each `PRIVILEGE` or `PRIVILEGE WITH GRANT OPTION`, in a list.
    private func grant(
        _ privileges: String, on target: (columns: String, object: String), to role: String
    ) throws(SQLTextError) -> String {
        let option = " WITH GRANT OPTION"
        let all = Set(privileges.split(separator: ", ").map(String.init))
        let lists = [false, true].map { isGrantable in
            all.filter { $0.hasSuffix(option) == isGrantable }
                .map { (isGrantable ? String($0.dropLast(option.count)) : $0) + target.columns }.sorted()
        }
        return try zip(lists, ["", option]).filter { !$0.0.isEmpty }.map { (list, option) throws(SQLTextError) in
            "GRANT \(list.joined(separator: ", ")) ON \(target.object) TO \(try grantee(role))\(option)"
        }.joined(separator: "; ")
    }

    /// What roles that the schema does not know have on what is dropped and made anew.
    private func foreignGrants(on object: CatalogObject) throws(SQLTextError) -> [String] {
        let columns = object.kind.isRelation ? expected.parts(.column, of: object.name) : []
        var statements: [String] = []
        for target in [object] + columns {
            guard let place = try grantTarget(target) else { continue }
            let name = target.isPart ? "\(target.relation).\(target.name)" : target.name
            let suffix = " on \(target.kind.rawValue) \(name)"
            for grant in live.objects(.grant) where grant.name.hasSuffix(suffix) {
                guard let role = grant.name.dropLast(suffix.count).description.dropped("to "),
                    let privileges = live[grant, .definition]
                else { continue }
                statements.append(try self.grant(privileges, on: place, to: role))
            }
        }
        return statements
    }

    /// Takes from PUBLIC and the schema's roles what the server, or default privileges (`ALTER DEFAULT PRIVILEGES`), gave
    /// them when it was made. It belongs into the transaction that makes it: a materialized view has the rows of all
    /// tenants, and whoever interrupts the command leaves it as it stands.
    ///
    /// - Parameter name: under which it was made; nil for its own.
    func revocation(on object: CatalogObject, madeAs name: String? = nil) throws(SQLTextError) -> [String] {
        guard let target = try grantTarget(CatalogObject(object.kind, name ?? object.name)) else { return [] }
        let roles = expected.objects(.role).map(\.name).filter { $0 != expected[object, .owner] }
        let names = try roles.map { (role) throws(SQLTextError) in try grantee(role) }
        return ["REVOKE ALL ON \(target.object) FROM \((["PUBLIC"] + names).joined(separator: ", "))"]
    }

    /// The migration revokes as the owner as well, of a schema that stood before.
    mutating func askForGrantorsOfSchema() throws(SQLTextError) {
        let object = CatalogObject(.schema, schema)
        try askForGrantors(on: object, roles: grantees(of: object))
    }

    /// The owner's REVOKE fails for what a role has passed on, and does not reach what another role has granted.
    private mutating func askForGrantors(on object: CatalogObject, roles: [String]) throws(SQLTextError) {
        guard !roles.isEmpty, let target = try grantTarget(object) else { return }
        let (kind, name) =
            switch object.kind {
            case .column: ("column", try qualified(object.relation))
            case .function: ("function", try functionName(object))
            case .schema: ("schema", try SQLIdentifier(object.name).quoted)
            case .type: ("type", try qualified(object.name))
            default: ("relation", try qualified(object.name))
            }
        askForEach(
            RowQuery.grantors.question(
                about: object, .text(kind), .text(name), .text(object.name), .text(target.object), .texts(roles)),
            { "\($0), which the REVOKE of \(object) does not end" }, then: "then repeat the command")
    }

    private func grantee(_ role: String) throws(SQLTextError) -> String {
        role == "PUBLIC" ? role : try SQLIdentifier(role).quoted
    }

    private func grantTarget(
        _ object: CatalogObject
    ) throws(SQLTextError) -> (columns: String, object: String)? {
        switch object.kind {
        case .table, .view, .materializedView, .foreignTable, .partition: ("", "TABLE \(try qualified(object.name))")
        case .sequence: ("", "SEQUENCE \(try qualified(object.name))")
        case .column: (" (\(try SQLIdentifier(object.name).quoted))", "TABLE \(try qualified(object.relation))")
        case .function: ("", "FUNCTION \(try functionName(object))")
        case .schema: ("", "SCHEMA \(try SQLIdentifier(object.name).quoted)")
        case .type: ("", "TYPE \(try qualified(object.name))")
        case .role, .extension, .constraint, .index, .procedure, .aggregate, .trigger, .policy, .rule, .grant, .option:
            nil
        }
    }

    // MARK: - Comments

    mutating func planComments() throws(SQLTextError) {
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

    private func commentTarget(_ object: CatalogObject) throws(SQLTextError) -> String? {
        let part = { () throws(SQLTextError) in
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
