import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess

@Suite("The sandbox for an owner's code")
struct SandboxTests {
    /// A way in: what the hostile owner prepares, and the statement of ours that runs it.
    struct Attack: Sendable, CustomStringConvertible {
        let name: String
        let preparation: String
        var statement = "INSERT INTO app.target (id) VALUES (1)"
        /// Whether the statement is to succeed in spite of it.
        var succeeds = true
        /// What a session that trusts what it finds would go on with, in its own role.
        var afterwards = ""
        /// The last major version on which it works against the statement alone: from 18 on a deferred trigger fires as
        /// the role that it was queued by.
        var lastVersion = Int.max
        var description: String { name }
    }

    private static let target = "CREATE TABLE app.target (id integer PRIMARY KEY, at date);"
    private static let parent = "CREATE TABLE app.parent (id integer, at date NOT NULL) PARTITION BY RANGE (at);"
    private static let attach =
        "ALTER TABLE app.parent ATTACH PARTITION app.child FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')"

    private static func trigger(_ body: String, _ timing: String = "BEFORE INSERT ON app.target") -> String {
        """
        \(target)
        CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body); RETURN NEW; END $$;
        CREATE TRIGGER fire \(timing) FOR EACH ROW EXECUTE FUNCTION app.fire();
        """
    }

    /// A table whose deferred trigger writes to it again, before it steals: more often than what is deferred is done in
    /// the procedure.
    private static let deferral = """
        CREATE TABLE app.later (n integer);
        CREATE FUNCTION app.later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.n < 50 THEN
                SET CONSTRAINTS ALL DEFERRED;
                INSERT INTO app.later VALUES (NEW.n + 1);
            ELSE
                PERFORM app.steal();
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.later DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION app.later();
        """

    /// Foreign keys whose events stay deferred though no trigger is deferrable any more: each is made so, used, and made
    /// NOT DEFERRABLE again by the one before, more often than what is deferred is done in the procedure.
    private static let keys = """
        CREATE TABLE app.later (n integer);
        CREATE FUNCTION app.later() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM app.steal(); RETURN NULL; END $$;
        DO $do$ BEGIN FOR i IN 1..6 LOOP
            EXECUTE format('CREATE TABLE app.pk%1$s (id integer PRIMARY KEY); INSERT INTO app.pk%1$s VALUES (1);
                CREATE TABLE app.fk%1$s (id integer CONSTRAINT c%1$s REFERENCES app.pk%1$s)', i);
        END LOOP; END $do$;
        CREATE FUNCTION app.arm(i integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            EXECUTE format('ALTER TABLE app.fk%1$s ALTER CONSTRAINT c%1$s DEFERRABLE INITIALLY DEFERRED', i);
            SET CONSTRAINTS ALL DEFERRED;
            EXECUTE format('DELETE FROM app.pk%s', i);
            EXECUTE format('ALTER TABLE app.fk%1$s ALTER CONSTRAINT c%1$s NOT DEFERRABLE', i);
        END $$;
        CREATE TABLE app.armed (n integer);
        CREATE FUNCTION app.linked(i integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            IF NOT EXISTS (SELECT FROM app.armed) THEN RETURN; END IF;
            IF i < 6 THEN PERFORM app.arm(i + 1); RETURN; END IF;
            CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.later DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION app.later();
            SET CONSTRAINTS ALL DEFERRED;
            INSERT INTO app.later VALUES (1);
        END $$;
        CREATE FUNCTION app.link(i integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN PERFORM app.linked(i); RETURN true; END $$;
        DO $do$ BEGIN FOR i IN 1..6 LOOP
            EXECUTE format('CREATE INDEX ON app.fk%1$s (id) WHERE app.link(%1$s)', i);
        END LOOP; END $do$;
        INSERT INTO app.armed VALUES (1);
        """

