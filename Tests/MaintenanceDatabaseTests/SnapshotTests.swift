import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Reading the catalog")
struct SnapshotTests {
    @Test("one sibling that is locked keeps back its own table and no other", arguments: PostgresVersion.underTest)
    func refusesWhatIsLocked(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(PastSQL.events)
            try await database.psql(
                "CREATE TABLE s.orders (at timestamptz NOT NULL) PARTITION BY RANGE (at);" + PastSQL.months("s.orders"))
            let sibling = try await database.psql(
                "SELECT max(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 's.events'::regclass")
            for table in ["s.events", "s.orders"] {
                try await database.psql(
                    """
                    DO $$ DECLARE t regclass; BEGIN
                        FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = '\(table)'::regclass LOOP
                            EXECUTE format('CREATE POLICY p ON %s USING (at > now())', t);
                        END LOOP;
                    END $$
                    """)
            }
            let other = try await database.connect()
            try await other.script(unsafe: "BEGIN; LOCK TABLE \(sibling) IN ACCESS EXCLUSIVE MODE")
            let summary = await database.tend([.partitions])
            #expect(summary.failure == nil)
            #expect(summary.outcomes() == Array(repeating: "done", count: 4))
            #expect(summary.reports(on: "s.orders").count == 4)
            let refusal = try #require(summary.refusals.first)
            #expect(summary.refusals.count == 1 && refusal.reason == .locked)
            #expect(refusal.object == RelationName(schema: "s", name: "events"))
            #expect(refusal.explanation.contains(sibling) && refusal.explanation.contains("SQLSTATE 55P03"))

            try await other.execute("ROLLBACK")
            await other.close()
            #expect(await database.tend([.partitions]).outcomes() == Array(repeating: "done", count: 4))
        }
    }

    @Test("a catalog that cannot be read is told in the server's words", arguments: PostgresVersion.underTest)
    func keepsTheServersWords(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(PastSQL.events)
            try await database.psql(
                """
                CREATE FUNCTION s.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass LOOP
                        EXECUTE format('CREATE TRIGGER noted AFTER INSERT ON %s EXECUTE FUNCTION s.noted()', t);
                    END LOOP;
                END $$;
                DELETE FROM pg_proc WHERE proname = 'noted';
                """)
            let failure = try #require(await database.tend([.partitions]).failure)
            #expect(failure.sqlState == .internalError)
            #expect(failure.message.contains("cache lookup failed for function"))
        }
    }

    private static let figures =
        "tenant_id integer, total_documents bigint, avg_document_length float8, term_document_frequencies jsonb, last_updated timestamptz"

    /// Of the corpus s.documents: the index that its target has, and whether that serves.
    private static let indexes = [
        ("CREATE UNIQUE INDEX ON s.figures (tenant_id)", true),
        ("CREATE UNIQUE INDEX ON s.figures (tenant_id) INCLUDE (total_documents)", true),
        ("CREATE INDEX ON s.figures (tenant_id)", false),
        ("CREATE UNIQUE INDEX ON s.figures (tenant_id, last_updated)", false),
        ("CREATE UNIQUE INDEX ON s.figures (last_updated)", false),
        ("CREATE UNIQUE INDEX ON s.figures (tenant_id) WHERE tenant_id > 0", false),
        ("CREATE UNIQUE INDEX ON s.figures ((tenant_id + 1))", false),
        ("ALTER TABLE s.figures ADD UNIQUE (tenant_id) DEFERRABLE", false),
    ]

    @Test(
        "a corpus whose target has no unique tenant is refused once, and any other is tended",
        arguments: PostgresVersion.underTest, indexes)
    func refusesATargetWithoutAUniqueIndex(version: PostgresVersion, index: (sql: String, serves: Bool)) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.documents (tenant_id integer, content_tsvector tsvector);
                CREATE TABLE s.figures (\(Self.figures));
                INSERT INTO s.documents SELECT i, 'a:1 b:2' FROM generate_series(1, 3) AS i;
                \(index.sql);
                """)
            let summary = await database.tend([.statistics]) { $0.corpora = [Self.corpus] }
            if index.serves {
                #expect(summary.outcomes(of: .statistics) == ["done", "done", "done"] && summary.refusals.isEmpty)
            } else {
                #expect(summary.reports.isEmpty && summary.refusals.map(\.reason) == [.noUniqueIndex])
            }
        }
    }

    @Test("a corpus whose tenants have no text keeps back no other", arguments: PostgresVersion.underTest)
    func refusesTenantsWithoutAText(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s; CREATE TYPE s.kind AS ENUM ('a');
                CREATE FUNCTION s.nothing(s.kind) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
                CREATE CAST (s.kind AS text) WITH FUNCTION s.nothing(s.kind);
                CREATE TABLE s.others (tenant_id s.kind, content_tsvector tsvector);
                INSERT INTO s.others VALUES ('a', 'a:1');
                CREATE TABLE s.other_figures (LIKE s.others);
                ALTER TABLE s.other_figures ADD PRIMARY KEY (tenant_id), ADD total_documents bigint,
                    ADD avg_document_length float8, ADD term_document_frequencies jsonb, ADD last_updated timestamptz;
                CREATE TABLE s.documents (tenant_id integer, content_tsvector tsvector);
                INSERT INTO s.documents VALUES (1, 'a:1 b:2');
                CREATE TABLE s.figures (\(Self.figures), PRIMARY KEY (tenant_id));
                """)
            let others = CorpusDefinition(
                source: RelationName(schema: "s", name: "others"),
                target: RelationName(schema: "s", name: "other_figures"))
            let summary = await database.tend([.statistics]) { $0.corpora = [others, Self.corpus] }
            #expect(summary.failure == nil)
            #expect(summary.refusals.map(\.object) == [others.source] && summary.refusals.map(\.reason) == [.unreadable])
            #expect(summary.outcomes(of: .statistics) == ["done"])
        }
    }

    @Test("a table that does not exist is called a table", arguments: PostgresVersion.underTest)
    func callsAMissingTableATable(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                "CREATE SCHEMA s; CREATE TABLE s.documents (tenant_id integer, content_tsvector tsvector)")
            let plan = try await database.plan([.statistics]) { $0.corpora = [Self.corpus] }
            #expect(
                plan.refusals.map(\.explanation) == [
                    "the configuration names table s.figures, which the database does not have"
                ])
            try await database.psql("CREATE TABLE s.figures (tenant_id integer PRIMARY KEY)")
            let second = try await database.plan([.statistics]) { $0.corpora = [Self.corpus] }
            #expect(
                second.refusals.map(\.explanation).first?.contains("names column total_documents of s.figures,") == true
            )
        }
    }

    private static let corpus = CorpusDefinition(
        source: RelationName(schema: "s", name: "documents"), target: RelationName(schema: "s", name: "figures"))

    @Test("a materialized view that is dropped meanwhile is no error", arguments: PostgresVersion.underTest)
    func readsPastADroppedView(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA s; CREATE MATERIALIZED VIEW s.numbers AS SELECT 1 AS n")
            let connection = try await database.connect()
            try await connection.script(unsafe: "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
            try await database.psql("DROP MATERIALIZED VIEW s.numbers")
            let views = try await ViewReader(connection: connection).read(in: ["s"], named: [])
            #expect(views.count == 1)
            await connection.close()
        }
    }
}
