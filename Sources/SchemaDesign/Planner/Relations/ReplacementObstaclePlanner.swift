import SQLText

/// What stands in the way of a table that is to be replaced by another with its rows.
struct ReplacementObstaclePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// How many rows a view shows is not known; how large the tables are that it reads, is.
    func askForSize(of view: CatalogObject) throws(SQLTextError) {
        plan.refuseListed(
            SchemaQuestion(
                object: view, reading: .catalogs,
                query: """
                    WITH RECURSIVE source (oid) AS (
                        SELECT to_regclass(\(try SQLLiteral(try qualified(view.name)).quoted))::oid
                        UNION
                        SELECT coalesce(p.relid, d.refobjid)
                        FROM source AS s
                        JOIN pg_rewrite AS w ON w.ev_class = s.oid
                        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                            AND d.refclassid = 'pg_class'::regclass
                        LEFT JOIN LATERAL pg_partition_tree(d.refobjid) AS p ON true
                    )
                    SELECT pg_size_pretty(s.bytes) AS value, 1::bigint AS count
                    FROM (SELECT sum(pg_table_size(r.oid)) AS bytes FROM source AS r) AS s
                    WHERE s.bytes > \(Foresight.copied(in: comparison.deadline))
                    """),
            "the tables that it reads are too large to be copied within the lock limit",
            cure: "set it aside (--set-aside \(view.name)), and copy its rows when the table stands")
    }

    /// Refuses a view that reads as its owner what another role would not: its rows would be others, or none.
    ///
    /// - Returns: false for such a one, whose rows nobody is asked for.
    func mayBeRead(_ view: CatalogObject) throws(SQLTextError) -> Bool {
        let question = SchemaQuestion(
            object: view, reading: .catalogs,
            query: """
                SELECT DISTINCT format('%s (%s)', c.oid::regclass, CASE
                        WHEN c.relrowsecurity THEN 'row-level security'
                        WHEN c.relkind = 'v' THEN 'a view with the rights of whoever reads it'
                        ELSE 'its owner may not read it' END) AS value, 1::bigint AS count
                FROM pg_class AS v
                JOIN pg_rewrite AS w ON w.ev_class = v.oid
                JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
                JOIN pg_class AS c ON c.oid = d.refobjid
                WHERE v.oid = to_regclass(\(try SQLLiteral(try qualified(view.name)).quoted))
                    AND (c.relrowsecurity AND c.relowner <> v.relowner
                        OR c.relrowsecurity AND c.relowner <> coalesce(to_regrole(\(try SQLLiteral(expected[CatalogObject(.schema, schema), .owner] ?? "").quoted))::oid, 0)
                        OR c.relkind = 'v' AND 'security_invoker=true' = ANY (c.reloptions)
                        OR NOT has_table_privilege(v.relowner, c.oid, 'SELECT'))
                """)
        plan.refuseListed(
            question,
            "another role that reads it would see other rows, since it reads",
            cure: "set it aside (--set-aside \(view.name)), and copy its rows when the table stands")
        return !comparison.isAnsweredByRows(question)
    }

    /// What would go on with the old relation, which nobody writes any more: only whoever made it knows how to make it anew.
    ///
    /// - Parameter event: what happens to the relation, as words behind "when".
    func askForReaders(of table: CatalogObject, when event: String) throws(SQLTextError) {
        let relation = try SQLLiteral(try qualified(table.name)).quoted
        let known = try comparison.literals(expected.objects(.table).map(\.name))
        plan.refuseEach(
            SchemaQuestion(
                object: table, reading: .catalogs,
                query: """
                    WITH RECURSIVE reader (oid, depth) AS (
                        SELECT w.ev_class, 1
                        FROM pg_depend AS d
                        JOIN pg_rewrite AS w ON w.oid = d.objid
                        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                            AND d.refobjid = to_regclass(\(relation)) AND w.ev_class <> d.refobjid
                        UNION
                        SELECT w.ev_class, r.depth + 1
                        FROM reader AS r
                        JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
                        JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
                        WHERE w.ev_class <> r.oid AND r.depth < 50
                    )
                    SELECT format(E'the view %s\\nDROP %s %s', r.oid::regclass,
                        CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, r.oid::regclass) AS value,
                        1000 + max(r.depth)::bigint AS count
                    FROM reader AS r
                    JOIN pg_class AS c ON c.oid = r.oid
                    WHERE NOT coalesce(c.relnamespace = to_regnamespace(\(try SQLLiteral(schema).quoted))
                        AND c.relname IN (\(try comparison.namesAside())), false)
                    GROUP BY r.oid, c.relkind
                    UNION ALL
                    SELECT format(E'the foreign key %s of table %s\\nALTER TABLE %s DROP CONSTRAINT %I', k.conname,
                        k.conrelid::regclass, k.conrelid::regclass, k.conname), 2
                    FROM pg_constraint AS k
                    JOIN pg_class AS c ON c.oid = k.conrelid
                    WHERE k.confrelid = to_regclass(\(relation)) AND k.conrelid <> k.confrelid AND k.conparentid = 0
                        AND NOT (c.relnamespace = to_regnamespace(\(try SQLLiteral(schema).quoted)) AND c.relname IN (\(known)))
                    UNION ALL
                    SELECT format(E'the publication %I\\nALTER PUBLICATION %I DROP TABLE %s', p.pubname, p.pubname,
                        r.prrelid::regclass), 1
                    FROM pg_publication_rel AS r
                    JOIN pg_publication AS p ON p.oid = r.prpubid
                    WHERE r.prrelid = to_regclass(\(relation))
                    """),
            { "\($0) goes on with the old one, when \(event)" },
            then: "repeat the command, and make it again where it is still needed"
        ) { reader in
            let view = reader.withoutPrefix("the view \(schema).")
            return view.map { "--set-aside \(String($0).shellWord)" }
        }
    }
}
