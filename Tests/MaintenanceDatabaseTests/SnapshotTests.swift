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

    @Test(
        "what the catalog cannot tell of one table is told in the server's words, and keeps back no other",
        arguments: PostgresVersion.underTest)
    func keepsTheServersWords(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                \(PastSQL.events)
                CREATE TABLE s.orders (at timestamptz NOT NULL) PARTITION BY RANGE (at); \(PastSQL.months("s.orders"))
                CREATE FUNCTION s.computed(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1';
                CREATE TABLE s.numbers (n integer) PARTITION BY RANGE (s.computed(n));
                CREATE FUNCTION s.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 's.events'::regclass LOOP
                        EXECUTE format('CREATE TRIGGER noted AFTER INSERT ON %s EXECUTE FUNCTION s.noted()', t);
                    END LOOP;
                END $$;
                DELETE FROM pg_proc WHERE proname IN ('noted', 'computed');
                """)
            let summary = await database.tend([.partitions])
            #expect(summary.failure == nil)
            #expect(summary.reports(on: "s.orders").map(\.outcome) == Array(repeating: .done, count: 4))
            let refusals = Dictionary(uniqueKeysWithValues: summary.refusals.map { ($0.object.name, $0) })
            #expect(refusals.count == 2 && refusals["events"]?.reason == .unreadable)
            #expect(refusals["events"]?.explanation.contains("cache lookup failed for function") == true)
            #expect(refusals["numbers"]?.reason == .expressionKey)
        }
    }

    @Test(
        "a partition that is dropped while it is read keeps back its own table and no other",
        arguments: PostgresVersion.underTest)
    func readsPastADroppedPartition(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let oids = try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.events (at date) PARTITION BY RANGE (at);
                CREATE TABLE s.orders (at date) PARTITION BY RANGE (at);
                CREATE TABLE s.event PARTITION OF s.events DEFAULT; CREATE TABLE s.an_order PARTITION OF s.orders DEFAULT;
                CREATE TRIGGER t BEFORE UPDATE ON s.event FOR EACH ROW
                    EXECUTE FUNCTION suppress_redundant_updates_trigger();
                SELECT concat_ws(' ', 's.events'::regclass::oid, 's.event'::regclass::oid, 's.orders'::regclass::oid,
                    's.an_order'::regclass::oid)
                """
            ).split(separator: " ").compactMap { UInt32($0) }
            let connection = try await database.connect()
            try await connection.script(unsafe: "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
            try await database.psql("DROP TABLE s.event")
            let (templates, unread) = try await TemplateReader(connection: connection).read(
                [(parent: oids[0], template: oids[1]), (parent: oids[2], template: oids[3])], within: .seconds(1))
            #expect(Array(templates.keys) == [oids[2]] && Array(unread.keys) == [oids[0]])
            await connection.close()
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
            // A name that no statement can have.
            let nameless = CorpusDefinition(source: RelationName(schema: "s", name: "a\0b"), target: others.target)
            let summary = await database.tend([.statistics]) { $0.corpora = [nameless, others, Self.corpus] }
            #expect(summary.failure == nil)
            #expect(summary.refusals.map(\.object) == [nameless.source, others.source])
            #expect(summary.refusals.map(\.reason) == [.unreadable, .unreadable])
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
