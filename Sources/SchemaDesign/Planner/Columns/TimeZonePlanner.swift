import SQLText

/// Timestamps without a time zone, which are taken as UTC.
struct TimeZonePlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    /// The values of TimeZone that mean UTC.
    private static let namesOfUTC = ["UTC", "ETC/UTC", "GMT", "ETC/GMT", "UCT", "ETC/UCT", "ZULU", "UNIVERSAL"]

    /// If sessions have another TimeZone, nothing says whether the values are meant in that zone or in UTC.
    ///
    /// - Parameter source: the column that has the values; nil for the column itself.
    func askForZone(of column: CatalogObject, in source: CatalogObject? = nil) throws(SQLTextError) {
        let source = source ?? column
        guard let found = live[source, .type], let wanted = expected[column, .type], found != wanted else { return }
        guard wanted.hasSuffix("with time zone"),
            found == "date" || found.hasPrefix("timestamp") && found.hasSuffix("without time zone")
        else { return }
        let table = try qualified(column.relation)
        let name = try SQLIdentifier(source.name).quoted
        let question = try configuredZone(source)
        plan.pose(question)
        guard let obstacle = comparison.answers[question]?.first else { return }
        // Put together here: the name of a zone may be anything, and so may the message of an error.
        let answer = NameList.first(of: obstacle.value ?? "")
        let zone = try SQLLiteral(String(answer?.rest.dropFirst(2) ?? "")).quoted
        let database = try SQLIdentifier(answer?.name ?? "DATABASE").quoted
        let owner = try SQLIdentifier(live[CatalogObject(.table, column.relation), .owner] ?? "OWNER").quoted
        let toUTC =
            (answer?.rest.first == "r" ? "ALTER ROLE \(owner) IN DATABASE \(database)" : "ALTER DATABASE \(database)")
            + " SET TimeZone = 'UTC'"
        plan.refuse(
            column,
            "\(obstacle.count) row(s): \(source.name) is \(found), and would be taken as UTC; but TimeZone is \(zone) "
                + "here, and nothing says which of the two its values are meant in",
            cure: "where they are times of that zone: ALTER TABLE \(table) ALTER COLUMN \(name) TYPE \(wanted) "
                + "USING \(found == "date" ? "\(name)::timestamp" : name) AT TIME ZONE \(zone); where they are UTC: \(toUTC); "
                + "then repeat the command")
    }

    /// Answered by the name of the database in quotes, `r` where the role of the table's owner sets the TimeZone of its
    /// sessions or `d` where something else does, and that zone; no row where it is UTC already, or where the column has
    /// no value.
    private func configuredZone(_ column: CatalogObject) throws(SQLTextError) -> SchemaQuestion {
        let table = try qualified(column.relation)
        let value = "r.\(try SQLIdentifier(column.name).quoted)"
        let owner = try SQLLiteral(live[CatalogObject(.table, column.relation), .owner] ?? "").quoted
        return SchemaQuestion(
            object: column, reading: .rows,
            query: """
                SELECT concat('"', replace(current_database(), '"', '""'), '"', CASE WHEN z.rank <= 2 THEN 'r' ELSE 'd' END,
                        ' ', z.zone) AS value,
                    (SELECT count(*) FROM \(table) AS r WHERE \(value) IS NOT NULL) AS count
                FROM (
                    SELECT substring(c.setting FROM '=(.*)$') AS zone,
                        -- The server's own precedence.
                        CASE WHEN s.setrole <> 0 THEN 1 ELSE 3 END + CASE WHEN s.setdatabase <> 0 THEN 0 ELSE 1 END AS rank
                    FROM pg_db_role_setting AS s
                    CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
                    WHERE lower(split_part(c.setting, '=', 1)) = 'timezone'
                        AND s.setdatabase IN (0, (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database()))
                        AND s.setrole IN (0, (SELECT o.oid FROM pg_roles AS o WHERE o.rolname = \(owner)))
                    UNION ALL
                    SELECT g.reset_val, 5 FROM pg_settings AS g WHERE g.name = 'TimeZone'
                    ORDER BY rank
                    LIMIT 1
                ) AS z
                WHERE upper(z.zone) NOT IN (\(try comparison.literals(Self.namesOfUTC)))
                    AND EXISTS (SELECT FROM \(table) AS r WHERE \(value) IS NOT NULL)
                """)
    }
}
