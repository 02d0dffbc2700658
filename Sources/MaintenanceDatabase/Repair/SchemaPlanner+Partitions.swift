import EmbeddedSQL
import Maintenance
import PostgresClient

extension SchemaPlanner {
    mutating func planPartitions() throws(PostgresError) {
        for table in expected.objects(.table) where live[table, .partitionForThePresent] == nil {
            if expected[table, .partitionForThePresent] != nil { try planFirstPartitions(of: table) }
        }
        try planPartitionSettings()
    }

    /// Those of this month and of the three that follow, as the migration makes them.
    private mutating func planFirstPartitions(of table: CatalogObject) throws(PostgresError) {
        let rest = live.parts(.partition, of: table.name).filter { live[$0, .bounds] == "DEFAULT" }
        for partition in rest { try askForRowsToCome(partition, table) }
        // ATTACH looks through the DEFAULT partition under this lock.
        let locks =
            [LockRequirement(.shareUpdateExclusive, on: RelationName(schema: schema, name: table.name))]
            + rest.map { LockRequirement(.accessExclusive, on: RelationName(schema: schema, name: $0.name)) }
        append(
            SchemaStep(
                table, .briefly(locks), "a row of this month has no partition",
                [
                    "SET LOCAL pgtend.parent = \(try SQLLiteral(table.name).quoted)",
                    EmbeddedSQL.text("m0001_first_partitions.sql"),
                ]), to: .partitions)
    }

    private mutating func askForRowsToCome(_ rest: CatalogObject, _ table: CatalogObject) throws(PostgresError) {
        guard let key = Self.list(expected[table, .partitionKey] ?? "", after: "RANGE ")?.first else { return }
        let column = "r.\(try SQLIdentifier(key).quoted)"
        ask(
            table,
            """
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

    private mutating func planPartitionSettings() throws(PostgresError) {
        for difference in gap.different where difference.object.kind == .partition {
            let partition = difference.object
            let name = try qualified(partition.name)
            let purpose = "the partition's \(difference.property.rawValue) is \(difference.found ?? "the default")"
            switch difference.property {
            case .owner:
                addBriefly(
                    .partitions, partition.name, .accessExclusive, purpose,
                    "ALTER TABLE \(name) OWNER TO \(try SQLIdentifier(difference.expected ?? "").quoted)")
            case .options:
                guard let options = difference.expected else { continue }
                addBriefly(
                    .partitions, partition.name, .shareUpdateExclusive, purpose, "ALTER TABLE \(name) SET (\(options))")
            case .rowSecurity:
                addBriefly(
                    .rowSecurity, partition.name, .accessExclusive, purpose,
                    "ALTER TABLE \(name) \(difference.expected == nil ? "DISABLE" : "ENABLE") ROW LEVEL SECURITY")
            default: continue
            }
        }
    }
}
