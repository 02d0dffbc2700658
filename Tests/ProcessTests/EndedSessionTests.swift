import Foundation
import TestSupport
import Testing

/// From 17 on, code of an owner can have the server end the session that runs it: by `transaction_timeout`. That is the
/// failure of one object, whichever it is.
@Suite("Sessions that an owner's code ends", .serialized)
struct EndedSessionTests {
    /// What runs the code, and what pgtend says of it.
    struct Way: Sendable, CustomStringConvertible {
        let name: String
        let sql: String
        let said: [String]
        /// Whether it is told by a refusal, as nothing is tried.
        var isRefusal = false
        var description: String { name }
    }

    private static let cause = "code that it ran has set transaction_timeout, by which the session of pgtend ended"

    private static let ways = [
        Way(
            name: "a materialized view", sql: "CREATE MATERIALIZED VIEW app.a AS SELECT app.end_it() WITH NO DATA;",
            said: ["app.a", cause]),
        Way(
            name: "a CHECK of a partitioned table",
            sql: """
                CREATE TABLE app.events (id integer, at date NOT NULL, CHECK (app.end_it())) PARTITION BY RANGE (at);
                CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
                CREATE TABLE app.events_2024 PARTITION OF app.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
                """, said: ["app.events", cause]),
        Way(
            name: "a trigger on the target of the statistics",
            sql: corpus("app", tenants: 2)
                + """
                CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.end_it(); RETURN NEW; END $$;
                CREATE TRIGGER t BEFORE INSERT ON app.embedding_statistics FOR EACH ROW EXECUTE FUNCTION app.fire();
                """, said: ["app.embedding", cause]),
        Way(
            name: "a predicate of an index of the documents",
            sql: corpus("app", tenants: 2) + "CREATE INDEX ON app.embeddings (tenant_id) WHERE app.end_it();",
            said: ["app.embeddings", "its tenants could not be read: \(cause)"], isRefusal: true),
    ]

    private static func corpus(_ schema: String, tenants: Int) -> String {
        """
        CREATE TABLE \(schema).embeddings (id integer, tenant_id text, content_tsvector tsvector);
        INSERT INTO \(schema).embeddings SELECT g, 'tenant ' || g, 'a:1' FROM generate_series(1, \(tenants)) AS g;
        CREATE TABLE \(schema).embedding_statistics (
            tenant_id text PRIMARY KEY, total_documents bigint, avg_document_length numeric,
            term_document_frequencies jsonb, last_updated timestamptz);
        CREATE FUNCTION \(schema).update_embedding_statistics(t text) RETURNS void LANGUAGE sql AS $$
            INSERT INTO \(schema).embedding_statistics (tenant_id, total_documents)
            SELECT t, count(*) FROM \(schema).embeddings AS e WHERE e.tenant_id = t
            ON CONFLICT (tenant_id) DO UPDATE SET total_documents = EXCLUDED.total_documents $$;
        """
    }

    @Test(arguments: ways, PostgresVersion.underTest.filter { $0.rawValue >= 17 })
    func keepNothingElseFromItsWork(way: Way, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                CREATE SCHEMA zoo AUTHORIZATION :victim; GRANT USAGE ON SCHEMA zoo TO PUBLIC; SET ROLE :victim;
                CREATE TABLE zoo.events (id integer, at date NOT NULL) PARTITION BY RANGE (at);
                CREATE TABLE zoo.events_2025 PARTITION OF zoo.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
                CREATE TABLE zoo.events_2024 PARTITION OF zoo.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
                CREATE MATERIALIZED VIEW zoo.view AS SELECT 1 AS one WITH NO DATA;
                \(Self.corpus("zoo", tenants: 1))
                SET ROLE :eve; CREATE TABLE app.armed (n integer);
                CREATE FUNCTION app.end_it() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN
                    IF EXISTS (SELECT FROM app.armed) THEN
                        PERFORM set_config('transaction_timeout', '1ms', false);
                        PERFORM pg_sleep(2);
                    END IF;
                    RETURN true;
                END $$;
                \(way.sql)
                INSERT INTO app.armed VALUES (1);
                """)
            let plan = try await pgtend(["plan"], owner)
            for line in ["zoo.events", "zoo.view", "zoo.embedding"] {
                #expect(plan.standardOutput.contains(line), "\(plan)")
            }
            if way.isRefusal {
                for line in way.said { #expect(plan.standardOutput.contains(line), "\(plan)") }
            }

            let run = try await pgtend(["run"], owner)
            #expect(!run.succeeded)
            for line in way.said { #expect(run.everything.contains(line), "\(run)") }
            #expect(!run.everything.contains("was lost"), "\(run)")
            let isDone = """
                SELECT (SELECT count(*) > 2 FROM pg_inherits WHERE inhparent = 'zoo.events'::regclass),
                    (SELECT relispopulated FROM pg_class WHERE oid = 'zoo.view'::regclass),
                    (SELECT total_documents FROM zoo.embedding_statistics)
                """
            #expect(try await owner.psql(isDone) == "t|t|1", "\(run)")

            let check = try await pgtend(["config", "check", "--connect"], owner)
            #expect(!check.everything.contains("transaction_timeout, by which") || way.isRefusal, "\(check)")
            #expect(!check.everything.contains("no longer usable"), "\(check)")
        }
    }

    /// Her code catches each request to cancel it: its session is ended, with the locks of the run.
    @Test func isNotHersToKeep() async throws {
        try await HostileOwner.with(.v18, .member) { owner in
            try await owner.psql(
                """
                SET ROLE :eve; CREATE TABLE app.armed (n integer);
                CREATE FUNCTION app.stay() RETURNS integer LANGUAGE plpgsql AS $$
                DECLARE stop constant timestamptz := clock_timestamp() + interval '3 min';
                BEGIN
                    PERFORM set_config('client_connection_check_interval', '0', false);
                    WHILE clock_timestamp() < stop AND EXISTS (SELECT FROM app.armed) LOOP
                        BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
                    END LOOP;
                    RETURN 1;
                END $$;
                CREATE MATERIALIZED VIEW app.a AS SELECT app.stay() AS one WITH NO DATA;
                CREATE MATERIALIZED VIEW app.b AS SELECT 1 AS one WITH NO DATA;
                INSERT INTO app.armed VALUES (1);
                """)
            let run = try await pgtend(["run", "views"], owner, ["PGTEND_VIEWS_STATEMENT_TIMEOUT": "1s"])
            #expect(!run.succeeded)
            #expect(try await owner.psql("SELECT relispopulated FROM pg_class WHERE oid = 'app.b'::regclass") == "t")
            let left = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = ':pgtend'"
            try await owner.database.wait(until: owner.named("NOT EXISTS (\(left))"))
        }
    }

    private func pgtend(
        _ arguments: [String], _ owner: HostileOwner, _ environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await Pgtend.run(
            arguments + [
                "--database", owner.database.conninfo(user: owner.pgtend), "--schema", "app", "--schema", "zoo",
            ], environment: environment)
    }
}
