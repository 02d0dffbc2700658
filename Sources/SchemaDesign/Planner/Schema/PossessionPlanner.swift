import SQLText

/// What belongs to another role than the schema's own becomes that role's before anything else is done to it: triggers,
/// expressions and CHECKs then run with its rights, whoever executes the plan. Row-level security does not bind an owner,
/// either: another one than the schema's would see every tenant.
struct PossessionPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planPossession() throws(SQLTextError) {
        let taken = takenFunctions()
        refuseForeignCode(besides: taken)
        for function in taken { try planFunction(function, "parts of the schema's relations call it") }
        for function in live.objects(.function)
        where function.name.hasPrefix(ReservedName.prefix) && live[function, .owner] != expected[home, .owner] {
            try planFunction(function, "an earlier call was interrupted")
        }
        for object in expected.objects {
            switch object.kind {
            case .table where live.contains(object) && difference(object, .partitionKey) == nil:
                try planTable(object)
            case .view, .materializedView: try planView(object)
            default: continue
            }
        }
        for difference in gap.different where difference.object.kind == .partition && difference.property == .owner {
            let partition = difference.object
            plan.addBriefly(
                .possession, partition.name, .accessExclusive,
                "the partition belongs to \(difference.found ?? "another")",
                "ALTER TABLE \(try qualified(partition.name)) OWNER TO "
                    + "\(try SQLIdentifier(difference.expected ?? "").quoted)")
        }
    }

    private func planFunction(_ function: CatalogObject, _ purpose: String) throws(SQLTextError) {
        plan.add(
            .possession, function, .together, purpose,
            "ALTER FUNCTION \(try comparison.functionName(function)) OWNER TO \(try comparison.owner(home))")
    }

    /// Whoever owns the function that a trigger calls could do with it whatever the schema's own role may do.
    private func refuseForeignCode(besides taken: [CatalogObject]) {
        let owner = expected[home, .owner] ?? ""
        plan.refuseEach(
            ObstacleQuery.foreignCode.question(
                about: home, .text(schema), .texts(standing.map(\.name)), .text(owner),
                .texts((expected.objects(.function) + taken).map(\.name))),
            { "\($0), and would run with the rights of \(owner)" }, then: "then repeat the command")
    }

    /// The functions of the schema that parts of its relations call, where all of these belong to one role, and the
    /// functions too: with the rights of their new owner they reach nothing that was not that role's. They come before
    /// the relations, so that the next call finds them wherever this one is interrupted.
    private func takenFunctions() -> [CatalogObject] {
        let owners = Set(standing.compactMap { live[$0, .owner] })
        guard owners.count == 1, let former = owners.first, former != expected[home, .owner], !isSuperuser(former)
        else { return [] }
        let parts: [CatalogObject.Kind] = [.column, .constraint, .index, .policy, .trigger, .partition]
        let texts = parts.flatMap { live.objects($0) }.flatMap { part in
            [.definition, .default, .generated].compactMap { live[part, $0] }
        }
        return live.objects(.function).filter { function in
            let call = "\(schema).\(function.name.prefix { $0 != "(" })("
            return !expected.contains(function) && live[function, .owner] == former
                && texts.contains { $0.contains(call) }
        }
    }

    /// What stands of the relations that have rows, or get them.
    private var standing: [CatalogObject] {
        let kinds: [CatalogObject.Kind] = [.table, .partition, .materializedView]
        return kinds.flatMap { live.objects($0) }.filter(isExpected)
    }

    private var home: CatalogObject { CatalogObject(.schema, schema) }

    private func isExpected(_ object: CatalogObject) -> Bool {
        expected.hasRelation(object.kind == .partition ? object.relation : object.name)
    }

    // MARK: - Relations

    private func planTable(_ table: CatalogObject) throws(SQLTextError) {
        let name = "TABLE \(try qualified(table.name))"
        if let owner = difference(table, .owner), let former = owner.found {
            var statements = ["ALTER \(name) OWNER TO \(try comparison.owner(table))"]
            if !isSuperuser(former) {
                // The programs that log in as it go on while the rest is done.
                statements.append(try grant(on: name, to: former))
                for sequence in try sequences(of: table) {
                    statements.append(
                        "GRANT USAGE ON SEQUENCE \(sequence) TO \(try SQLIdentifier(former).quoted)")
                }
                planRevocation(of: try revocation(on: name, from: former), on: table)
            }
            plan.addBriefly(.possession, table.name, .accessExclusive, "the table belongs to \(former)", statements)
        } else {
            try planForgottenRevocations(table, name)
        }
        // It would bind the owner, too: rows would be passed over.
        if difference(table, .rowSecurity)?.found == "FORCED" {
            plan.addBriefly(
                .possession, table.name, .accessExclusive, "row-level security is forced upon the owner",
                "ALTER \(name) NO FORCE ROW LEVEL SECURITY")
        }
    }

    private func planView(_ view: CatalogObject) throws(SQLTextError) {
        guard let owner = difference(view, .owner), live.contains(view) else { return }
        let keyword = view.kind == .materializedView ? "MATERIALIZED VIEW" : "VIEW"
        let name = try qualified(view.name)
        var statements = ["ALTER \(keyword) \(name) OWNER TO \(try comparison.owner(view))"]
        if let former = owner.found, !isSuperuser(former) {
            let role = try SQLIdentifier(former).quoted
            statements.append("GRANT SELECT ON TABLE \(name) TO \(role)")
            planRevocation(of: "REVOKE SELECT ON TABLE \(name) FROM \(role)", on: view)
        }
        plan.append(
            SchemaStep(view, .briefly([]), "the view belongs to \(owner.found ?? "another")", statements),
            to: .possession)
    }

    /// The sequences that the defaults of its columns take numbers from. They go with the table.
    private func sequences(of table: CatalogObject) throws(SQLTextError) -> [String] {
        live.parts(.column, of: table.name).compactMap { column in
            guard let value = live[column, .default], value.hasPrefix("nextval(") else { return nil }
            return DeparsedExpression(value).literals.first.map { String($0.dropFirst().dropLast()) }
        }
    }

    // MARK: - The former owner

    private static let privileges = "SELECT, INSERT, UPDATE, DELETE"

    private func grant(on target: String, to role: String) throws(SQLTextError) -> String {
        "GRANT \(Self.privileges) ON \(target) TO \(try SQLIdentifier(role).quoted)"
    }

    private func revocation(on target: String, from role: String) throws(SQLTextError) -> String {
        "REVOKE \(Self.privileges) ON \(target) FROM \(try SQLIdentifier(role).quoted)"
    }

    /// By then its programs have the privileges of the role that it has become a member of.
    private func planRevocation(of statement: String, on object: CatalogObject) {
        plan.append(
            SchemaStep(object, .together, "its former owner has the privileges of a member by now", [statement]),
            to: .formerOwners)
    }

    /// Where an earlier call was interrupted, only its record tells which privileges it has granted for the time being.
    private func planForgottenRevocations(_ table: CatalogObject, _ name: String) throws(SQLTextError) {
        let suffix = " on table \(table.name)"
        for found in live.objects(.grant) where found.name.hasSuffix(suffix) {
            guard let role = found.name.dropLast(suffix.count).description.withoutPrefix("to ") else { continue }
            let (given, taken) = (try grant(on: name, to: role), try revocation(on: name, from: role))
            let question = SchemaQuestion(
                object: found, reading: .catalogs,
                query: """
                    SELECT NULL::text AS value, 1::bigint AS count
                    FROM pgtend.schema_steps AS s
                    WHERE strpos(s.statements, \(try SQLLiteral(given).quoted)) > 0
                        AND NOT EXISTS (
                            SELECT
                            FROM pgtend.schema_steps AS l
                            WHERE l.id > s.id AND strpos(l.statements, \(try SQLLiteral(taken).quoted)) > 0)
                    LIMIT 1
                    """)
            plan.pose(question)
            if comparison.isAnsweredByRows(question) { planRevocation(of: taken, on: table) }
        }
    }

    private func isSuperuser(_ role: String) -> Bool {
        live[CatalogObject(.role, role), .attributes]?.contains("SUPERUSER") ?? false
    }
}
