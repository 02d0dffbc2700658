import Maintenance
import TestSupport
import Testing

@testable import SchemaManagement

/// Whoever has something in the schema, or may put something there, is named before anything is read or done.
@Suite("Strangers in the schema")
struct StrangersTests {
    /// With `:eve` for a role that nobody trusts, and what is said of her.
    private static let parts: [(sql: String, said: String)] = [
        ("ALTER TABLE mcp.agents OWNER TO :eve", "table mcp.agents"),
        ("ALTER TYPE mcp.workspace_visibility OWNER TO :eve", "type mcp.workspace_visibility"),
        ("ALTER FUNCTION mcp.notify_event() OWNER TO :eve", "function mcp.notify_event()"),
        ("ALTER SCHEMA mcp OWNER TO :eve", "schema mcp"),
        ("GRANT CREATE ON SCHEMA mcp TO :eve", "CREATE on schema mcp"),
        ("GRANT TRIGGER ON mcp.agents TO :eve", "TRIGGER on table mcp.agents"),
        ("GRANT REFERENCES (id) ON mcp.agents TO :eve", "REFERENCES on column id of table mcp.agents"),
        ("GRANT TRIGGER ON public.schema_migrations TO :eve", "TRIGGER on table public.schema_migrations"),
        ("ALTER TABLE public.schema_migrations OWNER TO :eve", "table public.schema_migrations"),
        ("ALTER DATABASE :database OWNER TO :eve", "schema public"),
        ("CREATE SEQUENCE mcp.numbers; ALTER SEQUENCE mcp.numbers OWNER TO :eve", "sequence mcp.numbers"),
        ("ALTER EXTENSION vector SET SCHEMA vectors; ALTER SCHEMA vectors OWNER TO :eve", "schema vectors"),
        (
            "CREATE TABLE app.mine (id uuid REFERENCES mcp.models); ALTER TABLE app.mine OWNER TO :eve",
            "table app.mine"
        ),
        (
            """
            CREATE FUNCTION app.seen(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
            CREATE VIEW app.behind AS SELECT app.seen(1) AS one; CREATE VIEW mcp.before AS SELECT one FROM app.behind;
            ALTER FUNCTION app.seen(integer) OWNER TO :eve
            """, "function app.seen(integer)"
        ),
        (
            """
            CREATE FUNCTION app.text(mcp.workspace_visibility) RETURNS text LANGUAGE sql AS 'SELECT ''x''';
            CREATE CAST (mcp.workspace_visibility AS text) WITH FUNCTION app.text(mcp.workspace_visibility);
            ALTER FUNCTION app.text(mcp.workspace_visibility) OWNER TO :eve
            """, "cast from mcp.workspace_visibility to text"
        ),
        (
            """
            CREATE FUNCTION app.fine(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
            CREATE INDEX ON mcp.agents (name) WHERE app.fine(name); ALTER FUNCTION app.fine(text) OWNER TO :eve
            """, "function app.fine(text)"
        ),
        (
            """
            CREATE FUNCTION app."my help"(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
            CREATE FUNCTION app.told() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.name := App . "my help" (NEW.name); RETURN NEW; END';
            CREATE TRIGGER told BEFORE UPDATE ON mcp.agents FOR EACH ROW EXECUTE FUNCTION app.told();
            ALTER FUNCTION app."my help"(text) OWNER TO :eve
            """, #"function app."my help"(text)"#
        ),
        (
            "CREATE TABLE app.every (id integer) PARTITION BY LIST (id); ALTER TABLE app.every OWNER TO :eve; "
                + "CREATE TABLE mcp.part PARTITION OF app.every DEFAULT", "table app.every"
        ),
        (
            "GRANT CREATE ON DATABASE :database TO :eve; SET ROLE :eve; CREATE EXTENSION citext SCHEMA app; RESET ROLE; "
                + "ALTER TABLE mcp.agents ADD called app.citext", "extension citext, of which something is used"
        ),
        // She may put another in the place of what is called, or make what outdoes it.
        (
            """
            CREATE SCHEMA audit; GRANT USAGE ON SCHEMA audit TO PUBLIC;
            CREATE FUNCTION audit.log(text) RETURNS void LANGUAGE sql AS 'SELECT';
            CREATE FUNCTION mcp.logged() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM audit.log(TG_OP), "Later" . made(TG_OP); RETURN NEW; END';
            CREATE TRIGGER logged BEFORE UPDATE ON mcp.agents FOR EACH ROW EXECUTE FUNCTION mcp.logged();
            ALTER SCHEMA audit OWNER TO :eve
            """, "schema audit, of which something is used"
        ),
        (
            "REVOKE ALL ON SCHEMA app FROM :eve; GRANT CREATE ON SCHEMA audit TO :eve",
            "CREATE on schema audit, of which something is used"
        ),
        (#"CREATE SCHEMA "Later" AUTHORIZATION :eve"#, #"schema "Later", of which something is used"#),
        (
            "CREATE SCHEMA kinds AUTHORIZATION :eve; CREATE TYPE kinds.mood AS ENUM ('fine'); "
                + "ALTER TABLE mcp.agents ADD mood kinds.mood", "schema kinds, of which something is used"
        ),
        (
            "DROP EXTENSION citext CASCADE; GRANT CREATE ON DATABASE :database TO :eve; SET ROLE :eve; "
                + "CREATE EXTENSION citext SCHEMA app; RESET ROLE; ALTER INDEX mcp.agents_pkey DEPENDS ON EXTENSION citext",
            "extension citext, on which index mcp.agents_pkey depends"
        ),
        (
            "GRANT CREATE ON DATABASE :database TO :eve; DROP EXTENSION IF EXISTS pg_trgm CASCADE; SET ROLE :eve; "
                + "CREATE EXTENSION pg_trgm SCHEMA app", "extension pg_trgm"
        ),
        (
            """
            CREATE DOMAIN app.word AS text; CREATE DOMAIN app.name AS app.word; ALTER DOMAIN app.word OWNER TO :eve;
            ALTER TABLE mcp.agents ADD nick app.name
            """, "type app.word"
        ),
        (
            """
            DO $$ BEGIN CREATE ROLE mcp_owner NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            ALTER DEFAULT PRIVILEGES FOR ROLE mcp_owner GRANT ALL ON TABLES TO :eve
            """, "on what mcp_owner makes, by its default privileges"
        ),
        (
            #"SET ROLE :eve; CREATE FUNCTION mcp."pgtend_x() COST 1;ALTER ROLE :eve SUPERUSER;--"() RETURNS int LANGUAGE sql AS 'SELECT 1'"#,
            "CREATE on schema mcp and 2 more"
        ),
    ]

    @Test func areNamed() async throws {
        try await TestDatabase.with { database in
            try await DriftedDatabase.load(into: database, rows: 5, [.vectors])
            let eve = "eve_\(database.name)"
            try await database.psql(
                "CREATE ROLE \(eve); CREATE SCHEMA vectors; CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO \(eve)")
            for (sql, said) in Self.parts {
                let named = sql.replacing(":eve", with: eve).replacing(":database", with: database.name)
                let prefix = sql.hasPrefix("SET ROLE") ? "GRANT CREATE ON SCHEMA mcp TO \(eve);" : ""
                try await database.psql(prefix + named)
                for call in [
                    { _ = try await database.repairing().plan() },
                    { try await database.repair() },
                ] {
                    let failure = try #require(await ServerFailure.of(call), "\(sql)")
                    #expect(failure.failureClass == .refused && failure.message.contains("\(eve) has "), "\(failure)")
                    #expect(failure.message.contains(said), "\(failure)")
                    #expect(failure.cure?.description.contains("--trust \(eve)") == true)
                }
                try await database.psql(
                    """
                    REASSIGN OWNED BY \(eve) TO postgres; DROP OWNED BY \(eve);
                    ALTER DATABASE \(database.name) OWNER TO postgres; GRANT ALL ON SCHEMA app TO \(eve);
                    DROP INDEX IF EXISTS mcp.agents_name_idx; DROP CAST IF EXISTS (mcp.workspace_visibility AS text);
                    """)
            }
            // Its members, and theirs.
            let (group, others) = ("group_\(database.name)", "others_\(database.name)")
            try await database.psql(
                "CREATE ROLE \(group); CREATE ROLE \(others); GRANT \(group) TO \(others); GRANT \(others) TO \(eve); "
                    + "ALTER FUNCTION mcp.notify_event() OWNER TO \(eve)")
            for trusted in [eve, group] {
                let trusting = SchemaRepair(
                    conninfo: database.conninfo(), applicationName: "test", programVersion: "0",
                    locks: TestDatabase.patientLocks, trusting: [trusted])
                #expect(try await trusting.plan().plan.refusals == [])
            }
            try await database.psql(
                "REASSIGN OWNED BY \(eve) TO postgres; DROP OWNED BY \(eve); DROP ROLE \(eve), \(group), \(others)")
        }
    }

    /// Functions of great number, called by one whose text is long.
    @Test func areNamedWithoutReadingEachTextForEachFunction() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let eve = "eve_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(eve); CREATE SCHEMA app;
                DO $$ BEGIN FOR i IN 1..1500 LOOP
                    EXECUTE format('CREATE FUNCTION app.f_%s() RETURNS integer LANGUAGE sql AS ''SELECT 1''', i);
                END LOOP; END $$;
                DO $do$ BEGIN
                    EXECUTE format('CREATE FUNCTION mcp.long() RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM app . "f_7" (); /* %s */ END$$',
                        (SELECT string_agg(format('app.f_%s', i % 1500), ' ') FROM generate_series(1, 100000) AS i));
                END $do$;
                ALTER FUNCTION app.f_7() OWNER TO \(eve);
                CREATE FUNCTION mcp.told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM mcp.long(); RETURN NULL; END';
                CREATE TRIGGER told AFTER INSERT ON mcp.agents FOR EACH ROW EXECUTE FUNCTION mcp.told()
                """)
            let start = ContinuousClock.now
            let failure = try #require(await ServerFailure.of { _ = try await database.repairing().plan() })
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(failure.message.contains("\(eve) has function app.f_7()"), "\(failure)")
            try await database.psql("DROP OWNED BY \(eve) CASCADE; DROP ROLE \(eve)")
        }
    }

    /// The cure is for a shell.
    @Test func areNamedAsAShellTakesThem() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let roles = [#"it's $HOME"#, #"a"b `id`"#, "plain"].map { "\($0) \(database.name)" }
            for role in roles {
                let name = "\"\(role.replacing("\"", with: "\"\""))\""
                try await database.psql("CREATE ROLE \(name); GRANT TRIGGER ON mcp.agents TO \(name)")
            }
            let failure = try #require(await ServerFailure.of { _ = try await database.repairing().plan() })
            let cure = try #require(failure.cure?.description)
            let trust = try #require(cure.firstRange(of: "--trust "))
            let words = try await database.psql(
                "CREATE TEMPORARY TABLE said (line text); COPY said FROM PROGRAM $program$"
                    + "printf '%s\\n' \(cure[trust.lowerBound...])$program$; SELECT line FROM said"
            )
            #expect(Set(words.split(separator: "\n").map(String.init)) == Set(["--trust"] + roles))
            for role in roles {
                let name = "\"\(role.replacing("\"", with: "\"\""))\""
                try await database.psql("DROP OWNED BY \(name); DROP ROLE \(name)")
            }
        }
    }
}
