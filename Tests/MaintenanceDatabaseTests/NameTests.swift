import Maintenance
import TestSupport
import Testing

@Suite("Odd names")
struct NameTests {
    /// Each is used for the role, the schema, the table, the column, the index, the trigger, the policy and the view.
    private static let names = [
        "with \"quotes\" and 'more'", "with spaces and\na newline\tand \\backslash", "$pgtend$; RESET ROLE; --",
        "SELECT", "ünïcödé 数据表", String(repeating: "数", count: 17), "%s %I {YYYY} $1 :name", ".dots.and.more.",
        "cafe\u{301}", "ends with\"",
    ]

    @Test("work from the catalog into the DDL and back", arguments: PostgresVersion.underTest, names)
    func areQuoted(version: PostgresVersion, name: String) async throws {
        try await TestDatabase.with(version) { database in
            let role = "\(String(name.prefix(8)))_\(database.name)"
            func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
            let (s, t, owner) = (quoted(name), quoted(name), quoted(role))
            try await database.psql(
                """
                CREATE ROLE \(owner);
                CREATE SCHEMA \(s) AUTHORIZATION \(owner);
                """)
            try await database.psql(
                PastSQL.procedure + """
                    CREATE TABLE \(s).\(t) (\(t) timestamptz NOT NULL, note text) PARTITION BY RANGE (\(t));
                    CREATE UNIQUE INDEX "i \(name.replacing("\"", with: "\"\"").prefix(20))" ON \(s).\(t) (\(t));
                    CREATE FUNCTION \(s).\(t)() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                    CREATE MATERIALIZED VIEW \(s)."v \(name.replacing("\"", with: "\"\"").prefix(20))" AS SELECT 1 AS \(t);
                    CREATE UNIQUE INDEX ON \(s)."v \(name.replacing("\"", with: "\"\"").prefix(20))" (\(t));
                    ALTER TABLE \(s).\(t) OWNER TO \(owner);
                    """)
            let literal = "'\(name.replacing("'", with: "''"))'"
            try await database.psql(
                """
                DO $do$ DECLARE
                    parent regclass := format('%I.%I', \(literal), \(literal))::regclass; leaf text; index_name name;
                    lower_bound timestamp;
                BEGIN
                    FOR i IN REVERSE 5..2 LOOP
                        lower_bound := date_trunc('month', now()) - i * interval '1 month';
                        leaf := format('%I.%I', \(literal), left(\(literal), 12) || to_char(lower_bound, '_YYYY_MM'));
                        EXECUTE format('CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', leaf, parent, lower_bound, lower_bound + interval '1 month');
                        EXECUTE format('ALTER TABLE %s OWNER TO %I', leaf, '\(role.replacing("'", with: "''"))');
                        EXECUTE format('CREATE POLICY %I ON %s USING (%I IS NOT NULL)', \(literal), leaf, \(literal));
                        EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION %I.%I()', \(literal), leaf, \(literal), \(literal));
                        EXECUTE format('GRANT SELECT (%I) ON %s TO %I', \(literal), leaf, '\(role.replacing("'", with: "''"))');
                        EXECUTE format('ALTER TABLE %s ALTER %I SET STATISTICS 7', leaf, \(literal));
                        SELECT c.relname INTO index_name FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = leaf::regclass;
                        EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', leaf, index_name);
                    END LOOP;
                END $do$
                """.replacing("left(\(literal), 12)", with: "left(\(literal), 8)"))
            let summary = await database.tend { $0.schemas = [name] }
            #expect(summary.failure == nil && summary.refusals.isEmpty)
            #expect(summary.outcomes() == Array(repeating: "done", count: 4))
            #expect(summary.outcomes(of: .views) == ["done"])
            #expect(summary.reports.flatMap(\.notices).isEmpty)
            try await database.psql("INSERT INTO \(s).\(t) VALUES (now())")
            #expect(
                try await database.psql(
                    """
                    SELECT count(*), count(DISTINCT relowner), count(DISTINCT relreplident), bool_and(relhastriggers),
                        (SELECT count(*) FROM pg_policy WHERE polrelid IN (SELECT inhrelid FROM pg_inherits))
                    FROM pg_class WHERE relispartition AND relkind = 'r'
                    """) == "8|1|1|t|8")
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(owner)")
        }
    }

    @Test(
        "names of partitions are shortened to 63 bytes where the table's name has them all",
        arguments: PostgresVersion.underTest)
    func longNames(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let name = String(repeating: "ä", count: 31)
            try await database.psql(
                PastSQL.procedure + "CREATE SCHEMA s; CREATE TABLE s.\"\(name)\" (at date) PARTITION BY RANGE (at);")
            try await database.psql(
                """
                DO $$ DECLARE lower_bound timestamp; BEGIN
                    FOR i IN REVERSE 5..2 LOOP
                        lower_bound := date_trunc('month', now()) - i * interval '1 month';
                        EXECUTE format('CREATE TABLE s.%I PARTITION OF s."\(name)" FOR VALUES FROM (%L) TO (%L)',
                            repeat('ä', 27) || to_char(lower_bound, '_YYYY_MM'), lower_bound, lower_bound + interval '1 month');
                    END LOOP;
                END $$
                """)
            let summary = await database.tend([.partitions])
            #expect(summary.outcomes() == Array(repeating: "done", count: 4))
            #expect(
                try await database.psql(
                    "SELECT count(*), max(octet_length(relname)) FROM pg_class WHERE relispartition") == "8|62")
        }
    }
}
