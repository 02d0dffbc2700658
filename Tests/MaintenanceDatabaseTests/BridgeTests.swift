import Maintenance
import SQLText
import TestSupport
import Testing

/// Sets whose zone nothing tells, or that have gone wrong, beside the zone data of a real server.
@Suite("Zones and bridges")
struct BridgeTests {
    /// `s.m`, from midnight to midnight of New York, which neither the database nor the role is set to; its last partition
    /// ends where another program that took the offset for a constant made it end.
    private static let newYork = """
        CREATE SCHEMA s; CREATE TABLE s.m (id integer, at timestamptz NOT NULL) PARTITION BY RANGE (at);
        SET timezone = 'America/New_York';
        DO $$ BEGIN FOR i IN 2..14 LOOP
            EXECUTE format('CREATE TABLE s.m_%s PARTITION OF s.m FOR VALUES FROM (%L) TO (%L)',
                to_char(date_trunc('month', now()) - make_interval(months => i), 'YYYY_MM'),
                date_trunc('month', now()) - make_interval(months => i),
                date_trunc('month', now()) - make_interval(months => i - 1));
        END LOOP; END $$;
        """

    @Test(
        "A zone that nothing tells is named by the server's own zones, and the cure is taken",
        arguments: PostgresVersion.underTest)
    func namesTheZone(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.newYork)
            let refused = try #require(try await database.plan([.partitions]) { $0.schemas = ["s"] }.refusals.first)
            #expect(refused.explanation.contains("its bounds are midnights in America/Detroit, "), "\(refused)")
            #expect(
                refused.cure.alternatives.first == #"partitions: {sets: [{table: "s.m", zone: "America/Detroit"}]}"#,
                "\(refused)")
            #expect(refused.cure.alternatives.allSatisfy { $0.contains("zone: \"America/") }, "\(refused)")
            let summary = await database.tend([.partitions]) {
                $0.schemas = ["s"]
                $0.partitionSets = [
                    PartitionSetDefinition(table: RelationName(schema: "s", name: "m"), zone: "America/Detroit")
                ]
            }
            #expect(summary.outcomes() == Array(repeating: "done", count: 4), "\(summary)")
            let isMonthly = try await database.psql(
                """
                SET timezone = 'America/New_York';
                SELECT bool_and(pg_get_expr(relpartbound, oid) ~ '-01 00:00:00-0[45]''\\) TO .*-01 00:00:00-0[45]''\\)')
                FROM pg_class WHERE relispartition
                """)
            #expect(isMonthly == "t")
        }
    }

    @Test("What fits UTC and will part from it is told with the first partition", arguments: PostgresVersion.underTest)
    func namesWhatWillPart(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            // A winter of London, or of UTC.
            try await database.psql(
                """
                CREATE SCHEMA s; CREATE TABLE s.m (at timestamptz NOT NULL) PARTITION BY RANGE (at);
                CREATE TABLE s.m_2024_01 PARTITION OF s.m FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');
                CREATE TABLE s.m_2024_02 PARTITION OF s.m FOR VALUES FROM ('2024-02-01 00:00+00') TO ('2024-03-01 00:00+00');
                """)
            let plan = try await database.plan([.partitions]) { $0.schemas = ["s"] }
            #expect(plan.steps.count == 4 && plan.refusals.isEmpty)
            #expect(
                plan.findings.contains {
                    $0.message.contains("Atlantic/Canary") && $0.message.contains("parts from that")
                })
            let said = try await database.plan([.partitions]) {
                $0.schemas = ["s"]
                $0.partitionSets = [PartitionSetDefinition(table: RelationName(schema: "s", name: "m"), zone: "UTC")]
            }
            #expect(!said.findings.contains { $0.message.contains("Atlantic/Canary") })
        }
    }

    @Test(
        "A bridge waits for rows of its span in the DEFAULT partition, which a plan counts",
        arguments: PostgresVersion.underTest)
    func waitsForRows(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let (owner, tender) = ("owner_\(database.name)", "tender_\(database.name)")
            try await database.psql(
                """
                CREATE ROLE \(owner); CREATE ROLE \(tender) LOGIN IN ROLE \(owner);
                CREATE SCHEMA s AUTHORIZATION \(owner); SET ROLE \(owner);
                CREATE TABLE s.m (id integer, at date NOT NULL) PARTITION BY RANGE (at);
                CREATE TABLE s.m_rest PARTITION OF s.m DEFAULT;
                DO $$ DECLARE month date := date_trunc('month', now()); BEGIN
                    EXECUTE format('CREATE TABLE s.m_%s PARTITION OF s.m FOR VALUES FROM (%L) TO (%L)',
                        to_char(month, 'YYYY_MM'), month, month + 10);
                END $$;
                INSERT INTO s.m SELECT i, date_trunc('month', now())::date + 12 FROM generate_series(1, 3) AS i;
                INSERT INTO s.m SELECT i, (date_trunc('month', now()) + interval '40 days')::date FROM generate_series(1, 10001) AS i;
                """)
            func definition(_ definition: inout DatabaseDefinition) {
                definition.schemas = ["s"]
                definition.partitionSets = [
                    PartitionSetDefinition(
                        table: RelationName(schema: "s", name: "m"), interval: .month, premake: 1,
                        naming: NamingPattern("m_{YYYY}_{MM}_{DD}"), bridge: true)
                ]
            }
            let refused = await database.tend([.partitions], user: tender, definition)
            #expect(refused.refusals.map(\.reason) == [.rowsInDefault], "\(refused)")
            #expect(refused.refusals.first?.explanation.contains("s.m_rest holds 3 rows of [") == true)
            // Behind the bridge nothing is planned either.
            #expect(refused.reports.isEmpty, "\(refused)")
            try await database.psql(
                "DELETE FROM s.m_rest WHERE id <= 3 AND at < date_trunc('month', now()) + interval '1 month'")
            let plan = try await database.plan([.partitions], user: tender, counting: .some, definition)
            #expect(
                plan.findings.contains { $0.message.hasPrefix("s.m_rest holds at least 10000 rows of [") }, "\(plan)")
            let exact = try await database.plan([.partitions], user: tender, counting: .all, definition)
            #expect(exact.findings.contains { $0.message.hasPrefix("s.m_rest holds 10001 rows of [") }, "\(exact)")
            try await database.psql("DELETE FROM s.m_rest")
            let summary = await database.tend([.partitions], user: tender, definition)
            #expect(summary.outcomes() == ["done", "done"] && summary.refusals.isEmpty)
            try await database.psql(
                "INSERT INTO s.m SELECT 1, now() + make_interval(days => i) FROM generate_series(0, 27) AS i")
            #expect(try await database.psql("SELECT count(*) FROM s.m_rest") == "0")
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(tender); DROP ROLE \(owner)")
        }
    }
}
