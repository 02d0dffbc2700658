import SQLText

/// What belongs to another role than the schema's own becomes that role's before anything else is done to it: triggers,
/// expressions and CHECKs then run with its rights, whoever executes the plan. Row-level security does not bind an owner,
/// either: another one than the schema's would see every tenant.
struct PossessionPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// - Parameter foreseen: what will stand when others have been replaced.
    func planPossession(but foreseen: SchemaComparison) throws(SQLTextError) {
        for object in expected.objects {
            switch object.kind {
            case .table where live.contains(object) && foreseen.difference(object, .partitionKey) == nil:
                try planTable(object, foreseen)
            case .view, .materializedView: try planView(object)
            default: continue
            }
        }
        try planForgottenSight()
        for table in foreseen.foresight.tablesReplaced {
            let view = CatalogObject(.view, table.name)
            if live.contains(view) { try planCopiedView(view) }
        }
        for partition in live.objects(.partition) { try planRowSecurity(partition) }
        for difference in gap.different where difference.object.kind == .partition && difference.property == .owner {
            let partition = difference.object
            plan.addBriefly(
                .possession, partition.name, .accessExclusive,
                "the partition belongs to \(difference.found ?? "another")",
                "ALTER TABLE \(try qualified(partition.name)) OWNER TO "
                    + "\(try SQLIdentifier(difference.expected ?? "").quoted)")
        }
    }

    /// Of a table or a partition: it would bind the owner, too, and rows would be passed over.
    private func planRowSecurity(_ relation: CatalogObject) throws(SQLTextError) {
        guard difference(relation, .rowSecurity)?.found == "FORCED" else { return }
        plan.addBriefly(
            .possession, relation.name, .accessExclusive, "row-level security is forced upon the owner",
            "ALTER TABLE \(try qualified(relation.name)) NO FORCE ROW LEVEL SECURITY")
    }

    // MARK: - Relations

    private func planTable(_ table: CatalogObject, _ foreseen: SchemaComparison) throws(SQLTextError) {
        let name = try qualified(table.name)
        let interim = Interim(privileges: "SELECT, INSERT, UPDATE, DELETE", relation: name)
        if let former = difference(table, .owner)?.found {
            var statements = ["ALTER TABLE \(name) OWNER TO \(try comparison.owner(table))"]
            if !live.isSuperuser(former) {
                statements.append(try interim.grant(to: former))
                // They stay, since the default goes on to need them.
                for sequence in sequences(of: table) {
                    statements.append("GRANT USAGE ON SEQUENCE \(sequence) TO \(try SQLIdentifier(former).quoted)")
                }
                try planEnd(of: interim, for: former, on: table)
                statements += try sight(of: table, for: former, foreseen)
            }
            plan.addBriefly(.possession, table.name, .accessExclusive, "the table belongs to \(former)", statements)
        } else {
            try planForgottenEnd(of: interim, on: table)
            // It may have been a view.
            try planForgottenEnd(of: Interim(privileges: "SELECT", relation: name), on: table)
        }
        try planRowSecurity(table)
    }

    private func planView(_ view: CatalogObject) throws(SQLTextError) {
        guard live.contains(view) else { return }
        let name = try qualified(view.name)
        let interim = Interim(privileges: "SELECT", relation: name)
        guard let former = difference(view, .owner)?.found else { return try planForgottenEnd(of: interim, on: view) }
        // One that will be replaced is left to its owner until then: it would read whatever he likes as the schema's own
        // role.
        guard [.definition, .uses, .columns].allSatisfy({ live[view, $0].isSame(as: expected[view, $0]) }) else {
            return
        }
        let keyword = view.kind == .materializedView ? "MATERIALIZED VIEW" : "VIEW"
        var statements = ["ALTER \(keyword) \(name) OWNER TO \(try comparison.owner(view))"]
        if !live.isSuperuser(former) {
            statements.append(try interim.grant(to: former))
            try planEnd(of: interim, for: former, on: view)
        }
        plan.append(
            SchemaStep(view, .briefly([]), "the view belongs to \(former)", statements), to: .possession)
    }

    /// One whose rows are copied into a table of its name: it is read, and gets another name, as the schema's own role, which
    /// may read what it reads from then on: that is, what its owner may read.
    private func planCopiedView(_ view: CatalogObject) throws(SQLTextError) {
        let name = try qualified(view.name)
        let table = CatalogObject(.table, view.name)
        let owner = try comparison.owner(table)
        let interim = Interim(privileges: "SELECT", relation: name)
        guard let former = live[view, .owner], !former.isSame(as: expected[table, .owner]) else {
            return try planForgottenEnd(of: interim, on: view)
        }
        var statements = [
            """
            DO $pgtend$
            DECLARE
                source regclass;
            BEGIN
                FOR source IN
                    SELECT DISTINCT d.refobjid
                    FROM pg_rewrite AS w
                    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                    WHERE w.ev_class = \(try SQLLiteral(name).quoted)::regclass
                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
                LOOP
                    IF NOT has_table_privilege(\(try SQLLiteral(former).quoted), source, 'SELECT') THEN
                        RAISE insufficient_privilege USING
                            MESSAGE = format('the owner of the view may not read %s', source);
                    END IF;
                    EXECUTE format('GRANT SELECT ON TABLE %s TO %s', source, \(try SQLLiteral(owner).quoted));
                END LOOP;
            END
            $pgtend$
            """, "ALTER VIEW \(name) OWNER TO \(owner)",
        ]
        if !live.isSuperuser(former) {
            statements.append(try interim.grant(to: former))
            try planEnd(of: interim, for: former, on: view)
        }
        plan.append(SchemaStep(view, .briefly([]), "the view belongs to \(former)", statements), to: .possession)
    }

    /// The sequences of the schema and of the same owner that the defaults of its columns take numbers from, as long as
    /// their names need no quotes. They go with the table.
    private func sequences(of table: CatalogObject) -> [String] {
        live.parts(.column, of: table.name).compactMap { column in
            let match = live[column, .default]?.wholeMatch(
                of: /nextval\('([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)'::regclass\)/)
            guard let match, match.1 == schema,
                live[CatalogObject(.sequence, String(match.2)), .owner].isSame(as: live[table, .owner])
            else { return nil }
            return "\(match.1).\(match.2)"
        }
    }

    // MARK: - What the former owner sees

    /// An owner is bound by no policy. Its programs, and triggers that run with its rights, go on until the schema's own
    /// policies stand, which bind it.
    private func sight(
        of table: CatalogObject, for former: String, _ foreseen: SchemaComparison
    ) throws(SQLTextError) -> [String] {
        // A table that is made anew has row-level security from the first.
        let isGuarded = live[table, .rowSecurity].map { $0 != "FORCED" } ?? false
        guard isGuarded || foreseen.isReplaced(table) else { return [] }
        try planEndOfSight(of: table.name)
        return isGuarded ? [try Self.sight(of: try qualified(table.name), for: former)] : []
    }

    /// The statement that lets a role see and write all rows.
    static func sight(of table: String, for role: String) throws(SQLTextError) -> String {
        "CREATE POLICY \(ReservedName.formerOwner) ON \(table) TO \(try SQLIdentifier(role).quoted) USING (true) WITH CHECK (true)"
    }

    private func planEndOfSight(of table: String) throws(SQLTextError) {
        plan.append(
            SchemaStep(
                CatalogObject(.table, table), .briefly([]), "its former owner is bound by its policies from now on",
                ["DROP POLICY IF EXISTS \(ReservedName.formerOwner) ON \(try qualified(table))"]), to: .formerOwners)
    }

    /// Where an earlier call was interrupted.
    private func planForgottenSight() throws(SQLTextError) {
        for policy in live.objects(.policy) where policy.name.isSame(as: ReservedName.formerOwner) {
            try planEndOfSight(of: policy.relation)
        }
    }

    // MARK: - The former owner

    /// What the programs that log in as the former owner need to go on while the rest is done.
    private struct Interim {
        let privileges: String
        let relation: String

        func grant(to role: String) throws(SQLTextError) -> String {
            "GRANT \(privileges) ON TABLE \(relation) TO \(try SQLIdentifier(role).quoted)"
        }

        func revocation(from role: String) throws(SQLTextError) -> String {
            "REVOKE \(privileges) ON TABLE \(relation) FROM \(try SQLIdentifier(role).quoted)"
        }
    }

    /// Before 16 a member that is NOINHERIT has none of the privileges: it keeps its own.
    private func inherits(_ role: String) -> Bool {
        comparison.capabilities.has(.membershipOptions) || live[CatalogObject(.role, role), .inheritance] == nil
    }

    /// What the former owner of a view that is made anew needs beside what it has as a member.
    func lastingGrants(on view: CatalogObject) throws(SQLTextError) -> [String] {
        guard let former = difference(view, .owner)?.found, !live.isSuperuser(former), !inherits(former) else {
            return []
        }
        return [try Interim(privileges: "SELECT", relation: qualified(view.name)).grant(to: former)]
    }

    private func planEnd(
        of interim: Interim, for role: String, on object: CatalogObject
    ) throws(SQLTextError) {
        guard inherits(role) else { return }
        plan.append(
            SchemaStep(
                object, .together, "\(role) has the privileges of a member by now",
                [try interim.revocation(from: role)]), to: .formerOwners)
    }

    /// Where an earlier call was interrupted, only its record tells which privileges it has granted for the time being.
    private func planForgottenEnd(of interim: Interim, on object: CatalogObject) throws(SQLTextError) {
        for (role, found) in live.grants(on: object) {
            let (given, taken) = (try interim.grant(to: role), try interim.revocation(from: role))
            let question = SchemaQuestion(
                object: found, reading: .record,
                query: """
                    SELECT NULL::text AS value, 1::bigint AS count
                    FROM pgtend.schema_steps AS s
                    WHERE strpos(s.purpose, \(try SQLLiteral("belongs to \(role)").quoted)) > 0
                        AND strpos(s.statements || E';\\n', \(try SQLLiteral(given).quoted) || E';\\n') > 0
                        AND NOT EXISTS (
                            SELECT
                            FROM pgtend.schema_steps AS l
                            WHERE l.id > s.id AND strpos(l.statements, \(try SQLLiteral(taken).quoted)) > 0)
                    LIMIT 1
                    """)
            plan.pose(question)
            if comparison.isAnsweredByRows(question) { try planEnd(of: interim, for: role, on: object) }
        }
    }
}
