import Foundation
import TestSupport
import Testing

/// What an owner can do to every command: nothing but her own work, and that is done in spite of it.
@Suite("A hostile owner", .serialized)
struct HostileOwnerTests {
    /// A table or view of hers, and what a run on it is to come to.
    struct Object: Sendable, CustomStringConvertible {
        let name: String
        let sql: String
        /// SQL that answers `t` once the work on it is done; nil where it is refused.
        var isDone: String?
        /// What `plan` says of one that is refused.
        var refusal = ""
        var description: String { name }
    }

    private static let partitions = """
        DO $$ BEGIN FOR i IN 1..4 LOOP
            EXECUTE format('CREATE TABLE app.events_%s PARTITION OF app.events FOR VALUES FROM (%L) TO (%L)',
                to_char(date_trunc('month', now()) - make_interval(months => i), 'YYYY_MM'),
                (date_trunc('month', now()) - make_interval(months => i))::date,
                (date_trunc('month', now()) - make_interval(months => i - 1))::date);
        END LOOP; END $$;
        """
    private static let hasPartitions = "SELECT count(*) > 5 FROM pg_inherits WHERE inhparent = 'app.events'::regclass"
    private static let parent =
        "CREATE TABLE app.events (id integer, at date NOT NULL) PARTITION BY RANGE (at);" + partitions

    /// The conventional corpus, with a document, so that its schema has it discovered.
    private static let corpus = """
        CREATE TABLE app.embeddings (id integer, tenant_id text, content_tsvector tsvector);
        INSERT INTO app.embeddings VALUES (1, 'acme', 'a:1 b:2');
        CREATE TABLE app.embedding_statistics (
            tenant_id text PRIMARY KEY, total_documents bigint, avg_document_length numeric,
            term_document_frequencies jsonb, last_updated timestamptz);
        CREATE FUNCTION app.update_embedding_statistics(t text) RETURNS void LANGUAGE sql AS $$
            INSERT INTO app.embedding_statistics (tenant_id, total_documents)
            SELECT t, count(*) FROM app.embeddings AS e WHERE e.tenant_id = t
            ON CONFLICT (tenant_id) DO UPDATE SET total_documents = EXCLUDED.total_documents $$;
        """
    private static let hasFigures =
        "SELECT total_documents = 1 FROM app.embedding_statistics WHERE tenant_id = 'acme'"

    private static func trigger(_ name: String, on table: String, _ timing: String, _ body: String) -> String {
        """
        CREATE FUNCTION app.\(name)() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body); RETURN NEW; END $$;
        CREATE \(timing) ON \(table) FOR EACH ROW EXECUTE FUNCTION app.\(name)();
        """.replacing(
            "ON \(table) FOR",
            with: timing.contains("CONSTRAINT")
                ? "ON \(table) DEFERRABLE INITIALLY DEFERRED FOR" : "ON \(table) FOR")
    }