    private static let attacks = [
        Attack(name: "a trigger BEFORE INSERT", preparation: trigger("PERFORM app.steal()")),
        Attack(
            name: "a trigger BEFORE each statement",
            preparation: trigger("PERFORM app.steal()").replacing("FOR EACH ROW", with: "FOR EACH STATEMENT")),
        Attack(
            name: "a trigger AFTER INSERT", preparation: trigger("PERFORM app.steal()", "AFTER INSERT ON app.target")),
        Attack(
            name: "a deferred trigger",
            preparation: trigger("PERFORM app.steal()", "AFTER INSERT ON app.target DEFERRABLE INITIALLY DEFERRED")
                .replacing("CREATE TRIGGER", with: "CREATE CONSTRAINT TRIGGER")),
        Attack(
            name: "a trigger that defers itself while it is fired",
            preparation: deferral + trigger("INSERT INTO app.later VALUES (1)"), succeeds: false, lastVersion: 17),
        Attack(
            name: "a cursor WITH HOLD",
            preparation: trigger("EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT app.steal()'")),
        Attack(
            name: "a cursor WITH HOLD and a deferred trigger",
            preparation: deferral
                + trigger(
                    "EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT app.steal()'; INSERT INTO app.later VALUES (49)")
        ),
        Attack(
            name: "a trigger that steals once it is deferred, a few times over",
            preparation: deferral + trigger("INSERT INTO app.later VALUES (46)")),
        Attack(
            name: "foreign keys that are deferrable for a moment",
            preparation: keys + trigger("PERFORM app.arm(1)"), succeeds: false, lastVersion: 17),
        Attack(
            name: "a function in place of the one that settles",
            preparation: deferral
                + trigger(
                    """
                    CREATE FUNCTION pg_temp.pgtend_settle() RETURNS integer LANGUAGE sql AS 'SELECT 0';
                    INSERT INTO app.later VALUES (1)
                    """), succeeds: false, lastVersion: 17),
        Attack(
            name: "a table in place of the one that settles",
            preparation: deferral
                + trigger("CREATE TEMP TABLE pgtend_row (number integer); INSERT INTO app.later VALUES (1)"),
            succeeds: false, lastVersion: 17),
        Attack(
            name: "the sandbox itself altered",
            preparation: trigger(
                """
                BEGIN ALTER PROCEDURE pg_temp.pgtend_sandbox() SECURITY INVOKER; EXCEPTION WHEN OTHERS THEN NULL; END;
                CREATE OR REPLACE PROCEDURE pg_temp.pgtend_sandbox() LANGUAGE plpgsql AS
                    'BEGIN PERFORM app.steal(); END';
                CALL pg_temp.pgtend_sandbox()
                """)),
        Attack(
            name: "temporary views named like catalogs",
            preparation: trigger(
                """
                CREATE TEMP VIEW pg_settings AS
                    SELECT app.steal() AS name, '' AS setting, 'session' AS source;
                CREATE TEMP VIEW pg_locks AS SELECT 'advisory' AS locktype, app.steal() AS mode;
                CREATE TEMP VIEW pg_cursors AS SELECT app.steal() AS name, true AS is_holdable;
                GRANT SELECT ON pg_temp.pg_settings, pg_temp.pg_locks, pg_temp.pg_cursors TO PUBLIC;
                PERFORM set_config('search_path', 'pg_temp, pg_catalog', false)
                """), afterwards: "SELECT name FROM pg_settings"),
        Attack(
            name: "operators and functions on the search_path",
            preparation: """
                CREATE FUNCTION app.equals(text, text) RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN PERFORM app.steal(); RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;
                CREATE OPERATOR app.= (LEFTARG = text, RIGHTARG = text, FUNCTION = app.equals);
                CREATE FUNCTION app.current_setting(text) RETURNS text LANGUAGE sql AS 'SELECT app.steal()';
                """ + trigger("PERFORM set_config('search_path', 'app, pg_catalog', false)"),
            afterwards: "SELECT current_setting('role') = 'none'"),
        Attack(
            name: "a prepared statement", preparation: trigger("EXECUTE 'PREPARE p AS SELECT app.steal()'"),
            afterwards: "EXECUTE p"),
        Attack(
            name: "a CHECK of the parent that ATTACH folds",
            preparation: parent.replacing("NOT NULL)", with: "NOT NULL, CHECK (app.check_it()))")
                + "CREATE TABLE app.child (LIKE app.parent INCLUDING ALL);", statement: attach),
        Attack(
            name: "a CHECK of the DEFAULT partition",
            preparation: parent
                + """
                CREATE TABLE app.rest PARTITION OF app.parent DEFAULT;
                ALTER TABLE app.rest ADD CHECK (app.check_it());
                CREATE TABLE app.child (LIKE app.parent INCLUDING ALL);
                """, statement: attach),
        Attack(
            name: "an expression of an index, computed for a row",
            preparation: target
                + """
                CREATE FUNCTION app.computed(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
                    'BEGIN RETURN app.check_it(); END';
                CREATE INDEX ON app.target (app.computed(id));
                """),
        Attack(
            name: "a predicate of an index, at planning",
            preparation: target
                + """
                INSERT INTO app.target VALUES (7); CREATE INDEX ON app.target (id) WHERE app.check_it();
                """, statement: "DO $$ BEGIN PERFORM FROM app.target WHERE id = 7; END $$"),
        Attack(
            name: "a view", preparation: "CREATE VIEW app.target AS SELECT app.steal() AS id;",
            statement: "DO $$ BEGIN PERFORM id FROM app.target; END $$"),
        Attack(
            name: "a function that is called by its name",
            preparation: "CREATE FUNCTION app.update_it() RETURNS void LANGUAGE sql AS 'SELECT app.steal()';",
            statement: "DO $$ BEGIN PERFORM app.update_it(); END $$"),
        Attack(
            name: "the default of a column",
            preparation: target + "ALTER TABLE app.target ADD stolen text DEFAULT app.steal();"),
        Attack(
            name: "a rule",
            preparation: target + "CREATE RULE r AS ON INSERT TO app.target DO ALSO SELECT app.steal();"),
    ]

