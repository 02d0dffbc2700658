import PostgresClient
import TestSupport
import Testing

/// What a former owner has left on a relation runs as whoever owns it by now. In these tests it was the hostile owner's,
/// and is the victim's.
@Suite("A former owner", .serialized)
struct FormerOwnerTests {
    struct Legacy: Sendable, CustomStringConvertible {
        let name: String
        /// As the former owner, in schema `vault`.
        let sql: String
        /// What `plan` says of it.
        let refusal: String
        var description: String { name }
    }

    /// With rows, so that there is something to analyze, and partitions of past months alone, so that there is one to make.
    private static let parent = """
        CREATE TABLE vault.events (id integer, at date NOT NULL) PARTITION BY RANGE (at);
        DO $$ BEGIN FOR i IN 1..4 LOOP
            EXECUTE format('CREATE TABLE vault.events_%s PARTITION OF vault.events FOR VALUES FROM (%L) TO (%L)',
                to_char(date_trunc('month', now()) - make_interval(months => i), 'YYYY_MM'),
                (date_trunc('month', now()) - make_interval(months => i))::date,
                (date_trunc('month', now()) - make_interval(months => i - 1))::date);
        END LOOP; END $$;
        INSERT INTO vault.events SELECT n, (date_trunc('month', now()) - interval '1 day')::date FROM generate_series(1, 100) AS n;
        """
    private static let view = """
        CREATE MATERIALIZED VIEW vault.numbers AS SELECT n FROM generate_series(1, 100) AS n;
        CREATE UNIQUE INDEX ON vault.numbers (n);
        """

    private static let zero = """
        CREATE FUNCTION app.zero() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN PERFORM app.check_it(); RETURN 0; END $$;
        """
    private static let range = """
        CREATE FUNCTION app.apart(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN PERFORM app.check_it(); RETURN $1 - $2; END $$;
        CREATE TYPE app.span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = app.apart);
        """

    private static let legacies = [
        Legacy(
            name: "a CHECK of a partitioned table", sql: parent + "ALTER TABLE vault.events ADD CHECK (app.check_it())",
            refusal: "its constraint events_check on table vault.events calls function app.check_it()"),
        Legacy(
            name: "a CHECK of a partitioned table by a domain",
            sql: parent + """
                CREATE DOMAIN app.dom AS integer; ALTER TABLE vault.events ADD CHECK (id::app.dom IS NOT NULL);
                ALTER DOMAIN app.dom ADD CHECK (app.check_it()) NOT VALID
                """,
            refusal: "its constraint events_id_check on table vault.events calls "),
        Legacy(
            name: "a CHECK of a partitioned table that looks for a cast, which may come",
            sql: parent + """
                CREATE TYPE app.kind AS ENUM ('a'); ALTER TABLE vault.events ADD CHECK (to_json('a'::app.kind) IS NOT NULL)
                """,
            refusal: "on table vault.events calls type app.kind of "),
        Legacy(
            name: "the predicate of an index of a partitioned table",
            sql: parent + "CREATE INDEX ON vault.events (id) WHERE app.check_it()",
            refusal: "its index vault.events_id_idx calls function app.check_it()"),
        Legacy(
            name: "an index of a partitioned table by an expression",
            sql: parent + "CREATE INDEX ON vault.events (id, (app.check_it()))",
            refusal: "calls function app.check_it()"),
        Legacy(
            name: "statistics of a partitioned table",
            sql: parent + "CREATE STATISTICS vault.known ON id, (app.check_it()) FROM vault.events",
            refusal: "its statistics object vault.known calls function app.check_it()"),
        Legacy(
            name: "the predicate of an index of a materialized view",
            sql: view + "CREATE INDEX ON vault.numbers (n) WHERE app.check_it()",
            refusal: "its index vault.numbers_n_idx1 calls function app.check_it()"),
        Legacy(
            name: "an index that computes a partition key of hers, which it finds by its number",
            sql: parent + zero + """
                CREATE TABLE app.hashed (id integer) PARTITION BY HASH ((id + app.zero()));
                DO $$ BEGIN EXECUTE format('CREATE INDEX ON vault.events (id) WHERE satisfies_hash_partition(%s, 1, 0, 1)',
                    'app.hashed'::regclass::oid); END $$
                """,
            refusal: "calls function satisfies_hash_partition("),
        Legacy(
            name: "a policy of a table that refers to itself",
            sql: parent + """
                ALTER TABLE vault.events ADD before integer, ADD before_at date, ADD PRIMARY KEY (id, at),
                    ADD FOREIGN KEY (before, before_at) REFERENCES vault.events;
                CREATE POLICY p ON vault.events USING (app.check_it());
                ALTER TABLE vault.events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
                """,
            refusal: "its policy p on table vault.events calls function app.check_it()"),
        Legacy(
            name: "a view that is read by a policy of a table that a foreign key refers to",
            sql: parent + """
                CREATE TABLE vault.things (id integer PRIMARY KEY); INSERT INTO vault.things SELECT generate_series(1, 100);
                ALTER TABLE vault.events ADD FOREIGN KEY (id) REFERENCES vault.things;
                CREATE VIEW vault.allowed AS SELECT 1 AS id WHERE app.check_it();
                CREATE POLICY p ON vault.things USING (id IN (SELECT a.id FROM vault.allowed AS a));
                ALTER TABLE vault.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
                """,
            refusal: "on view vault.allowed calls function app.check_it()"),
        Legacy(
            name: "the partition key of the DEFAULT partition",
            sql: parent + zero + """
                CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT PARTITION BY HASH ((id + app.zero()));
                CREATE TABLE vault.rests PARTITION OF vault.rest FOR VALUES WITH (MODULUS 1, REMAINDER 0)
                """,
            refusal: "its table vault.rest calls function app.zero()"),
        Legacy(
            name: "a range type in a column of a partitioned table",
            sql: parent + range + "ALTER TABLE vault.events ADD span app.span DEFAULT '[1,2)'",
            refusal: "its table vault.events calls function app.apart(double precision,double precision)"),
        Legacy(
            name: "an array of domains over domains over a range type in a column of a partitioned table",
            sql: parent + range + """
                CREATE DOMAIN app.inner AS app.span; CREATE DOMAIN app.outer AS app.inner;
                ALTER TABLE vault.events ADD spans app.outer[]
                """,
            refusal: "its table vault.events calls function app.apart(double precision,double precision)"),
        Legacy(
            name: "a range type in an index of a materialized view",
            sql: range + """
                CREATE MATERIALIZED VIEW vault.numbers AS
                    SELECT n, app.span(n, n + 1) AS span FROM generate_series(1, 10) AS n;
                CREATE UNIQUE INDEX ON vault.numbers (n); CREATE INDEX ON vault.numbers USING gist (span);
                """,
            refusal: "its index vault.numbers_span_idx calls function app.apart(double precision,double precision)"),
        Legacy(
            name: "statistics of a materialized view",
            sql: view + "CREATE STATISTICS vault.known ON n, (app.check_it()) FROM vault.numbers",
            refusal: "its statistics object vault.known calls function app.check_it()"),
    ]