    private static let objects = [
        Object(
            name: "a CHECK of the parent",
            sql:
                "CREATE TABLE app.events (id integer, at date NOT NULL, CHECK (app.check_it())) PARTITION BY RANGE (at);"
                + partitions, isDone: hasPartitions),
        Object(
            name: "a CHECK of the DEFAULT partition",
            sql: parent
                + """
                CREATE TABLE app.rest PARTITION OF app.events DEFAULT; ALTER TABLE app.rest ADD CHECK (app.check_it());
                """, isDone: hasPartitions),
        Object(
            name: "indexes by an expression and with a predicate, statistics, a generated column",
            sql: parent
                + """
                CREATE FUNCTION app.computed(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
                    'BEGIN PERFORM app.check_it(); RETURN $1; END';
                CREATE INDEX ON app.events (app.computed(id)); CREATE INDEX ON app.events (id) WHERE app.check_it();
                CREATE STATISTICS app.s ON app.computed(id), at FROM app.events;
                ALTER TABLE app.events ADD doubled integer GENERATED ALWAYS AS (app.computed(id)) STORED;
                ALTER TABLE app.events ADD stolen text DEFAULT app.steal();
                """, isDone: hasPartitions),
        Object(
            name: "policies and triggers of a sibling",
            sql: parent + trigger("fire", on: "app.events", "TRIGGER t BEFORE INSERT", "PERFORM app.steal()")
                + """
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'app.events'::regclass LOOP
                        EXECUTE format('CREATE POLICY p ON %s USING (app.check_it())', t);
                        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
                        EXECUTE format('CREATE TRIGGER own BEFORE INSERT ON %s FOR EACH ROW WHEN (app.check_it())
                            EXECUTE FUNCTION app.fire()', t);
                    END LOOP;
                END $$;
                """, isDone: hasPartitions),
        Object(
            name: "a materialized view",
            sql: """
                CREATE MATERIALIZED VIEW app.stolen AS SELECT 1 AS one, app.steal() AS stolen WITH NO DATA;
                CREATE UNIQUE INDEX ON app.stolen (one);
                """, isDone: "SELECT relispopulated FROM pg_class WHERE oid = 'app.stolen'::regclass"),
        Object(
            name: "a trigger on the target of the statistics",
            sql: corpus
                + trigger(
                    "fire", on: "app.embedding_statistics", "TRIGGER t BEFORE INSERT OR UPDATE", "PERFORM app.steal()"),
            isDone: hasFigures),
        Object(
            name: "a deferred trigger on the target of the statistics",
            sql: corpus
                + trigger(
                    "fire", on: "app.embedding_statistics", "CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE",
                    "PERFORM app.steal()"), isDone: hasFigures),
        Object(
            name: "the function of the statistics",
            sql: corpus
                + """
                CREATE OR REPLACE FUNCTION app.update_embedding_statistics(t text) RETURNS void LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM app.steal();
                    INSERT INTO app.embedding_statistics (tenant_id, total_documents) VALUES (t, 1)
                    ON CONFLICT DO NOTHING;
                END $$;
                """, isDone: hasFigures),
        Object(
            name: "a predicate of an index of the documents, at planning",
            sql: corpus + "CREATE INDEX ON app.embeddings (tenant_id) WHERE app.check_it();", isDone: hasFigures),
        Object(
            name: "a cast of the tenant's type",
            sql: corpus.replacing("tenant_id text PRIMARY", with: "tenant_id app.tenant PRIMARY")
                .replacing("tenant_id text, content", with: "tenant_id app.tenant, content")
                .replacing("(t text)", with: "(t app.tenant)").replacing("'acme', 'a:1", with: "'(acme)', 'a:1")
                .replacing(
                    "CREATE TABLE app.embeddings",
                    with: """
                        CREATE TYPE app.tenant AS (name text);
                        CREATE FUNCTION app.cast_it(app.tenant) RETURNS text LANGUAGE plpgsql AS
                            'BEGIN PERFORM app.steal(); RETURN ''('' || $1.name || '')''; END';
                        CREATE CAST (app.tenant AS text) WITH FUNCTION app.cast_it(app.tenant);
                        CREATE TABLE app.embeddings
                        """),
            isDone: "SELECT total_documents = 1 FROM app.embedding_statistics"),
        Object(
            name: "a view in the place of the documents",
            sql: corpus
                + """
                ALTER TABLE app.embeddings RENAME TO documents;
                CREATE VIEW app.embeddings AS
                    SELECT app.steal() AS tenant_id, content_tsvector FROM app.documents;
                """, refusal: "app.embeddings is a view"),
        Object(
            name: "a table of statistics that is another owner's",
            sql: corpus + "RESET ROLE; ALTER TABLE app.embedding_statistics OWNER TO :victim; SET ROLE :eve;",
            refusal: "belong to several roles"),
    ]

    @Test(arguments: HostileOwner.Attempt.all(objects))
    func getsHerWorkDoneAndNothingElse(_ attempt: HostileOwner.Attempt<Object>) async throws {
        try await HostileOwner.with(attempt.version, attempt.way) { owner in
            try await owner.psql("SET ROLE :eve; \(attempt.subject.sql)")
            // The work of the setup is hers; what it stole is nothing of ours.
            try await owner.psql("TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")

            for arguments in [["plan", "--sql"], ["config", "check", "--connect"]] {
                _ = try await owner.database.pgtend(arguments, user: owner.pgtend)
                #expect(try await owner.gains() == [], "\(arguments)")
            }
            let plan = try await owner.database.pgtend(["plan"], user: owner.pgtend)
            // As herself she may try: the server refuses what is not hers.
            if attempt.way.hasMore, !attempt.subject.refusal.isEmpty {
                #expect(plan.standardOutput.contains(attempt.subject.refusal), "\(plan)")
            }
            let run = try await owner.database.pgtend(["run"], user: owner.pgtend)
            #expect(try await owner.gains() == [])
            if let isDone = attempt.subject.isDone {
                #expect(run.succeeded, "\(run)")
                #expect(try await owner.psql(isDone) == "t", "\(run)")
            }
        }
    }