    @Test(arguments: HostileOwner.Attempt.all(attacks))
    func keepsHerInHerRole(_ attempt: HostileOwner.Attempt<Attack>) async throws {
        try await HostileOwner.with(attempt.version, attempt.way) { owner in
            let attack = attempt.subject
            try await owner.psql(attack.preparation, asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            let sandbox = try Sandbox(as: owner.eve, path: .ofRole, unsafe: [attack.statement])
            let isDone: Bool
            do {
                try await connection.inTransaction(unsafe: limits) { () async throws(PostgresError) in
                    _ = try await connection.run(sandbox, limits: limits)
                }
                isDone = true
            } catch {
                isDone = false
                if attack.succeeds { throw error }
            }
            #expect(isDone == attack.succeeds)
            #expect(try await owner.gains() == [])

            // Only what works against the statement alone shows that the sandbox is of use.
            guard attempt.way.hasMore, attempt.version.rawValue <= attack.lastVersion else { return }
            try await owner.psql(Self.undo, asEve: true)
            let unconfined =
                attack.afterwards.isEmpty
                ? attack.statement : [attack.statement, "RESET ROLE", attack.afterwards].joined(separator: "; ")
            try await connection.inTransaction(unsafe: "SET LOCAL ROLE \(owner.eve)") {
                () async throws(PostgresError) in
                try await connection.script(unsafe: unconfined)
            }
            #expect(try await owner.gains() != [])
        }
    }

    /// A deferred trigger that defers others, each of which makes a temporary table.
    private static let chain = """
        CREATE TABLE app.links (n integer);
        CREATE FUNCTION app.follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            EXECUTE format('CREATE TEMP TABLE link_%s ON COMMIT DROP AS SELECT %s AS n', NEW.n, NEW.n);
            INSERT INTO notes VALUES (NEW.n);
            IF NEW.n < 3 THEN
                SET CONSTRAINTS ALL DEFERRED;
                INSERT INTO links VALUES (NEW.n + 1);
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER follow AFTER INSERT ON app.links DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION app.follow();
        CREATE FUNCTION app.begin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO links VALUES (1); RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER begin AFTER INSERT ON app.target DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION app.begin();
        """

    @Test(arguments: HostileOwner.Way.allCases, PostgresVersion.underTest)
    func letsHonestCodeDoItsWork(way: HostileOwner.Way, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, way) { owner in
            try await owner.psql(
                """
                ALTER ROLE :eve IN DATABASE "\(owner.database.name)" SET search_path = app;
                SET ROLE :eve; CREATE TABLE app.tenants (id integer PRIMARY KEY); CREATE TABLE app.notes (text text);
                -- As many a hardened database has it.
                ALTER DEFAULT PRIVILEGES FOR ROLE :eve REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                """)
            // By its search_path, in a temporary table, with settings and locks, in front of a deferred constraint.
            try await owner.psql(
                Self.trigger(
                    """
                    CREATE TEMP TABLE scratch ON COMMIT DROP AS SELECT NEW.id AS id;
                    INSERT INTO notes SELECT 'id ' || id FROM scratch;
                    PERFORM set_config('app.tenant', '7', false), set_config('work_mem', '8MB', false);
                    PERFORM pg_advisory_xact_lock(42);
                    NOTIFY written;
                    INSERT INTO tenants VALUES (NEW.id)
                    """)
                    + Self.chain
                        + """
                        ALTER TABLE app.target ADD FOREIGN KEY (id) REFERENCES app.tenants DEFERRABLE INITIALLY DEFERRED;
                        """, asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            let settings: Statement = """
                SELECT coalesce(string_agg(format('%s=%s', name, setting), ' ' ORDER BY name), '') AS settings
                FROM pg_settings WHERE source = 'session' AND setting <> ''
                """
            let before: String = try await connection.row(settings).decode("settings")
            let sandbox = try Sandbox(
                as: owner.eve, path: .ofRole, unsafe: ["INSERT INTO app.target (id) VALUES (1)"])
            try await connection.inTransaction(unsafe: limits) { () async throws(PostgresError) in
                try await connection.run(sandbox, limits: limits)
            }
            #expect(try await owner.psql("SELECT string_agg(text, ', ') FROM app.notes") == "id 1, 1, 2, 3")
            #expect(try await connection.row(settings).decode("settings", as: String.self) == before)
            #expect(before.contains("search_path=pg_catalog, pg_temp"))
        }
    }

    /// A restricted operation may make functions and, on some versions, types in the temporary schema: they are gone before
    /// the next step, which may be another owner's.
    @Test(arguments: PostgresVersion.underTest)
    func startsEachStepWithoutWhatARefreshHasLeft(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                \(Self.target)
                CREATE FUNCTION app.litter() RETURNS integer LANGUAGE plpgsql AS $$
                DECLARE way text;
                BEGIN
                    FOREACH way IN ARRAY ARRAY[
                        'CREATE PROCEDURE pg_temp.pgtend_sandbox() LANGUAGE sql AS $f$SELECT app.steal()$f$',
                        'CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (app.check_it())'
                    ] LOOP
                        BEGIN EXECUTE way; EXCEPTION WHEN OTHERS THEN NULL; END;
                    END LOOP;
                    RETURN 1;
                END $$;
                CREATE MATERIALIZED VIEW app.view AS SELECT app.litter() AS one WITH NO DATA;
                """, asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            let insert = try Sandbox(as: owner.eve, path: .ofRole, unsafe: ["INSERT INTO app.target VALUES (1)"])
            let refresh = try Sandbox(restrictedByServer: "REFRESH MATERIALIZED VIEW app.view", as: owner.eve)
            let again = try Sandbox(as: owner.eve, path: .ofRole, unsafe: ["INSERT INTO app.target VALUES (2)"])
            for sandbox in [insert, refresh, again] {
                try await connection.inTransaction(unsafe: limits) { () async throws(PostgresError) in
                    try await connection.run(sandbox, limits: limits)
                }
            }
            #expect(try await owner.psql("SELECT count(*) FROM app.target") == "2")
            let left = """
                SELECT (SELECT count(*) FROM pg_proc AS p WHERE p.pronamespace = pg_my_temp_schema())
                    + (SELECT count(*) FROM pg_type AS t WHERE t.typnamespace = pg_my_temp_schema()) AS left
                """
            #expect(try await connection.row(Statement(unsafe: left)).decode("left", as: Int.self) == 0)
        }
    }

    /// So that the statement can be run once more.
    private static let undo = """
        DO $$ BEGIN
            IF to_regclass('app.child') IS NOT NULL THEN ALTER TABLE app.parent DETACH PARTITION app.child; END IF;
            IF (SELECT relkind FROM pg_class WHERE oid = to_regclass('app.target')) = 'r' THEN
                DELETE FROM app.target WHERE id = 1;
            END IF;
        END $$
        """

    private let limits = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '20s'"
}
