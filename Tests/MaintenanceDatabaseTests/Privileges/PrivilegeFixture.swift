import Glibc
import Maintenance
import PostgresClient
import SQLText
import Synchronization
import TestSupport

@testable import MaintenanceDatabase

/// A foreign schema full of obstacles, and the role that has to work in it. Its names would break whatever forgets to
/// quote.
struct PrivilegeFixture {
    let database: TestDatabase
    /// Roles are common to all databases of a cluster: each fixture has its own.
    let number: Int
    let schema = "sche\"ma of 'ours"

    /// pgtend's.
    var role: String { "ten'd er \"\(number)\"" }
    var owner: String { "own er \(number)" }
    var partitionOwner: String { "part er \(number)" }
    var viewOwner: String { "view er \(number)" }
    var corpusOwner: String { "doc's \(number)" }
    var counter: String { "count er \(number)" }

    private static let count = Atomic(0)

    /// Makes roles and objects, in a shared cluster unless one is given.
    static func with(
        _ version: PostgresVersion, on cluster: Cluster? = nil, _ setUp: (PrivilegeFixture) -> String,
        _ body: (PrivilegeFixture) async throws -> Void
    ) async throws {
        let number = Int(getpid()) * 100 + count.add(1, ordering: .relaxed).newValue
        let home = if let cluster { cluster } else { try await Cluster.shared(version) }
        try await TestDatabase.with(home, named: "data \"base\" of ours \(number)") { database in
            let fixture = PrivilegeFixture(database: database, number: number)
            try await database.psql(
                """
                CREATE ROLE \(quoted(fixture.role)) LOGIN;
                CREATE SCHEMA \(quoted(fixture.schema));
                \(setUp(fixture))
                """)
            try await body(fixture)
        }
    }

    /// Partitions of an owner without rights on the schema; a view over a table that row-level security hides from the
    /// view's owner; a corpus whose owner is bound by FORCE.
    static func everything(_ fixture: PrivilegeFixture) -> String {
        let (owner, viewOwner) = (quoted(fixture.owner), quoted(fixture.viewOwner))
        let corpusOwner = quoted(fixture.corpusOwner)
        return """
            SET search_path = \(quoted(fixture.schema));
            CREATE ROLE \(owner); CREATE ROLE \(viewOwner); CREATE ROLE \(corpusOwner);
            REVOKE TEMPORARY ON DATABASE \(quoted(fixture.database.name)) FROM PUBLIC;

            CREATE TABLE "eve""nts" (id integer, at timestamptz NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE "eve""nts_2025_01" PARTITION OF "eve""nts"
                FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-02-01 00:00+00');
            CREATE TABLE "eve""nts_2025_02" PARTITION OF "eve""nts"
                FOR VALUES FROM ('2025-02-01 00:00+00') TO ('2025-03-01 00:00+00');
            ALTER TABLE "eve""nts" OWNER TO \(owner);
            ALTER TABLE "eve""nts_2025_01" OWNER TO \(owner);
            ALTER TABLE "eve""nts_2025_02" OWNER TO \(owner);

            CREATE TABLE "fa""cts" (id integer, tenant text);
            INSERT INTO "fa""cts" VALUES (1, 'a'), (2, 'b');
            ALTER TABLE "fa""cts" ENABLE ROW LEVEL SECURITY;
            CREATE MATERIALIZED VIEW "sum mary" AS SELECT tenant, count(*) AS facts FROM "fa""cts" GROUP BY tenant;
            CREATE UNIQUE INDEX ON "sum mary" (tenant);
            ALTER MATERIALIZED VIEW "sum mary" OWNER TO \(viewOwner);

            CREATE TABLE "do cs" (tenant text, words tsvector);
            INSERT INTO "do cs" VALUES ('a', to_tsvector('simple', 'one two')), ('b', to_tsvector('simple', 'three'));
            ALTER TABLE "do cs" OWNER TO \(corpusOwner);
            ALTER TABLE "do cs" ENABLE ROW LEVEL SECURITY;
            ALTER TABLE "do cs" FORCE ROW LEVEL SECURITY;
            CREATE TABLE "sta ts" (tenant text PRIMARY KEY, documents bigint, average numeric, frequencies jsonb,
                updated timestamptz);
            ALTER TABLE "sta ts" OWNER TO \(corpusOwner);
            CREATE TABLE "ter ms" (tenant text, term text COLLATE "C", documents bigint, PRIMARY KEY (tenant, term));
            """
    }

