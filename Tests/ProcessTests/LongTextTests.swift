import TestSupport
import Testing

/// Nothing limits how long the texts of a catalog are, and an owner writes them.
@Suite("Long texts of an owner", .serialized)
struct LongTextTests {
    private static let table = """
        CREATE SCHEMA s; CREATE TABLE s.events (v text, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE s.events_2024 PARTITION OF s.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE s.events_2025 PARTITION OF s.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        """

    private static let long = "repeat('x', 1000000)"
    private static let parts = [
        "CREATE POLICY p ON s.events_2025 USING (v <> %L)",
        "ALTER TABLE s.events_2025 ADD CHECK (v <> %L)",
        """
        CREATE TRIGGER t BEFORE INSERT ON s.events_2025 FOR EACH ROW WHEN (NEW.v <> %L)
        EXECUTE FUNCTION suppress_redundant_updates_trigger()
        """,
    ]

    @Test(arguments: parts, PostgresVersion.underTest)
    func areNotRead(part: String, version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                \(Self.table)
                DO $$ BEGIN EXECUTE format($f$\(part)$f$, \(Self.long)); END $$;
                CREATE TABLE s.others (at date NOT NULL) PARTITION BY RANGE (at);
                CREATE TABLE s.others_2025 PARTITION OF s.others FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
                CREATE TABLE s.others_2024 PARTITION OF s.others FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
                """)
            let plan = try await Pgtend.run(["plan", "--json", "--schema", "s", "--database", database.conninfo()])
            #expect(plan.standardOutput.contains("of s.events_2025 take 1000"), "\(plan.standardOutput.prefix(3000))")
            #expect(plan.standardOutput.contains("\"unreadable\""))
            #expect(plan.standardOutput.utf8.count < 50_000)
            let run = try await Pgtend.run(["run", "--schema", "s", "--database", database.conninfo()])
            #expect(run.everything.contains("of s.events_2025 take 1000"), "\(run.everything.prefix(3000))")
            // That of one table keeps no other from its partitions.
            let made = try await database.psql(
                """
                SELECT inhparent::regclass, count(*) > 2 FROM pg_inherits WHERE inhparent IN ('s.events'::regclass, 's.others'::regclass)
                GROUP BY 1 ORDER BY 1
                """)
            #expect(made == "s.events|f\ns.others|t")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func areCutWhereTheyAreShown(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                DO $$ BEGIN EXECUTE format(
                    'CREATE TABLE s.events (id integer, at date NOT NULL) PARTITION BY RANGE ((id + length(%L)))', \(Self.long));
                END $$
                """)
            let plan = try await Pgtend.run(["plan", "--json", "--schema", "s", "--database", database.conninfo()])
            #expect(plan.standardOutput.contains("\"expression_key\""), "\(plan.standardOutput.prefix(3000))")
            #expect(plan.standardOutput.utf8.count < 10_000)
        }
    }
}
