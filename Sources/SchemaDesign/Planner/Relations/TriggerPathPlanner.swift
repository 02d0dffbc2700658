import SQLText

/// The search_path under which triggers fire when rows are changed.
///
/// Names in a function without one of its own mean what they mean to whoever changes the row: here to the role that owns the
/// schema, and not to the platform's programs, whose sessions may set a path. So they get that of the functions' owner, or
/// what the caller says.
struct TriggerPathPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// - Parameter table: whose rows are changed.
    func notePath(of table: String) throws(SQLTextError) {
        plan.pose(try comparison.pathQuestion(of: table))
        let path = try comparison.triggerPath(of: table)
        let functions = try comparison.functionsWithoutPath(of: table)
        plan.noteListed(
            SchemaQuestion(
                object: CatalogObject(.table, table), reading: .catalogs,
                query: """
                    SELECT DISTINCT format('ALTER FUNCTION %s SET search_path = ...', f.oid::regprocedure) AS value,
                        1::bigint AS count
                    FROM (\(functions)) AS f
                    """)
        ) { statements in
            "\(table): its rows are changed, and functions of its triggers have no search_path of their own; "
                + (path.map { "they run under \($0); where that is not what they need, say it (--search-path)" }
                    ?? "where they name anything without its schema, the change fails, unless --search-path says which one "
                    + "programs of the platform set") + ", or give it to each: \(statements)"
        }
    }
}

extension SchemaComparison {
    /// What the caller says, or else the one path that the sessions of the functions' owners have in this database.
    func triggerPath(of table: String) throws(SQLTextError) -> String? {
        if let said = choices.searchPath { return said }
        guard let paths = answers[try pathQuestion(of: table)], paths.count == 1, let path = paths[0].value,
            RepairChoices.isPath(path)
        else { return nil }
        return path
    }

    /// Which paths these are.
    fileprivate func pathQuestion(of table: String) throws(SQLTextError) -> SchemaQuestion {
        SchemaQuestion(
            object: CatalogObject(.table, table), reading: .catalogs,
            query: """
                SELECT p.path AS value, count(*) AS count
                FROM (\(try functionsWithoutPath(of: table))) AS f
                CROSS JOIN LATERAL (
                    SELECT substr(e.setting, length('search_path=') + 1) AS path
                    FROM pg_db_role_setting AS s
                    CROSS JOIN LATERAL unnest(s.setconfig) AS e (setting)
                    WHERE s.setrole = f.proowner AND e.setting LIKE 'search\\_path=%'
                        AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
                    ORDER BY s.setdatabase = 0
                    LIMIT 1
                ) AS p
                GROUP BY p.path
                """)
    }

    /// A query for the functions of the table's triggers that an update fires and that have no path of their own.
    fileprivate func functionsWithoutPath(of table: String) throws(SQLTextError) -> String {
        let own = try literals(expected.objects(.function).map(\.name) + [""])
        return """
            SELECT DISTINCT p.oid, p.proowner
            FROM pg_trigger AS t
            JOIN pg_proc AS p ON p.oid = t.tgfoid
            JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname IN ('plpgsql', 'sql')
            WHERE t.tgrelid = to_regclass(\(try SQLLiteral(try qualified(table)).quoted))
                AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 16 <> 0
                AND NOT EXISTS (
                    SELECT FROM unnest(p.proconfig) AS c (setting)
                    WHERE lower(c.setting) LIKE 'search_path=%')
                -- The schema's own are made anew before that.
                AND NOT (
                    p.pronamespace = to_regnamespace(\(try SQLLiteral(schema).quoted))
                    AND format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)) IN (\(own)))
            """
    }
}