    /// What no ROLLBACK takes back: statements of hers in the place of all that the session has prepared.
    private static let replacing = """
        CREATE FUNCTION app.folded() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN app.replace(); END';
        CREATE FUNCTION app.replace() RETURNS boolean LANGUAGE plpgsql AS $$
        DECLARE
            p record;
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_prepared_statements WHERE NOT from_sql) THEN
                RETURN true;
            END IF;
            FOR p IN SELECT s.name, s.parameter_types::text[] AS types FROM pg_prepared_statements AS s LOOP
                EXECUTE format('DEALLOCATE %I', p.name);
                EXECUTE format('PREPARE %I %s AS SELECT app.steal() AS schema, app.steal() AS name', p.name,
                    '(' || nullif(array_to_string(p.types, ', '), '') || ')');
            END LOOP;
            RAISE EXCEPTION 'not now';
        END $$;
        """

    private static let failing = [
        Object(
            name: "a trigger on the target of the statistics",
            sql: corpus + "INSERT INTO app.embeddings VALUES (2, 'umbrella', 'a:1');"
                + trigger(
                    "fire", on: "app.embedding_statistics", "TRIGGER t BEFORE INSERT OR UPDATE",
                    "PERFORM app.replace()")),
        Object(
            name: "a CHECK of the DEFAULT partition",
            sql: parent
                + """
                CREATE TABLE app.rest PARTITION OF app.events DEFAULT;
                ALTER TABLE app.rest ADD CHECK (app.folded());
                """),
    ]

    /// What failed is asked whether it was meant for something that has changed since.
    @Test(arguments: HostileOwner.Attempt.all(failing))
    func getsNothingByFailing(_ attempt: HostileOwner.Attempt<Object>) async throws {
        try await HostileOwner.with(attempt.version, attempt.way) { owner in
            try await owner.psql("SET ROLE :eve; \(Self.replacing) \(attempt.subject.sql)")
            try await owner.psql("TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")
            let run = try await owner.database.pgtend(["run"], user: owner.pgtend)
            #expect(!run.succeeded && run.standardError.contains("not now"), "\(run)")
            #expect(try await owner.gains() == [], "\(run)")
        }
    }