    @Test(arguments: HostileOwner.Attempt.inTurns(legacies))
    func leavesNothingThatRunsAsTheOwner(_ attempt: HostileOwner.Attempt<Legacy>) async throws {
        try await HostileOwner.with(attempt.version, attempt.way) { owner in
            try await owner.psql(
                """
                GRANT USAGE, CREATE ON SCHEMA vault TO :eve; SET ROLE :eve; \(attempt.subject.sql);
                RESET ROLE; REVOKE ALL ON SCHEMA vault FROM :eve;
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'vault'::regnamespace AND relkind IN ('r', 'p', 'm', 'v')
                    LOOP EXECUTE format('ALTER TABLE %s OWNER TO %I', t, ':victim'); END LOOP;
                END $$;
                TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER
                """)
            let plan = try await owner.pgtend("plan", "--json")
            let run = try await owner.pgtend("run")
            #expect(try await owner.gains() == [], "\(plan)\(run)")
            #expect(plan.standardOutput.contains(attempt.subject.refusal), "\(plan)")
            #expect(plan.standardOutput.contains("\"foreign_code\""), "\(plan)")
            #expect(run.everything.contains(attempt.subject.refusal), "\(run)")
        }
    }

    /// Its owner could put a table, on which she has left something while it was hers, in the place of what is analyzed.
    @Test(arguments: PostgresVersion.underTest)
    func keepsTablesInASchemaOfHersFromBeingAnalyzed(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                ALTER SCHEMA vault OWNER TO :eve; GRANT USAGE, CREATE ON SCHEMA vault TO :victim; SET ROLE :victim;
                \(Self.parent)
                """)
            let run = try await owner.pgtend("run", "analysis")
            #expect(
                run.everything.contains(owner.named("schema vault belongs to :eve, who could put other tables")),
                "\(run)")
            let isDone = try await owner.psql(
                "SELECT reltuples >= 0 FROM pg_class WHERE oid = 'vault.events'::regclass")
            #expect(isDone == "f", "\(run)")
        }
    }

    /// Before 18 ANALYZE goes down to the leaves, to whose indexes the owner of what is between has added his.
    @Test(arguments: PostgresVersion.underTest)
    func keepsWhatStandsBetweenTheTableAndItsLeavesFromBeingAnalyzed(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                SET ROLE :victim; CREATE TABLE vault.events (id integer, at date NOT NULL) PARTITION BY RANGE (at); RESET ROLE;
                CREATE TABLE vault.middle PARTITION OF vault.events FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')
                    PARTITION BY RANGE (at);
                CREATE TABLE vault.leaf PARTITION OF vault.middle DEFAULT; INSERT INTO vault.events VALUES (1, '2021-01-01');
                ALTER TABLE vault.leaf OWNER TO :victim; ALTER TABLE vault.middle OWNER TO :eve;
                GRANT USAGE, CREATE ON SCHEMA vault TO :eve;
                SET ROLE :eve; CREATE INDEX ON vault.middle (id, (app.check_it()));
                RESET ROLE; TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER
                """)
            let run = try await owner.pgtend("run", "analysis")
            #expect(try await owner.gains() == [], "\(run)")
            let isDone = try await owner.psql(
                "SELECT reltuples >= 0 FROM pg_class WHERE oid = 'vault.events'::regclass")
            #expect(isDone == (version.rawValue >= 18 ? "t" : "f"), "\(run)")
            #expect(version.rawValue >= 18 || run.everything.contains("vault.middle belongs to"), "\(run)")
        }
    }
}

extension HostileOwner {
    fileprivate func pgtend(_ arguments: String...) async throws -> Program.Result {
        try await Pgtend.run(
            arguments + ["--database", database.conninfo(user: pgtend), "--schema", "vault"],
            environment: ["PGTEND_PARTITIONS_ANALYZE": "true"])
    }
}
