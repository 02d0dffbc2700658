import Maintenance
import SQLText
import TestSupport
import Testing

@Suite("A first partition")
struct FirstPartitionTests {
    /// A table of two tenants' rows that hides them from each other, and an owner whose new tables are open to `reader`.
    private static func fenced(owner: String, reader: String, _ siblings: String) -> String {
        """
        CREATE ROLE \(owner); CREATE ROLE \(reader);
        CREATE SCHEMA s AUTHORIZATION \(owner);
        GRANT USAGE ON SCHEMA s TO \(reader);
        SET ROLE \(owner);
        CREATE TABLE s.ev (tenant integer, at timestamptz NOT NULL) PARTITION BY RANGE (at);
        ALTER TABLE s.ev ENABLE ROW LEVEL SECURITY;
        ALTER TABLE s.ev FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON s.ev USING (tenant = 1);
        GRANT SELECT ON s.ev TO \(reader);
        RESET ROLE;
        \(siblings)
        ALTER DEFAULT PRIVILEGES FOR ROLE \(owner) GRANT SELECT ON TABLES TO \(reader);
        ALTER DEFAULT PRIVILEGES FOR ROLE \(owner) IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC;
        """
    }

    private static let foreignSibling = """
        CREATE FOREIGN DATA WRAPPER nowhere;
        CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
        DO $$ BEGIN EXECUTE format('CREATE FOREIGN TABLE s.ev_%s PARTITION OF s.ev FOR VALUES FROM (%L) TO (%L) SERVER nowhere',
            to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month', 'YYYY_MM'),
            (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month') AT TIME ZONE 'UTC',
            date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'); END $$;
        """

    @Test(
        "shows nothing that its table hides, whatever the owner's default privileges",
        arguments: PostgresVersion.underTest, ["", foreignSibling])
    func hidesWhatItsTableHides(version: PostgresVersion, siblings: String) async throws {
        try await TestDatabase.with(version) { database in
            let (owner, reader) = ("owner_\(database.name)", "reader_\(database.name)")
            try await database.psql(Self.fenced(owner: owner, reader: reader, siblings))
            let set = PartitionSetDefinition(
                table: RelationName(schema: "s", name: "ev"), interval: .month,
                naming: NamingPattern("ev_{YYYY}_{MM}"))
            let plan = try await database.plan([.partitions]) { $0.partitionSets = [set] }
            #expect(
                plan.findings.contains { $0.message.contains("partition whose grants and policies could be followed") })
            let summary = await database.tend([.partitions]) { $0.partitionSets = [set] }
            #expect(summary.outcomes() == Array(repeating: "done", count: 4), "\(summary)")

            // A constant, so that the foreign table is pruned before anybody asks it.
            let now = try await database.psql("SELECT now()")
            try await database.psql("INSERT INTO s.ev VALUES (1, '\(now)'), (2, '\(now)')")
            let fresh = try await database.psql("SELECT DISTINCT tableoid::regclass FROM s.ev WHERE at = '\(now)'")
            #expect(try await database.psql("SET ROLE \(reader); SELECT tenant FROM s.ev WHERE at = '\(now)'") == "1")
            await #expect(throws: TestFailure.self) {
                try await database.psql("SET ROLE \(reader); SELECT FROM \(fresh)")
            }
            // And if somebody opens it: still nothing without a policy.
            try await database.psql("GRANT SELECT ON \(fresh) TO \(reader)")
            #expect(try await database.psql("SET ROLE \(reader); SELECT count(*) FROM \(fresh)") == "0")
            #expect(
                try await database.psql(
                    """
                    SELECT DISTINCT relrowsecurity, relforcerowsecurity, relowner::regrole FROM pg_class
                    WHERE relkind = 'r' AND relispartition
                    """) == "t|t|\(owner)")
            // What was made is followed from now on.
            #expect(try await database.plan([.partitions]) { $0.partitionSets = [set] }.findings.isEmpty)
            for role in [owner, reader] { try await database.psql("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)") }
        }
    }
}