    /// All at once, and again and again.
    @Test(arguments: HostileOwner.Way.allCases, PostgresVersion.underTest)
    func getsNothingMoreFromTheService(way: HostileOwner.Way, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, way) { owner in
            let indexed =
                "ALTER TABLE app.events ADD CHECK (app.check_it()); CREATE INDEX ON app.events (id) WHERE app.check_it();"
            try await owner.psql(
                "GRANT CREATE ON DATABASE \(owner.database.name) TO :pgtend; SET ROLE :eve; \(Self.parent) \(indexed)"
                    + Self.corpus + "CREATE INDEX ON app.embeddings (tenant_id) WHERE app.check_it();"
                    + Self.trigger(
                        "fire", on: "app.embedding_statistics", "CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE",
                        "PERFORM app.steal()")
                        + """
                        CREATE MATERIALIZED VIEW app.stolen AS SELECT 1 AS one, app.steal() AS stolen WITH NO DATA;
                        CREATE UNIQUE INDEX ON app.stolen (one);
                        """)
            try await owner.psql("TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")
            let service = try ServeProcess(
                owner.database.conninfo(user: owner.pgtend), schema: "app", every: "1s")
            try await service.wait(for: "run_finished", times: 7)
            try await service.stop()
            #expect(try await owner.gains() == [])
            #expect(try await owner.psql(Self.hasPartitions) == "t")
            #expect(try await owner.psql(Self.hasFigures) == "t")
            #expect(
                try await owner.psql("SELECT relispopulated FROM pg_class WHERE oid = 'app.stolen'::regclass") == "t")
        }
    }

    /// New partitions are given to the owner of their siblings, as whom a rule of hers would run.
    @Test(arguments: PostgresVersion.underTest)
    func handsNothingOverThatSheHasChanged(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                """
                GRANT USAGE ON SCHEMA vault TO :eve; SET ROLE :eve;
                CREATE TABLE app.later (n integer); CREATE TABLE app.start (n integer);
                CREATE FUNCTION app.later() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE made regclass;
                BEGIN
                    FOR made IN SELECT oid FROM pg_class WHERE relname ~ '^events_' AND relkind = 'r'
                        AND relowner = ':eve'::regrole AND EXISTS (SELECT FROM app.start)
                    LOOP
                        EXECUTE format('GRANT ALL ON %s TO PUBLIC', made);
                        EXECUTE format('CREATE RULE r AS ON INSERT TO %s DO ALSO
                            INSERT INTO app.loot SELECT x FROM vault.secret', made);
                    END LOOP;
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.later DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION app.later();
                CREATE FUNCTION app.arm() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN PERFORM app.armed(); RETURN true; END $$;
                CREATE FUNCTION app.armed() RETURNS void LANGUAGE sql AS 'INSERT INTO app.later VALUES (1)';
                \(Self.parent)
                ALTER TABLE app.events ADD CHECK (app.arm());
                RESET ROLE;
                GRANT CREATE ON SCHEMA app TO :victim;
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'app.events'::regclass LOOP
                        EXECUTE format('ALTER TABLE %s OWNER TO :victim', t);
                    END LOOP;
                END $$;
                INSERT INTO app.start VALUES (1);
                """)
            let run = try await owner.database.pgtend(["run"], user: owner.pgtend)
            #expect(run.everything.contains("is not as it was created, and was not given to"), "\(run)")
            let given = try await owner.psql(
                "SELECT count(*) FROM pg_class WHERE relowner = ':victim'::regrole AND relkind = 'r' AND relhasrules")
            #expect(given == "0")
        }
    }

    /// A new partition has the defaults and statistics of its parent, whose functions would run as its new owner.
    @Test(
        arguments: [
            "ALTER TABLE app.events ALTER id SET DEFAULT app.computed(1)",
            "ALTER TABLE app.events ADD doubled integer GENERATED ALWAYS AS (app.computed(id)) STORED",
            "CREATE STATISTICS app.s ON app.computed(id), at FROM app.events",
            """
            CREATE DOMAIN app.dom AS integer CHECK (app.check_it());
            ALTER TABLE ONLY app.events ALTER id SET DEFAULT 1::app.dom
            """,
            "ALTER TABLE app.events ALTER id SET DEFAULT length(query_to_xml('SELECT 1', true, false, '')::text)",
            "CREATE INDEX extra ON ONLY app.events (app.computed(id))",
        ], PostgresVersion.underTest)
    func handsNothingOverThatWouldRunHerCode(part: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                """
                SET ROLE :eve; \(Self.parent)
                CREATE FUNCTION app.computed(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
                    'BEGIN PERFORM app.check_it(); RETURN $1; END';
                CREATE TYPE app.state AS ENUM ('open'); CREATE SEQUENCE app.numbers;
                ALTER TABLE app.events ADD state app.state DEFAULT 'open', ADD made timestamptz DEFAULT now(),
                    ADD number integer DEFAULT random() * 7, ADD serial bigint DEFAULT nextval('app.numbers'),
                    ADD maker name DEFAULT pg_get_userbyid(10), ADD CHECK (app.check_it());
                -- What the siblings have as well is nothing new to their owner.
                CREATE INDEX ON app.events (app.computed(id));
                \(part);
                RESET ROLE; GRANT CREATE ON SCHEMA app TO :victim;
                DO $$ DECLARE t regclass; BEGIN
                    FOR t IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'app.events'::regclass LOOP
                        EXECUTE format('ALTER TABLE %s OWNER TO :victim', t);
                    END LOOP;
                END $$;
                TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER;
                """)
            let given =
                "SELECT count(*) FROM pg_class WHERE relowner = ':victim'::regrole AND relname ~ '^events_' AND relkind = 'r'"
            let run = try await owner.database.pgtend(["run"], user: owner.pgtend)
            #expect(run.everything.contains("was not given to \(owner.victim), the owner of its siblings"), "\(run)")
            #expect(try await owner.psql(given) == "4")
            await #expect(throws: (any Error).self) { try await owner.runScript() }
            #expect(try await owner.psql(given) == "4")
            try await owner.psql(
                """
                ALTER TABLE app.events ALTER id DROP DEFAULT; ALTER TABLE app.events DROP COLUMN IF EXISTS doubled;
                DROP STATISTICS IF EXISTS app.s; DROP INDEX IF EXISTS app.extra
                """)
            // An enum has no code.
            try await owner.runScript()
            #expect(try await owner.psql(given) != "3")
        }
    }

    /// A ledger that is not pgtend's alone.
    private static let ledgers = [
        "CREATE SCHEMA pgtend_ledger AUTHORIZATION :eve",
        """
        CREATE SCHEMA pgtend_ledger AUTHORIZATION :eve; SET ROLE :eve;
        CREATE TABLE pgtend_ledger.schema_migrations (number integer, name text, checksum text, pgtend_version text);
        INSERT INTO pgtend_ledger.schema_migrations VALUES (1, 'schema', '', ''), (2, 'slot', '', ''), (3, 'run', '', ''),
            (4, 'step', '', '');
        CREATE VIEW pgtend_ledger.run AS SELECT app.steal() AS id, 1 AS slot_id;
        CREATE VIEW pgtend_ledger.step AS SELECT app.steal() AS run_id;
        CREATE VIEW pgtend_ledger.slot AS SELECT app.steal() AS id;
        GRANT ALL ON SCHEMA pgtend_ledger TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA pgtend_ledger TO PUBLIC
        """,
        """
        CREATE SCHEMA pgtend_ledger; GRANT ALL ON SCHEMA pgtend_ledger TO PUBLIC; SET ROLE :eve;
        CREATE FUNCTION pgtend_ledger.hashtextextended(text, bigint) RETURNS bigint LANGUAGE plpgsql AS
            'BEGIN PERFORM app.steal(); RETURN 1; END'
        """,
        """
        CREATE SCHEMA pgtend_ledger; GRANT USAGE ON SCHEMA pgtend_ledger TO PUBLIC;
        CREATE TABLE pgtend_ledger.run (id text); GRANT TRIGGER ON pgtend_ledger.run TO :eve; SET ROLE :eve;
        CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM app.steal(); RETURN NEW; END';
        CREATE TRIGGER t BEFORE INSERT ON pgtend_ledger.run FOR EACH ROW EXECUTE FUNCTION app.fire()
        """,
    ]

    @Test(arguments: ledgers, PostgresVersion.underTest)
    func isNotTrustedWithTheLedger(ledger: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql("SET ROLE :eve; \(Self.parent) RESET ROLE; \(ledger)")
            try await owner.psql("TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")
            for arguments in [["status"], ["history"], ["config", "check", "--connect"]] {
                let result = try await owner.database.pgtend(arguments, user: owner.pgtend)
                #expect(result.everything.contains("schema pgtend_ledger is not pgtend's alone"), "\(result)")
                #expect(try await owner.gains() == [], "\(arguments)")
            }
            // The work does not depend on it.
            let run = try await owner.database.pgtend(["run"], user: owner.pgtend)
            #expect(try await owner.gains() == [])
            #expect(try await owner.psql(Self.hasPartitions) == "t", "\(run)")
            #expect(run.everything.contains("schema pgtend_ledger is not pgtend's alone"), "\(run)")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func isRefusedAnEventTriggerThatCallsHer(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                """
                SET ROLE :eve; \(Self.parent) \(Self.corpus)
                CREATE FUNCTION app.note() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN RESET ROLE; PERFORM app.steal(); END $$;
                RESET ROLE; CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION app.note();
                """)
            for arguments in [["plan"], ["config", "check", "--connect"], ["run"]] {
                let result = try await owner.database.pgtend(arguments, user: owner.pgtend)
                #expect(!result.succeeded)
                #expect(
                    result.everything.contains("event trigger note calls app.note() of role \(owner.eve)"), "\(result)")
                #expect(try await owner.gains() == [], "\(arguments)")
            }
        }
    }
}

extension HostileOwner {
    /// Executes what `plan --sql` prints, as whoever reads it may.
    fileprivate func runScript() async throws {
        let plan = try await database.pgtend(["plan", "--sql"], user: pgtend)
        try await database.psql(plan.standardOutput, user: pgtend)
    }
}

extension TestDatabase {
    fileprivate func pgtend(_ arguments: [String], user: String) async throws -> Program.Result {
        try await Pgtend.run(arguments + ["--database", conninfo(user: user), "--schema", "app"])
    }
}
