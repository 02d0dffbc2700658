import EmbeddedSQL
import SQLText

/// The partitions for the present months, and the settings of all partitions.
struct PartitionPlanner: PartPlanner {
    let comparison: SchemaComparison
    let plan: PlanCollector

    func planPartitions() throws(SQLTextError) {
        for table in expected.objects(.table) where live[table, .partitionForThePresent] == nil {
            // One that is being detached keeps its place until that is completed.
            guard expected[table, .partitionForThePresent] != nil, live[table, .partitionsBeingDetached] == nil else {
                continue
            }
            try planFirstPartitions(of: table)
        }
        try planPartitionSettings()
    }

    /// Those of this month and of the three that follow, as the migration creates them.
    private func planFirstPartitions(of table: CatalogObject) throws(SQLTextError) {
        let rest = live.parts(.partition, of: table.name).filter { live[$0, .bounds] == "DEFAULT" }
        try askForPlaces(table)
        for partition in rest {
            try askForRowsToCome(partition, table)
            try askForSize(partition, table)
        }
        // ATTACH PARTITION scans the DEFAULT partition under this lock.
        let locks =
            [LockRequirement(.shareUpdateExclusive, on: RelationName(schema: schema, name: table.name))]
            + rest.map { LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: $0.name)) }
        plan.append(
            SchemaStep(
                table, .briefly(locks), "a row of this month has no partition",
                [
                    "SET LOCAL pgtend.parent = \(try SQLLiteral(table.name).quoted)",
                    EmbeddedSQL.text(
                        EmbeddedSQL.platformFolder + "migrations/0001_consolidated_schema/tables/first_partitions.sql"),
                ]), to: .firstPartitions)
    }

    private func partitioningColumn(of table: CatalogObject) -> String? {
        DeparsedExpression(expected[table, .partitionKey] ?? "").names(after: "RANGE ")?.first
    }

    private func askForRowsToCome(_ rest: CatalogObject, _ table: CatalogObject) throws(SQLTextError) {
        guard let key = partitioningColumn(of: table) else { return }
        let column = "r.\(try SQLIdentifier(key).quoted)"
        plan.refuseRows(
            table, of: [rest.name],
            answering: """
                SELECT to_char(\(column) AT TIME ZONE 'UTC', 'YYYY-MM') AS value, count(*) AS count
                FROM \(try qualified(rest.name)) AS r
                WHERE \(column) >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    AND \(column) < (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '4 months') AT TIME ZONE 'UTC'
                GROUP BY 1
                ORDER BY 1
                """,
            "the DEFAULT partition \(rest.name) has rows of months that need a partition of their own",
            cure: "move these rows into a table of their own, repeat the command, and insert them into \(table.name)")
    }

    /// The months that lack a partition. As in the file, a month has one if its first moment does.
    private func months(_ table: CatalogObject) throws(SQLTextError) -> String {
        let parent = try SQLLiteral(try qualified(table.name)).quoted
        return """
            WITH standing AS (
                SELECT l.relname, pg_get_expr(l.relpartbound, l.oid) AS bounds,
                    coalesce(b[1], '-infinity')::timestamptz AS lower, coalesce(b[2], 'infinity')::timestamptz AS upper
                FROM pg_inherits AS i
                JOIN pg_class AS l ON l.oid = i.inhrelid
                CROSS JOIN LATERAL regexp_match(pg_get_expr(l.relpartbound, l.oid),
                    $bounds$^FOR VALUES FROM \\((?:'([^']*)'|MINVALUE)\\) TO \\((?:'([^']*)'|MAXVALUE)\\)$bounds$) AS b
                WHERE i.inhparent = to_regclass(\(parent)) AND b IS NOT NULL
            ), month AS (
                SELECT ahead, m.first AT TIME ZONE 'UTC' AS lower, (m.first + interval '1 month') AT TIME ZONE 'UTC' AS upper,
                    \(try SQLLiteral(table.name).quoted) || to_char(m.first, '_YYYY_MM') AS name
                FROM generate_series(0, 3) AS ahead
                CROSS JOIN LATERAL (
                    SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)
                ) AS m (first)
            ), lacking AS (
                SELECT m.*
                FROM month AS m
                WHERE NOT EXISTS (SELECT FROM standing AS s WHERE s.lower <= m.lower AND s.upper > m.lower)
            )
            """
    }

    /// Refuses what has the name of a partition to be created, or covers a part of its month.
    private func askForPlaces(_ table: CatalogObject) throws(SQLTextError) {
        let months = try months(table)
        plan.refuseListed(
            SchemaQuestion(
                object: table, reading: .catalogs,
                query: """
                    \(months)
                    SELECT format('%s (%s bytes)', c.relname, pg_total_relation_size(c.oid)) AS value, 1::bigint AS count
                    FROM lacking AS l
                    JOIN pg_class AS c ON c.relname = l.name
                    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = \(try SQLLiteral(schema).quoted)
                    """),
            "names of partitions that have to be made are taken",
            cure: "attach these tables to \(table.name), or give them other names, then repeat the command")
        // A partition that covers the beginning of this month, but not the present, keeps the month's from being
        // created.
        plan.refuseListed(
            SchemaQuestion(
                object: table, reading: .catalogs,
                query: """
                    \(months)
                    SELECT format('%s %s', s.relname, s.bounds) AS value, 1::bigint AS count
                    FROM standing AS s
                    WHERE EXISTS (SELECT FROM lacking AS l WHERE s.lower < l.upper AND s.upper > l.lower)
                        OR EXISTS (SELECT FROM month AS m WHERE m.ahead = 0 AND s.lower < m.upper AND s.upper > m.lower)
                    """),
            "expected partitions by month of UTC, found other ones in the months that have to be made",
            cure: "make the partition for the present by hand, where these leave room for it, then repeat the command")
    }

    /// ATTACH PARTITION reads the whole DEFAULT partition once for each month, unless a CHECK excludes the month's
    /// rows.
    private func askForSize(_ rest: CatalogObject, _ table: CatalogObject) throws(SQLTextError) {
        guard let key = partitioningColumn(of: table) else { return }
        let bytes = Int(comparison.deadline / .milliseconds(1)) * Self.scannedBytesPerMillisecond
        let question = SchemaQuestion(
            object: table, reading: .catalogs,
            query: """
                SELECT format('%1$I < %2$L OR %1$I >= %3$L', a.attname, m.first AT TIME ZONE 'UTC',
                    (m.first + interval '4 months') AT TIME ZONE 'UTC') AS value,
                    pg_relation_size(a.attrelid) AS count
                FROM pg_attribute AS a
                CROSS JOIN LATERAL (SELECT date_trunc('month', now() AT TIME ZONE 'UTC')) AS m (first)
                WHERE a.attrelid = to_regclass(\(try SQLLiteral(try qualified(rest.name)).quoted))
                    AND a.attname = \(try SQLLiteral(key).quoted)
                    AND pg_relation_size(a.attrelid) > \(bytes)
                    AND NOT EXISTS (
                        SELECT
                        FROM pg_constraint AS k
                        WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND k.convalidated AND k.conkey = ARRAY[a.attnum]
                            AND pg_get_constraintdef(k.oid) NOT LIKE '%IS NOT NULL%')
                """)
        plan.pose(question)
        guard let size = comparison.answers[question]?.first, let condition = size.value else { return }
        let alter = "ALTER TABLE \(try qualified(rest.name))"
        plan.refuse(
            table,
            "the DEFAULT partition \(rest.name) has \(size.count) bytes, which are read under a lock for each month; "
                + "at most \(bytes) can be within the time that others may be made to wait",
            cure:
                "tell the server that these months are not in it, so that it need not be read (rows of them cannot be "
                + "written until the partitions stand): \(alter) ADD CONSTRAINT pgtend_rest CHECK (\(condition)) NOT VALID; "
                + "\(alter) VALIDATE CONSTRAINT pgtend_rest; repeat the command; "
                + "\(alter) DROP CONSTRAINT pgtend_rest")
    }

    private static let scannedBytesPerMillisecond = 160_000

    private func planPartitionSettings() throws(SQLTextError) {
        for difference in gap.different where difference.object.kind == .partition {
            let partition = difference.object
            let name = try qualified(partition.name)
            let purpose = "the partition's \(difference.property.rawValue) is \(difference.found ?? "the default")"
            switch difference.property {
            case .options:
                guard let options = difference.expected else { continue }
                plan.addBriefly(
                    .partitions, partition.name, .shareUpdateExclusive, purpose, "ALTER TABLE \(name) SET (\(options))")
            // Where it is forced, that has ended when the table got its owner.
            case .rowSecurity where difference.expected == nil || difference.found != "FORCED":
                plan.addBriefly(
                    .rowSecurity, partition.name, .accessExclusive, purpose,
                    "ALTER TABLE \(name) \(difference.expected == nil ? "DISABLE" : "ENABLE") ROW LEVEL SECURITY")
            default: continue
            }
        }
    }
}