    /// Partitions that belong to another role than their table, beside a view that MAINTAIN lets others refresh.
    static func gifts(_ fixture: PrivilegeFixture) -> String {
        let (owner, partitionOwner) = (quoted(fixture.owner), quoted(fixture.partitionOwner))
        return """
            SET search_path = \(quoted(fixture.schema));
            CREATE ROLE \(owner); CREATE ROLE \(quoted(fixture.viewOwner));
            CREATE MATERIALIZED VIEW "sum mary" AS SELECT 1 AS one;
            CREATE UNIQUE INDEX ON "sum mary" (one);
            ALTER MATERIALIZED VIEW "sum mary" OWNER TO \(quoted(fixture.viewOwner));
            CREATE ROLE \(partitionOwner);
            CREATE TABLE given (id integer, on_day date NOT NULL) PARTITION BY RANGE (on_day);
            CREATE TABLE given_2025_01 PARTITION OF given FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
            CREATE TABLE given_2025_02 PARTITION OF given FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
            ALTER TABLE given OWNER TO \(owner);
            ALTER TABLE given_2025_01 OWNER TO \(partitionOwner);
            ALTER TABLE given_2025_02 OWNER TO \(partitionOwner);
            """
    }

    /// Tables of a superuser, whose rows are hidden from the owner of the function that counts them.
    static func function(_ fixture: PrivilegeFixture) -> String {
        let counter = quoted(fixture.counter)
        return """
            SET search_path = \(quoted(fixture.schema));
            CREATE ROLE \(counter);
            CREATE TABLE "do cs" (tenant text, words tsvector);
            INSERT INTO "do cs" VALUES ('a', NULL), ('b', NULL);
            ALTER TABLE "do cs" ENABLE ROW LEVEL SECURITY;
            CREATE TABLE "sta ts" (tenant text PRIMARY KEY, documents bigint);
            GRANT SELECT ON "do cs" TO \(counter);
            GRANT SELECT, INSERT, UPDATE ON "sta ts" TO \(counter);
            GRANT USAGE ON SCHEMA \(quoted(fixture.schema)) TO \(counter);
            CREATE FUNCTION "up date"(text) RETURNS void LANGUAGE sql SECURITY DEFINER
            SET search_path = \(quoted(fixture.schema)), pg_temp SET row_security = off AS $$
                INSERT INTO "sta ts" SELECT $1, count(*) FROM "do cs" WHERE tenant = $1
                ON CONFLICT (tenant) DO UPDATE SET documents = EXCLUDED.documents
            $$;
            ALTER FUNCTION "up date"(text) OWNER TO \(counter);
            REVOKE ALL ON FUNCTION "up date"(text) FROM PUBLIC, \(counter);
            """
    }

    func definition(user: String? = nil, corpus isThere: Bool = true, function: Bool = false) -> DatabaseDefinition {
        let corpus = CorpusDefinition(
            source: name("do cs"), sourceColumns: .init(tenant: "tenant", tsvector: "words"), target: name("sta ts"),
            targetColumns: .init(
                tenant: "tenant", documents: "documents", average: "average", frequencies: "frequencies",
                updated: "updated"),
            terms: function
                ? nil : .init(table: name("ter ms"), tenant: "tenant", term: "term", documents: "documents"),
            function: function ? name("up date") : nil)
        return DatabaseDefinition(
            name: "foreign", conninfo: database.conninfo(user: user ?? role), schemas: [schema],
            corpora: isThere ? [corpus] : [])
    }

    func name(_ name: String) -> RelationName { RelationName(schema: schema, name: name) }

    /// As `pgtend run` would end now, with partitions to make.
    func run(_ definition: DatabaseDefinition) async throws -> RunSummary {
        try await database.psql(
            """
            DO $do$ DECLARE made regclass; BEGIN
                -- The backend of a run that has just ended may still be giving up its locks.
                WHILE EXISTS (
                    SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
                    WHERE l.locktype = 'advisory' AND d.datname = current_database()
                ) LOOP PERFORM pg_sleep(0.01); END LOOP;
                FOR made IN
                    SELECT h.inhrelid FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhrelid
                    WHERE c.relkind = 'r' AND c.relname !~ '_2025_0[12]$'
                LOOP EXECUTE format('DROP TABLE %s', made); END LOOP;
            END $do$
            """)
        let run = MaintenanceRun(
            definition: definition, tasks: TaskKind.allCases, runID: String(repeating: "0", count: 32),
            applicationName: "test", programVersion: "0", sink: Silence())
        return await run.execute()
    }

    func missing(_ definition: DatabaseDefinition) async throws -> [PrivilegeFinding] {
        try await PrivilegeCheck(definition: definition, applicationName: "test").findings()
            .filter { $0.severity == .missing }
    }

    private struct Silence: EventSink {
        func record(_ event: MaintenanceEvent) {}
    }
}

extension PrivilegeFinding {
    /// The statements among the cures.
    var statements: [String] {
        cures.compactMap { if case .sql(let statement) = $0 { statement } else { nil } }
    }
}

func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
}
