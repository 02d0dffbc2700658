import Maintenance
import SQLText
import TestSupport
import Testing

@Suite("A run without configuration")
struct HeadlineTests {
    /// Table, type of the key, interval, zone of its midnights, names.
    private static let sets = [
        ("utc", "timestamptz", "month", "UTC", "_YYYY_MM"),
        ("berlin", "timestamptz", "month", "Europe/Berlin", "_YYYYMM"),
        ("clock", "timestamp", "day", nil, "_YYYY_MM_DD"), ("days", "date", "week", nil, "_IYYY_IW"),
        ("quarters", "timestamptz", "quarter", "Europe/Berlin", "_YYYY_\"q\"Q"),
        ("months", "date", "month", nil, "_YYYY_MM"),
    ]

    private static func past(schema: String) -> String {
        sets.map { name, type, interval, zone, pattern in
            let step = interval == "quarter" ? "3 months" : "1 \(interval)"
            return """
                CREATE TABLE "\(schema)".\(name) (at \(type) NOT NULL, note text) PARTITION BY RANGE (at);
                CALL siblings('"\(schema)".\(name)', '\(pattern)', '\(step)', date_trunc('\(interval)',
                    now() AT TIME ZONE '\(zone ?? "Europe/Berlin")' - interval '20 months'), \(interval == "week" ? 53 : 23),
                    \(zone.map { "'\($0)'" } ?? "NULL"));
                """
        }.joined(separator: "\n")
    }

    @Test(
        "makes inserts for now succeed in six tables whose newest partition is 20 months old",
        arguments: PostgresVersion.underTest)
    func makesInsertsForNowSucceed(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("ALTER DATABASE \(database.name) SET TimeZone = 'Europe/Berlin'")
            try await database.psql(PastSQL.procedure + "CREATE SCHEMA mcp;" + Self.past(schema: "mcp"))
            for (table, _, _, _, _) in Self.sets {
                await #expect(throws: TestFailure.self) {
                    try await database.psql("INSERT INTO mcp.\(table) VALUES (now())")
                }
            }

            let summary = await database.tend { $0.schemas = [DatabaseDefinition.defaultSchema] }
            #expect(summary.outcomes() == Array(repeating: "done", count: 24))
            #expect(summary.refusals.isEmpty && summary.failure == nil)
            #expect(summary.reports.flatMap(\.notices).isEmpty)
            for (table, type, interval, zone, _) in Self.sets {
                try await database.psql("INSERT INTO mcp.\(table) VALUES (now())")
                try await expectPeriods(
                    of: "mcp.\(table)", type: type, interval: interval, zone: zone ?? "Europe/Berlin", ahead: 3,
                    in: database)
            }

            let plan = try await database.plan { $0.schemas = ["mcp"] }
            #expect(plan.steps.isEmpty)
            #expect(await database.tend { $0.schemas = ["mcp"] }.reports.isEmpty)
        }
    }

    @Test("tends another schema of another owner in another zone", arguments: PostgresVersion.underTest)
    func tendsForeignSchema(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "owner of \(database.name)"
            try await database.psql(
                """
                ALTER DATABASE \(database.name) SET TimeZone = 'America/New_York';
                CREATE ROLE "\(owner)" LOGIN;
                CREATE SCHEMA "Über uns" AUTHORIZATION "\(owner)";
                """)
            try await database.psql(
                PastSQL.procedure + """
                    SET ROLE "\(owner)";
                    CREATE TABLE "Über uns"."Ereignisse" (at timestamptz) PARTITION BY RANGE (at);
                    CREATE TABLE "Über uns".south (at timestamptz) PARTITION BY RANGE (at);
                    RESET ROLE;
                    CALL siblings('"Über uns"."Ereignisse"', '_YYYY_MM', '1 month',
                        date_trunc('month', now() AT TIME ZONE 'America/New_York'), 4, 'America/New_York');
                    CALL siblings('"Über uns".south', '_YYYY_MM', '1 month',
                        date_trunc('month', now() AT TIME ZONE 'Pacific/Auckland'), 4, 'Pacific/Auckland');
                    DO $$ DECLARE t regclass; BEGIN
                        FOR t IN SELECT oid FROM pg_class WHERE relnamespace = '"Über uns"'::regnamespace AND relkind = 'r'
                        LOOP EXECUTE format('ALTER TABLE %s OWNER TO "\(owner)"', t); END LOOP;
                    END $$;
                    """)
            // A year and more: both changes of the clocks are in it.
            let summary = await database.tend([.partitions], user: owner) { definition in
                definition.schemas = ["Über uns"]
                definition.partitions.premake = 14
                definition.partitionSets = [
                    PartitionSetDefinition(
                        table: RelationName(schema: "Über uns", name: "south"), zone: "Pacific/Auckland")
                ]
            }
            #expect(summary.outcomes() == Array(repeating: "done", count: 28))
            for (table, zone) in [
                ("\"Über uns\".\"Ereignisse\"", "America/New_York"), ("\"Über uns\".south", "Pacific/Auckland"),
            ] {
                try await expectPeriods(
                    of: table, type: "timestamptz", interval: "month", zone: zone, ahead: 14, in: database)
            }
            #expect(
                try await database.psql(
                    """
                    SET TimeZone = 'UTC';
                    SELECT count(DISTINCT (regexp_match(pg_get_expr(relpartbound, 0), '\\(''[^ ]+ ([^'']+)'))[1])
                    FROM pg_class, pg_inherits WHERE inhrelid = pg_class.oid AND inhparent = '"Über uns".south'::regclass
                    """) == "2", "the zone's clocks do not change within the test")
            try await database.psql(
                "REASSIGN OWNED BY \"\(owner)\" TO postgres; DROP OWNED BY \"\(owner)\"; DROP ROLE \"\(owner)\"")
        }
    }

    /// Bounds of the partitions from the current period on, against SQL's own calendar.
    private func expectPeriods(
        of table: String, type: String, interval: String, zone: String, ahead: Int, in database: TestDatabase
    ) async throws {
        let step = interval == "quarter" ? "3 months" : "1 \(interval)"
        let bound = type == "timestamptz" ? "(%) AT TIME ZONE '\(zone)'" : "(%)::\(type)"
        func literal(_ index: String) -> String {
            bound.replacing(
                "%", with: "date_trunc('\(interval)', now() AT TIME ZONE '\(zone)') + (\(index)) * interval '\(step)'")
        }
        let expected = try await database.psql(
            """
            SET TimeZone = 'UTC';
            SELECT format('FOR VALUES FROM (%L) TO (%L)', \(literal("i")), \(literal("i + 1")))
            FROM generate_series(0, \(ahead)) AS i ORDER BY \(literal("i"))
            """)
        let found = try await database.psql(
            """
            SET TimeZone = 'UTC';
            SELECT bound FROM (
                SELECT pg_get_expr(c.relpartbound, 0) AS bound FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid
                WHERE h.inhparent = '\(table)'::regclass
            ) AS b
            WHERE (regexp_match(bound, '\\(''([^'']+)'))[1]::\(type) >= \(literal("0"))
            ORDER BY (regexp_match(bound, '\\(''([^'']+)'))[1]::\(type)
            """)
        #expect(found == expected, "\(table)")
    }
}
