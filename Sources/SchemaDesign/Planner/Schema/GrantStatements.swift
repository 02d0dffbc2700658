import SQLText

/// The statements that give the roles of the schema, and PUBLIC, exactly what they should have.
struct GrantStatements {
    private let comparison: SchemaComparison
    private var expected: CatalogFacts { comparison.expected }
    private var live: CatalogFacts { comparison.live }

    init(_ comparison: SchemaComparison) {
        self.comparison = comparison
    }

    /// Gives the roles of the schema, and PUBLIC, exactly what they should have; other roles keep their privileges.
    ///
    /// - Parameter isAnew: whether the same transaction has just created the object, so that nobody has privileges yet.
    ///   Other roles are then granted what they had on the object that it replaces.
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
        // The server grants USAGE on a new type to PUBLIC.
        if isNew, object.kind == .type, wanted[.grants(to: "PUBLIC")] == nil {
            statements.append("REVOKE ALL ON \(target.object) FROM PUBLIC")
        }
        return statements + (isAnew ? try grantsOfOthers(on: object) : [])
    }

    /// Gives the roles of the schema, and PUBLIC, what they should have on an object from which all of it has just been taken;
    /// other roles keep their privileges.
    func wantedGrants(on object: CatalogObject) throws(SQLTextError) -> [String] {
        guard let target = try grantTarget(object), let wanted = expected[object] else { return [] }
        return try wanted.keys.compactMap(\.grantee).sorted().map { (role) throws(SQLTextError) in
            try grant(wanted[.grants(to: role)] ?? "", on: target, to: role)
        }
    }

    /// Revokes what the server, or default privileges (`ALTER DEFAULT PRIVILEGES`), granted to PUBLIC, the schema's
    /// roles and others when the object was created. This belongs in the transaction that creates it: a materialized view has the
    /// rows of all tenants, and the command may be interrupted right after.
    ///
    /// - Parameter name: under which the object was created; nil for its own.
    func revocation(on object: CatalogObject, madeAs name: String? = nil) throws(SQLTextError) -> [String] {
        guard let target = try grantTarget(CatalogObject(object.kind, name ?? object.name)) else { return [] }
        let own = ["PUBLIC"] + expected.objects(.role).map(\.name).filter { $0 != expected[object, .owner] }
        let names = try (own + live.defaultGrantees.filter { !own.contains($0) }).map { (role) throws(SQLTextError) in
            try grantee(role)
        }
        return ["REVOKE ALL ON \(target.object) FROM \(names.joined(separator: ", "))"]
    }

    /// The roles whose privileges on an existing object differ from what they should be.
    func grantees(of object: CatalogObject) -> [String] {
        let (wanted, there) = (expected[object] ?? [:], live[object] ?? [:])
        guard live.contains(object) else { return [] }
        return Set((Array(wanted.keys) + Array(there.keys)).compactMap(\.grantee)).sorted().filter {
            !wanted[.grants(to: $0)].isSame(as: there[.grants(to: $0)])
        }
    }

    /// Grants privileges on columns again: a REVOKE on a relation takes these as well.
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

    /// The privileges that roles outside the schema have on an object that is dropped and created anew.
    private func grantsOfOthers(on object: CatalogObject) throws(SQLTextError) -> [String] {
        let columns = object.kind.isRelation ? expected.parts(.column, of: object.name) : []
        var statements: [String] = []
        for target in [object] + columns {
            guard let place = try grantTarget(target) else { continue }
            for (role, grant) in live.grants(on: target) {
                guard let privileges = live[grant, .definition] else { continue }
                statements.append(
                    try self.grant(privileges, on: place, toQuoted: SQLIdentifier(role).quoted))
            }
        }
        return statements
    }

    /// - Parameter privileges: a list of `PRIVILEGE` or `PRIVILEGE WITH GRANT OPTION`.
    private func grant(
        _ privileges: String, on target: (columns: String, object: String), to role: String
    ) throws(SQLTextError) -> String {
        try grant(privileges, on: target, toQuoted: grantee(role))
    }

    private func grant(
        _ privileges: String, on target: (columns: String, object: String), toQuoted role: String
    ) throws(SQLTextError) -> String {
        let option = " WITH GRANT OPTION"
        let all = Set(NameList.parts(of: privileges).map(String.init))
        let lists = [false, true].map { isGrantable in
            all.filter { $0.hasSuffix(option) == isGrantable }
                .map { (isGrantable ? String($0.dropLast(option.count)) : $0) + target.columns }.sorted()
        }
        return try zip(lists, ["", option]).filter { !$0.0.isEmpty }.map { (list, option) throws(SQLTextError) in
            "GRANT \(list.joined(separator: ", ")) ON \(target.object) TO \(role)\(option)"
        }.joined(separator: "; ")
    }

    /// A role, or PUBLIC, as SQL writes it.
    func grantee(_ role: String) throws(SQLTextError) -> String {
        role.isSame(as: "PUBLIC") ? role : try SQLIdentifier(role).quoted
    }

    /// What GRANT names for an object: `TABLE s.t`, and ` (c)` for a column behind each privilege; nil for what has no
    /// privileges.
    func grantTarget(_ object: CatalogObject) throws(SQLTextError) -> (columns: String, object: String)? {
        switch object.kind {
        case .table, .view, .materializedView, .foreignTable, .partition:
            ("", "TABLE \(try comparison.qualified(object.name))")
        case .sequence: ("", "SEQUENCE \(try comparison.qualified(object.name))")
        case .column:
            (" (\(try SQLIdentifier(object.name).quoted))", "TABLE \(try comparison.qualified(object.relation))")
        case .function: ("", "FUNCTION \(try comparison.functionName(object))")
        case .schema: ("", "SCHEMA \(try SQLIdentifier(object.name).quoted)")
        case .type: ("", "TYPE \(try comparison.qualified(object.name))")
        case .role, .extension, .constraint, .foreignKey, .index, .procedure, .aggregate, .cast, .operator,
            .operatorClass, .operatorFamily, .collation, .conversion, .textSearchConfiguration, .textSearchDictionary,
            .trigger, .policy,
            .rule, .statistics, .publication, .grant, .member, .option:
            nil
        }
    }
}
