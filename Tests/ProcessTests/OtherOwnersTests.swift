import Foundation
import PostgresClient
import TestSupport
import Testing

/// What belongs to another owner beside a table that pgtend works on: the DEFAULT partition, the other end of a foreign
/// key, partitions of the statistics. In these tests the table is the victim's.
@Suite("Other owners around one table", .serialized)
struct OtherOwnersTests {
    struct Object: Sendable, CustomStringConvertible {
        let name: String
        /// As a superuser.
        let sql: String
        /// What `plan` says of it, and its reason; nil where the work is done.
        var refusal: (text: String, reason: String)?
        /// An extension that not every server under test brings.
        var needs: String? { sql.contains("CREATE EXTENSION citext") ? "citext" : nil }
        var description: String { name }
    }

    private static let isDone = """
        SELECT CASE WHEN to_regclass('vault.events') IS NULL
            THEN query_to_xml('SELECT FROM vault.embedding_statistics WHERE total_documents = 1', false, true, '')::text <> ''
            ELSE (SELECT count(*) > 5 FROM pg_inherits WHERE inhparent = to_regclass('vault.events')) END
        """

    /// With rows of last month, so that there is something to make.
    private static let parent = """
        SET ROLE :victim;
        CREATE TABLE vault.events (id integer, at date NOT NULL) PARTITION BY RANGE (at);
        DO $$ BEGIN FOR i IN 1..4 LOOP
            EXECUTE format('CREATE TABLE vault.events_%s PARTITION OF vault.events FOR VALUES FROM (%L) TO (%L)',
                to_char(date_trunc('month', now()) - make_interval(months => i), 'YYYY_MM'),
                (date_trunc('month', now()) - make_interval(months => i))::date,
                (date_trunc('month', now()) - make_interval(months => i - 1))::date);
        END LOOP; END $$;
        RESET ROLE;
        """
    private static let rest =
        parent + """
            SET ROLE :victim; CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT; RESET ROLE;
            GRANT USAGE, CREATE ON SCHEMA vault TO :eve; ALTER TABLE vault.rest OWNER TO :eve; SET ROLE :eve;
            """
    private static let referredTo = """
        SET ROLE :eve;
        CREATE TYPE app.state AS ENUM ('open', 'closed');
        CREATE TABLE app.things (id integer PRIMARY KEY, state app.state);
        GRANT REFERENCES, SELECT ON app.things TO :victim;
        """ + parent
        + "SET ROLE :victim; ALTER TABLE vault.events ADD FOREIGN KEY (id) REFERENCES app.things; SET ROLE :eve;"

    private static let siblings =
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'vault.events'::regclass"

    /// Executes a statement for each sibling, `%s`.
    private static func siblings(_ sql: String) -> String {
        """
        DO $$ DECLARE t regclass; BEGIN
            FOR t IN \(siblings) LOOP EXECUTE format($f$\(sql)$f$, t); END LOOP;
        END $$;
        """
    }
    private static let hostileSiblings =
        parent + "GRANT USAGE, CREATE ON SCHEMA vault TO :eve;" + siblings("ALTER TABLE %s OWNER TO :eve")
        + "SET ROLE :eve; CREATE DOMAIN app.dom AS text CHECK (app.check_it());"

    private static let zero = """
        CREATE FUNCTION app.zero() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
            $$ BEGIN PERFORM app.check_it(); RETURN 0; END $$;
        """
    private static let referringToThings = """
        RESET ROLE; GRANT REFERENCES, SELECT ON app.things TO :victim;
        SET ROLE :victim; ALTER TABLE vault.events ADD FOREIGN KEY (id) REFERENCES app.things; SET ROLE :eve;
        """
    /// A table of the owner's own that is a partition of hers.
    private static let ownBeneath = """
        SET ROLE :eve; CREATE TABLE app.top (id integer) PARTITION BY RANGE (id);
        RESET ROLE; GRANT CREATE ON SCHEMA app TO :victim;
        CREATE TABLE app.things PARTITION OF app.top (PRIMARY KEY (id)) FOR VALUES FROM (0) TO (1000);
        ALTER TABLE app.things OWNER TO :victim;
        """
    /// A table whose partition key runs code of hers, and a call that computes it, found by its number.
    private static let hashed = zero + "CREATE TABLE app.hashed (id integer) PARTITION BY HASH ((id + app.zero()));"
    private static func byNumber(_ sql: String, of relation: String = "'app.hashed'::regclass") -> String {
        "DO $$ BEGIN EXECUTE format($f$\(sql)$f$, \(relation)::oid); END $$;"
    }

    /// Keys of the table of such a type, of which she replaces the cast by one that only the server asks for.
    private static func keyed(by type: String, after setup: String = "") -> String {
        "SET ROLE :eve;" + zero + """
            CREATE TYPE app.label AS ENUM ('a');
            CREATE FUNCTION app.as_number(app.label) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT app.zero()';
            CREATE CAST (app.label AS integer) WITH FUNCTION app.as_number(app.label) AS IMPLICIT;
            SET ROLE :victim; \(setup) CREATE TABLE vault.things (id integer PRIMARY KEY);
            """ + parent + """
                SET ROLE :victim; ALTER TABLE vault.events ADD label \(type) REFERENCES vault.things; SET ROLE :eve;
                DROP CAST (app.label AS integer); CREATE CAST (app.label AS integer) WITH FUNCTION app.as_number(app.label);
                """
    }

    private static func updating(_ argument: String) -> String {
        """
        CREATE FUNCTION vault.update_embedding_statistics(t \(argument)) RETURNS void LANGUAGE sql AS $$
            DELETE FROM vault.embedding_statistics WHERE tenant_id = t;
            INSERT INTO vault.embedding_statistics (tenant_id, total_documents)
            SELECT t, count(*) FROM vault.embeddings AS e WHERE e.tenant_id = t $$;
        """
    }
    /// The function of the corpus takes such a type, and she adds a CHECK to what it is made of.
    private static func argument(of type: String, after setup: String = "") -> String {
        corpus + """
            SET ROLE :eve; CREATE DOMAIN app.tenant AS text;
            SET ROLE :victim; DROP FUNCTION vault.update_embedding_statistics; \(setup) \(updating(type))
            SET ROLE :eve; ALTER DOMAIN app.tenant ADD CHECK (app.check_it()) NOT VALID;
            """
    }

    /// A corpus whose figures stand in partitions.
    private static let corpus = """
        SET ROLE :victim;
        CREATE TABLE vault.embeddings (id integer, tenant_id text, content_tsvector tsvector) PARTITION BY LIST (tenant_id);
        CREATE TABLE vault.documents PARTITION OF vault.embeddings DEFAULT;
        INSERT INTO vault.embeddings VALUES (1, 'acme', 'a:1 b:2');
        CREATE TABLE vault.embedding_statistics (
            tenant_id text PRIMARY KEY, total_documents bigint, avg_document_length numeric,
            term_document_frequencies jsonb, last_updated timestamptz) PARTITION BY LIST (tenant_id);
        CREATE TABLE vault.figures PARTITION OF vault.embedding_statistics DEFAULT;
        \(updating("text")) RESET ROLE; GRANT USAGE, CREATE ON SCHEMA vault TO :eve;
        """
    private static let fire = """
        CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM app.steal(); RETURN NULL; END $$;
        """
    private static let notes = """
        SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
        GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve;
        CREATE TABLE app.notes (tenant_id text REFERENCES vault.embedding_statistics ON DELETE CASCADE);
        INSERT INTO app.notes VALUES ('acme');
        """

    /// What she put on the figures while they were hers.
    private static func leftBehind(_ sql: String) -> String {
        corpus + """
            SET ROLE :victim; CREATE FUNCTION vault.name() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
            RESET ROLE; ALTER TABLE vault.embedding_statistics OWNER TO :eve; SET ROLE :eve; \(sql)
            RESET ROLE; ALTER TABLE vault.embedding_statistics OWNER TO :victim; SET ROLE :eve;
            """
    }

    /// What the figures are a partition of is the victim's, and has a trigger of hers.
    private static func above(
        _ before: String, condition: String = "app.check_it()", after: String = "SELECT"
    ) -> String {
        corpus + """
            SET ROLE :victim; CREATE FUNCTION vault.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TABLE vault.top (LIKE vault.embedding_statistics) PARTITION BY LIST (tenant_id);
            RESET ROLE; \(before); SET ROLE :eve;
            CREATE TRIGGER fire BEFORE INSERT ON vault.top FOR EACH ROW WHEN (\(condition)) EXECUTE FUNCTION vault.nothing();
            RESET ROLE; \(after); SET ROLE :victim; ALTER TABLE vault.top ATTACH PARTITION vault.embedding_statistics DEFAULT;
            """
    }

    private static let fireOnFigures =
        "CREATE TRIGGER fire AFTER INSERT ON vault.embedding_statistics FOR EACH ROW EXECUTE FUNCTION app.fire();"
    /// The server becomes her to look at her table: her code gains by what it defers until the victim's work ends.
    private static let later =
        fire + """
            CREATE TABLE app.later (id integer); CREATE TABLE app.armed (id integer);
            CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.later DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION app.fire();
            CREATE FUNCTION app.insert_later() RETURNS boolean LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO app.later SELECT a.id FROM app.armed AS a; RETURN true; END $$;
            CREATE FUNCTION app.defer_it() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
                $$ BEGIN RETURN app.insert_later(); END $$;
            """
    /// The making of an index may defer nothing.
    private static let arm = "INSERT INTO app.armed VALUES (1)"
    private static let tenants =
        corpus + """
            SET ROLE :eve; CREATE TABLE app.tenants (id text PRIMARY KEY); INSERT INTO app.tenants VALUES ('acme');
            GRANT REFERENCES, SELECT ON app.tenants TO :victim;
            SET ROLE :victim; ALTER TABLE vault.embedding_statistics ADD FOREIGN KEY (tenant_id) REFERENCES app.tenants;
            SET ROLE :eve;
            """

    private static let objects = [
        Object(
            name: "a CHECK of a DEFAULT partition", sql: rest + "ALTER TABLE vault.rest ADD CHECK (app.check_it())",
            refusal: ("vault.rest belongs to :eve, and its constraint rest_check", "foreign_code")),
        Object(
            name: "a CHECK of a DEFAULT partition that runs a text",
            sql: rest + """
                CREATE FUNCTION app.words() RETURNS tsquery LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN 'a'; END $$;
                ALTER TABLE vault.rest ADD CHECK (ts_rewrite('a'::tsquery, 'SELECT app.words(), app.words()') IS NOT NULL)
                """,
            refusal: (
                "vault.rest belongs to :eve, and its constraint rest_check on table vault.rest calls function "
                    + "ts_rewrite(tsquery,text) of :eve",
                "foreign_code"
            )),
        Object(
            name: "a CHECK of a DEFAULT partition that reads a view by its name",
            sql: rest + """
                CREATE VIEW app.stolen AS SELECT app.steal();
                ALTER TABLE vault.rest ADD CHECK (table_to_xml('app.stolen', true, false, '') IS NOT NULL)
                """,
            refusal: ("its constraint rest_check on table vault.rest calls function table_to_xml", "foreign_code")),
        Object(
            name: "an operator of hers that runs a text",
            sql: rest + """
                CREATE FUNCTION app.words() RETURNS tsquery LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN 'a'; END $$;
                CREATE OPERATOR app.=== (FUNCTION = ts_rewrite, LEFTARG = tsquery, RIGHTARG = text);
                ALTER TABLE vault.rest ADD CHECK (
                    'a'::tsquery OPERATOR(app.===) 'SELECT app.words(), app.words()' IS NOT NULL)
                """,
            refusal: ("calls function ts_rewrite(tsquery,text) of :eve", "foreign_code")),
        Object(
            name: "functions of the server's own that run no text",
            sql: rest + """
                ALTER TABLE vault.rest ADD CHECK (random() >= 0 AND clock_timestamp() > '2020-01-01' AND length('a') = 1
                    AND pg_has_role(current_user, 'pg_monitor', 'MEMBER') IS NOT NULL AND to_regclass('app.none') IS NULL
                    AND has_table_privilege(tableoid, 'SELECT') IS NOT NULL AND tableoid <> 'pg_class'::regclass)
                """),
        Object(
            name: "a CHECK of a DEFAULT partition that computes a partition key",
            sql: rest + hashed
                + byNumber("ALTER TABLE vault.rest ADD CHECK (satisfies_hash_partition(%s::oid, 2, 0, 1) IS NOT NULL)"),
            refusal: (
                "its constraint rest_check on table vault.rest calls function satisfies_hash_partition", "foreign_code"
            )),
        Object(
            name: "an index of a table that is referred to, whose predicate computes a partition key",
            sql: referredTo + hashed
                + byNumber("CREATE INDEX ON app.things (state) WHERE satisfies_hash_partition(%s::oid, 2, 0, 1)"),
            refusal: (
                "its index app.things_state_idx calls function satisfies_hash_partition", "foreign_code"
            )),
        Object(
            name: "the partition key of a DEFAULT partition, which computes that of another table",
            sql: parent + "SET ROLE :eve;" + hashed
                + "RESET ROLE;"
                + byNumber(
                    """
                    CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT
                        PARTITION BY RANGE ((id + satisfies_hash_partition(%s::oid, 2, 0, 1)::integer))
                    """)
                + "GRANT USAGE, CREATE ON SCHEMA vault TO :eve; ALTER TABLE vault.rest OWNER TO :eve; SET ROLE :eve;",
            refusal: ("its table vault.rest calls function satisfies_hash_partition", "foreign_code")),
        Object(
            name: "a partition key above a table that is referred to",
            sql: "SET ROLE :eve;" + zero + """
                CREATE TABLE app.top (id integer) PARTITION BY RANGE ((id + app.zero()));
                CREATE TABLE app.things PARTITION OF app.top FOR VALUES FROM (0) TO (1000) PARTITION BY RANGE (id);
                CREATE TABLE app.few PARTITION OF app.things DEFAULT; ALTER TABLE app.things ADD PRIMARY KEY (id);
                """ + parent + referringToThings,
            refusal: ("its table app.top calls function app.zero() of :eve", "foreign_code")),
        Object(
            name: "an index of a table of hers above the owner's own, which is referred to",
            sql: ownBeneath + parent + referringToThings + "CREATE INDEX ON app.top (id) WHERE app.check_it();",
            refusal: (
                "app.things belongs to :victim, and its index app.things_id_idx calls function app.check_it()",
                "foreign_code"
            )),
        Object(
            name: "a table of hers without code above the owner's own, which is referred to",
            sql: ownBeneath + parent + referringToThings + "CREATE INDEX ON app.top (id) WHERE id > 0;"),
        Object(
            name: "an operator in a CHECK of a DEFAULT partition",
            sql: rest + """
                CREATE FUNCTION app.compare(integer, integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN RETURN app.check_it(); END $$;
                CREATE OPERATOR app.=== (FUNCTION = app.compare, LEFTARG = integer, RIGHTARG = integer);
                ALTER TABLE vault.rest ADD CHECK (1 OPERATOR(app.===) 1)
                """,
            refusal: ("operator app.===(integer,integer) of :eve", "foreign_code")),
        Object(
            name: "a CHECK of a partition of a DEFAULT partition",
            sql: parent + """
                SET ROLE :victim;
                CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT PARTITION BY LIST (id);
                CREATE TABLE vault.least PARTITION OF vault.rest DEFAULT; RESET ROLE;
                GRANT USAGE, CREATE ON SCHEMA vault TO :eve; ALTER TABLE vault.least OWNER TO :eve; SET ROLE :eve;
                ALTER TABLE vault.least ADD CHECK (app.check_it())
                """,
            refusal: ("vault.least belongs to :eve", "foreign_code")),
        Object(
            name: "a predicate of an index of a table that is referred to",
            sql: referredTo + "CREATE INDEX ON app.things (state) WHERE app.check_it()",
            refusal: (
                "app.things belongs to :eve, and its index app.things_state_idx calls function app.check_it() of :eve",
                "foreign_code"
            )),
        Object(
            name: "statistics by an expression of a table that is referred to",
            sql: referredTo + "CREATE STATISTICS app.s ON (app.check_it() AND id > 0), state FROM app.things",
            refusal: ("its statistics object app.s", "foreign_code")),
        Object(
            name: "a predicate of an index of a superuser's table that is referred to",
            sql: referredTo + """
                CREATE INDEX ON app.things (state) WHERE app.check_it(); RESET ROLE; ALTER TABLE app.things OWNER TO postgres;
                SET ROLE :eve;
                """,
            refusal: ("its index app.things_state_idx calls function app.check_it() of :eve", "foreign_code")),
        Object(
            name: "a policy that is forced upon the owners of a table that is referred to",
            sql: referredTo + """
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY p ON app.things USING (app.check_it());
                """,
            refusal: ("its policy p on table app.things calls function app.check_it() of :eve", "foreign_code")),
        Object(
            name: "such a policy that runs a text",
            sql: referredTo + """
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY p ON app.things
                    USING (query_to_xml('SELECT app.steal()', true, false, '') IS NOT NULL OR to_jsonb(id) = '0');
                """,
            refusal: ("its policy p on table app.things calls function query_to_xml", "foreign_code")),
        Object(
            name: "such a policy that runs a text by a function of an extension's",
            sql: referredTo + """
                RESET ROLE;
                CREATE FUNCTION public.crosstab(text) RETURNS bigint LANGUAGE plpgsql STABLE AS
                    $$ DECLARE n bigint; BEGIN EXECUTE $1 INTO n; RETURN n; END $$;
                SET ROLE :eve;
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY p ON app.things USING (public.crosstab('SELECT 1') > 0);
                """,
            refusal: ("its policy p on table app.things calls function public.crosstab(text) of :eve", "foreign_code")),
        Object(
            name: "such a policy that makes JSON, for which the server looks for a cast",
            sql: referredTo + """
                CREATE FUNCTION app.as_json(app.state) RETURNS json LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN '1'; END $$;
                CREATE CAST (app.state AS json) WITH FUNCTION app.as_json(app.state);
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                DO $$ BEGIN EXECUTE format('CREATE POLICY p ON app.things USING ((SELECT %s) IS NOT NULL)',
                    CASE WHEN current_setting('server_version_num')::integer >= 160000
                        THEN $j$JSON_OBJECT('a': 'open'::app.state)$j$ ELSE $j$jsonb_agg('open'::app.state)$j$ END);
                END $$;
                """,
            refusal: ("its policy p on table app.things calls function ", "foreign_code")),
        Object(
            name: "such a policy that reads JSON as a domain of hers",
            sql: referredTo + """
                CREATE DOMAIN app.dom AS text CHECK (app.check_it());
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                DO $$ BEGIN EXECUTE format('CREATE POLICY p ON app.things USING (%s IS NOT NULL)',
                    CASE WHEN current_setting('server_version_num')::integer >= 170000
                        THEN $j$JSON_VALUE('"a"', '$' RETURNING app.dom)$j$ ELSE $j$('"a"'::jsonb #>> '{}')::app.dom$j$ END);
                END $$;
                """,
            refusal: ("its policy p on table app.things calls ", "foreign_code")),
        Object(
            name: "a text with a value of hers, for which the server looks for a cast",
            sql: rest + """
                CREATE TYPE app.state AS ENUM ('open');
                CREATE FUNCTION app.as_text(app.state) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 'x'; END $$;
                CREATE CAST (app.state AS text) WITH FUNCTION app.as_text(app.state);
                ALTER TABLE vault.rest ADD CHECK ('a' || 'open'::app.state <> quote_literal('b'))
                """,
            refusal: (
                "its constraint rest_check on table vault.rest calls function app.as_text(app.state)", "foreign_code"
            )),
        Object(
            name: "statistics by a text with a value of hers",
            sql: referredTo + """
                CREATE FUNCTION app.as_text(app.state) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 'x'; END $$;
                CREATE CAST (app.state AS text) WITH FUNCTION app.as_text(app.state);
                CREATE STATISTICS app.s ON ('a' || 'open'::app.state || id), state FROM app.things
                """,
            refusal: ("its statistics object app.s calls function app.as_text(app.state)", "foreign_code")),
        Object(
            name: "a view that such a policy reads",
            sql: referredTo + """
                CREATE VIEW app.allowed AS SELECT app.check_it() AS allowed;
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY p ON app.things USING (EXISTS (SELECT FROM app.allowed AS a WHERE a.allowed));
                """,
            refusal: ("app.allowed belongs to :eve, and its ", "foreign_code")),
        Object(
            name: "a partition key above the partitioned table",
            sql: parent + """
                RESET ROLE; GRANT USAGE ON SCHEMA vault TO :eve; SET ROLE :eve;
                CREATE FUNCTION app.zero() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 0; END $$;
                CREATE TABLE app.top (id integer, at date NOT NULL) PARTITION BY RANGE ((id + app.zero()));
                RESET ROLE; ALTER TABLE vault.events OWNER TO postgres;
                ALTER TABLE app.top ATTACH PARTITION vault.events FOR VALUES FROM (0) TO (1000000);
                ALTER TABLE vault.events OWNER TO :victim; TRUNCATE app.loot; SET ROLE :eve;
                """,
            refusal: ("app.top belongs to :eve, and its partition key", "foreign_code")),
        Object(
            name: "names of the search_path beside a replica identity by an index of the parent",
            sql: parent + """
                SET ROLE :victim; ALTER TABLE vault.events ALTER id SET NOT NULL; CREATE UNIQUE INDEX ON vault.events (id, at);
                DO $$ DECLARE i regclass; t regclass; BEGIN
                    FOR i, t IN SELECT x.indexrelid, x.indrelid FROM pg_index AS x JOIN pg_inherits AS h ON h.inhrelid = x.indrelid
                    LOOP EXECUTE format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', t,
                        (SELECT c.relname FROM pg_class AS c WHERE c.oid = i)); END LOOP;
                END $$;
                RESET ROLE; GRANT CREATE, USAGE ON SCHEMA public TO :eve; SET ROLE :eve;
                CREATE FUNCTION public.oideq(a oid, b regclass) RETURNS boolean LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN a = b::oid; END $$;
                CREATE OPERATOR public.= (FUNCTION = public.oideq, LEFTARG = oid, RIGHTARG = regclass);
                CREATE FUNCTION public.format(a text, b regclass, c name) RETURNS text LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN pg_catalog.format(a, b, c); END $$;
                """),
        Object(
            name: "neighbours without code of their own",
            sql: referredTo + """
                CREATE INDEX ON app.things (id) WHERE state = 'open'; CREATE INDEX ON app.things (abs(id));
                \(fire) CREATE TRIGGER fire AFTER INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.fire();
                SET ROLE :victim; CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT; RESET ROLE;
                GRANT USAGE, CREATE ON SCHEMA vault TO :eve; ALTER TABLE vault.rest OWNER TO :eve; SET ROLE :eve;
                ALTER TABLE vault.rest ADD CHECK (id > 0); CREATE INDEX ON vault.rest (id) WHERE at > '2020-01-01'
                """),
        Object(
            name: "a literal of a domain in a policy of a sibling",
            sql: hostileSiblings + siblings("CREATE POLICY p ON %s USING ('{x}'::app.dom[] IS NOT NULL)"),
            refusal: ("uses type app.dom of :eve", "foreign_code")),
        Object(
            name: "a literal of a range over a domain in a policy of a sibling",
            sql: hostileSiblings + "CREATE TYPE app.span AS RANGE (SUBTYPE = app.dom);"
                + siblings("CREATE POLICY p ON %s FOR INSERT WITH CHECK ('[a,b]'::app.span IS NOT NULL)"),
            refusal: ("of :eve: its text, sent as :victim", "foreign_code")),
        Object(
            name: "a literal of the owner's own composite with a domain",
            sql: hostileSiblings + """
                SET ROLE :victim; CREATE TYPE vault.pair AS (x app.dom); GRANT USAGE ON TYPE vault.pair TO :eve; SET ROLE :eve;
                """ + siblings("CREATE POLICY p ON %s USING ('(x)'::vault.pair IS NOT NULL)"),
            refusal: ("uses type app.dom of :eve", "foreign_code")),
        Object(
            name: "an enum in a policy of a sibling, whose name may come to mean a domain",
            sql: hostileSiblings + "CREATE TYPE app.state AS ENUM ('open');"
                + siblings("CREATE POLICY p ON %s USING ('open'::app.state IS NOT NULL)"),
            refusal: ("uses type app.state of :eve", "foreign_code")),
        Object(
            name: "a type of the owner's in her schema, where she may put another in its place",
            sql: hostileSiblings + """
                RESET ROLE; CREATE TYPE app.state AS ENUM ('open'); ALTER TYPE app.state OWNER TO :victim; SET ROLE :eve;
                """ + siblings("CREATE POLICY p ON %s USING ('open'::app.state IS NOT NULL)"),
            refusal: ("uses type app.state in schema app of :eve", "foreign_code")),
        Object(
            name: "a condition of a trigger that she may put on partitions of the owner's",
            sql: parent + "GRANT USAGE ON SCHEMA vault TO :eve;" + siblings("GRANT TRIGGER ON %s TO :eve") + """
                SET ROLE :eve; CREATE DOMAIN app.dom AS text CHECK (app.check_it()); \(fire)
                """
                + siblings(
                    """
                    CREATE TRIGGER t BEFORE INSERT ON %s FOR EACH ROW WHEN ('{x}'::app.dom[] IS NOT NULL)
                    EXECUTE FUNCTION app.fire()
                    """),
            refusal: ("uses type app.dom of :eve", "foreign_code")),
        Object(
            name: "a sibling's trigger and policy without anything of hers but the trigger's function",
            sql: parent + "GRANT USAGE ON SCHEMA vault TO :eve;" + siblings("GRANT TRIGGER ON %s TO :eve")
                + "SET ROLE :eve; \(fire)"
                + siblings(
                    "CREATE TRIGGER t BEFORE INSERT ON %s FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION app.fire()")
                + "SET ROLE :victim;" + siblings("CREATE POLICY p ON %s USING (id > 0 AND at > '2020-01-01'::date)")),
        Object(
            name: "a foreign partition, whose server cannot be reached",
            sql: parent + """
                CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
                CREATE FOREIGN TABLE vault.far PARTITION OF vault.events FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')
                    SERVER nowhere;
                CREATE FOREIGN TABLE vault.rest PARTITION OF vault.events DEFAULT SERVER nowhere;
                ALTER TABLE vault.far OWNER TO :victim; ALTER TABLE vault.rest OWNER TO :victim
                """),
        Object(
            name: "a partition of the figures with a trigger",
            sql: corpus + """
                ALTER TABLE vault.figures OWNER TO :eve; SET ROLE :eve; \(fire)
                CREATE TRIGGER fire AFTER INSERT ON vault.figures FOR EACH ROW EXECUTE FUNCTION app.fire()
                """,
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a partition of the documents with a predicate of an index",
            sql: corpus + """
                ALTER TABLE vault.documents OWNER TO :eve; SET ROLE :eve;
                CREATE INDEX ON vault.documents (id) WHERE app.check_it()
                """,
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a function of another's",
            sql: corpus + "ALTER FUNCTION vault.update_embedding_statistics(text) OWNER TO :eve",
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a trigger of a table to which the figures cascade",
            sql: corpus + notes + fire
                + "CREATE TRIGGER fire AFTER DELETE ON app.notes FOR EACH ROW EXECUTE FUNCTION app.fire()",
            refusal: ("app.notes belongs to :eve, and its trigger fire on table app.notes", "foreign_code")),
        Object(
            name:
                "a trigger of a table to which the figures cascade, with a function of a superuser's that looks up in a view",
            sql: corpus + """
                CREATE FUNCTION public.look_up() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN EXECUTE format('SELECT k FROM %s', TG_ARGV[0]); RETURN NEW; END $$;
                SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve;
                CREATE FUNCTION app.found() RETURNS text LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN '1'; END $$;
                CREATE VIEW app.stolen AS SELECT app.found() AS k; GRANT SELECT ON app.stolen TO PUBLIC;
                CREATE TABLE app.notes (tenant_id text REFERENCES vault.embedding_statistics ON DELETE SET NULL, one text);
                INSERT INTO app.notes VALUES ('acme', '1');
                CREATE TRIGGER fire AFTER UPDATE ON app.notes FOR EACH ROW
                    EXECUTE FUNCTION public.look_up('app.stolen');
                """,
            refusal: (
                "its trigger fire on table app.notes calls function public.look_up() of :eve", "foreign_code"
            )),
        Object(
            name: "a trigger of the server's own that only writes words, of a table to which the figures cascade",
            sql: corpus + notes + """
                ALTER TABLE app.notes ADD words tsvector;
                CREATE TRIGGER words BEFORE INSERT OR UPDATE ON app.notes FOR EACH ROW
                    EXECUTE FUNCTION tsvector_update_trigger('words', 'pg_catalog.simple', 'tenant_id');
                """),
        Object(name: "a table without code, to which the figures cascade", sql: corpus + notes),
        Object(
            name: "a trigger of another's on the figures",
            sql: corpus + """
                GRANT TRIGGER ON vault.embedding_statistics, vault.figures TO :eve; SET ROLE :eve; \(fire) \(fireOnFigures)
                """,
            refusal: (
                "vault.embedding_statistics belongs to :victim, and its trigger fire on table vault.embedding_statistics "
                    + "calls function app.fire() of :eve",
                "foreign_code"
            )),
        Object(
            name: "a condition of a trigger on a partition of the figures",
            sql: corpus + """
                SET ROLE :victim; CREATE FUNCTION vault.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                GRANT TRIGGER ON vault.figures TO :eve; SET ROLE :eve;
                CREATE TRIGGER fire BEFORE INSERT ON vault.figures FOR EACH ROW WHEN (app.check_it())
                    EXECUTE FUNCTION vault.nothing()
                """,
            refusal: ("its trigger fire on table vault.figures calls function app.check_it() of :eve", "foreign_code")),
        Object(
            name: "a trigger of the owner's own on the figures",
            sql: corpus + """
                SET ROLE :victim; CREATE FUNCTION vault.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER nothing BEFORE INSERT ON vault.embedding_statistics FOR EACH ROW
                    WHEN (to_jsonb(NEW) IS NOT NULL AND pg_trigger_depth() < 9) EXECUTE FUNCTION vault.nothing()
                """),
        Object(
            name: "a CHECK that casts to JSON, of a table to which the figures cascade",
            sql: corpus + """
                SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve; \(later)
                CREATE TYPE app.state AS ENUM ('open');
                CREATE FUNCTION app.as_json(app.state) RETURNS json LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.insert_later(); RETURN '1'; END $$;
                CREATE CAST (app.state AS json) WITH FUNCTION app.as_json(app.state);
                CREATE TABLE app.notes (
                    tenant_id text REFERENCES vault.embedding_statistics ON DELETE SET NULL,
                    state app.state DEFAULT 'open', CHECK (to_json(state) IS NOT NULL));
                INSERT INTO app.notes VALUES ('acme'); \(arm)
                """,
            refusal: ("its constraint notes_state_check on table app.notes calls function to_json", "foreign_code")),
        Object(
            name: "what a GiST index computes of a table to which the figures cascade",
            sql: corpus + """
                SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve; \(later)
                CREATE FUNCTION app.diff(integer, integer) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.defer_it(); RETURN $1 - $2; END $$;
                CREATE TYPE app.span AS RANGE (SUBTYPE = integer, SUBTYPE_DIFF = app.diff);
                CREATE TABLE app.notes (
                    tenant_id text REFERENCES vault.embedding_statistics ON DELETE SET NULL, span app.span);
                CREATE INDEX ON app.notes USING gist (span);
                INSERT INTO app.notes SELECT 'acme', app.span(i, i + 10) FROM generate_series(1, 2000) AS i; \(arm)
                """,
            refusal: (
                "app.notes belongs to :eve, and its table app.notes calls function app.diff(integer,integer) of :eve",
                "foreign_code"
            )),
        Object(
            name: "a rule of a table to which the figures cascade",
            sql: corpus + notes + later + """
                CREATE RULE r AS ON DELETE TO app.notes DO ALSO INSERT INTO app.later VALUES (1)
                """,
            refusal: ("app.later belongs to :eve, and its trigger later on table app.later", "foreign_code")),
        Object(
            name: "a CHECK that runs a text, of a table to which the figures cascade",
            sql: corpus + """
                SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve; \(later)
                CREATE TABLE app.notes (
                    tenant_id text DEFAULT 'none' REFERENCES vault.embedding_statistics ON DELETE SET NULL,
                    CHECK (tenant_id IS NOT NULL OR query_to_xml('SELECT app.defer_it()', true, false, '') IS NOT NULL));
                INSERT INTO app.notes VALUES ('acme'); \(arm)
                """,
            refusal: (
                "its constraint notes_tenant_id_check on table app.notes calls function query_to_xml", "foreign_code"
            )),
        Object(
            name:
                "a CHECK that reads a value of a type that it finds by its number, of a table to which the figures cascade",
            sql: corpus + """
                SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve; \(later)
                CREATE DOMAIN app.dom AS integer CHECK (app.insert_later()); CREATE TYPE app.pair AS (x app.dom);
                CREATE TABLE app.notes (tenant_id text REFERENCES vault.embedding_statistics ON DELETE SET NULL);
                INSERT INTO app.notes VALUES ('acme'); \(arm);
                """
                + byNumber(
                    "ALTER TABLE app.notes ADD CHECK (record_in('(1)'::cstring, %s::oid, -1) IS NOT NULL) NOT VALID",
                    of: "'app.pair'::regtype"),
            refusal: ("its constraint notes_check on table app.notes calls function record_in", "foreign_code")),
        Object(
            name: "functions of the server's own that only look up, of a table to which the figures cascade",
            sql: corpus + notes + """
                CREATE SEQUENCE app.numbers;
                ALTER TABLE app.notes ADD number bigint DEFAULT nextval('app.numbers'), ADD at timestamptz DEFAULT now(),
                    ADD words tsvector GENERATED ALWAYS AS (to_tsvector('simple', tenant_id)) STORED,
                    ADD CHECK (pg_get_userbyid(tableoid) IS NOT NULL AND txid_current() > 0);
                ALTER TABLE app.notes ADD kind oid DEFAULT 1; CREATE INDEX ON app.notes (kind) WHERE kind::bigint > 0;
                CREATE INDEX ON app.notes USING gin (words);
                ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY;
                CREATE POLICY p ON app.notes USING (pg_has_role(':eve', 'MEMBER') AND row_security_active(tableoid)
                    AND current_setting('app.tenant', true) IS DISTINCT FROM format_type('text'::regtype, NULL));
                """),
        Object(
            name: "a predicate of an index of a table that the figures refer to",
            sql: tenants + later + "CREATE INDEX ON app.tenants (id) WHERE app.defer_it(); \(arm)",
            refusal: (
                "app.tenants belongs to :eve, and its index app.tenants_id_idx calls function app.defer_it() of :eve",
                "foreign_code"
            )),
        Object(name: "a table without code, to which the figures refer", sql: tenants),
        Object(
            name: "a superuser's partition key that calls code of hers, above a table that the figures refer to",
            sql: corpus + """
                SET ROLE :eve; \(later)
                CREATE FUNCTION app.key(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.defer_it(); RETURN 'x'; END $$;
                CREATE TABLE app.top (id text) PARTITION BY LIST (app.key(id));
                CREATE TABLE app.mid PARTITION OF app.top FOR VALUES IN ('x') PARTITION BY LIST (id);
                CREATE TABLE app.tenants PARTITION OF app.mid DEFAULT; ALTER TABLE app.mid ADD PRIMARY KEY (id);
                INSERT INTO app.tenants VALUES ('acme'); GRANT REFERENCES, SELECT ON app.mid TO :victim;
                RESET ROLE; ALTER TABLE app.top OWNER TO postgres;
                SET ROLE :victim; ALTER TABLE vault.embedding_statistics ADD FOREIGN KEY (tenant_id) REFERENCES app.mid;
                SET ROLE :eve; \(arm)
                """,
            refusal: ("its table app.top calls function app.key(text) of :eve", "foreign_code")),
        Object(
            name: "an index of a table of hers above the owner's own, to which the figures refer",
            sql: corpus + """
                SET ROLE :eve; \(later) CREATE TABLE app.top (id text) PARTITION BY LIST (id);
                GRANT ALL ON app.later, app.armed TO PUBLIC; RESET ROLE; GRANT CREATE ON SCHEMA app TO :victim; CREATE TABLE app.tenants PARTITION OF app.top DEFAULT;
                ALTER TABLE app.tenants OWNER TO :victim; SET ROLE :victim; ALTER TABLE app.tenants ADD PRIMARY KEY (id);
                INSERT INTO app.tenants VALUES ('acme');
                ALTER TABLE vault.embedding_statistics ADD FOREIGN KEY (tenant_id) REFERENCES app.tenants; SET ROLE :eve;
                CREATE INDEX ON app.top (id) WHERE app.defer_it(); \(arm)
                """,
            refusal: ("app.tenants belongs to :victim, and its index app.tenants_id_idx", "foreign_code")),
        Object(
            name: "a predicate of an index of a table that refers to the figures",
            sql: corpus + """
                GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve; \(later)
                CREATE TABLE app.notes (tenant_id text REFERENCES vault.embedding_statistics ON DELETE RESTRICT);
                CREATE INDEX ON app.notes (tenant_id) WHERE app.defer_it(); \(arm)
                """,
            refusal: ("app.notes belongs to :eve, and its index app.notes_tenant_id_idx", "foreign_code")),
        Object(
            name: "a cast by which keys of the figures are compared",
            sql: corpus + """
                SET ROLE :eve; \(later) CREATE TYPE app.label AS ENUM ('other'); CREATE TABLE app.labels (id integer PRIMARY KEY);
                INSERT INTO app.labels VALUES (1); GRANT REFERENCES, SELECT ON app.labels TO :victim;
                CREATE FUNCTION app.as_number(label app.label) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.insert_later(); RETURN 1; END $$;
                CREATE CAST (app.label AS integer) WITH FUNCTION app.as_number(app.label) AS IMPLICIT;
                SET ROLE :victim;
                ALTER TABLE vault.embedding_statistics ADD label app.label DEFAULT 'other' REFERENCES app.labels;
                SET ROLE :eve; \(arm)
                """,
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "a cast by which keys of the owner's own tables are compared",
            sql: corpus + """
                SET ROLE :eve; \(later) CREATE TYPE app.label AS ENUM ('other');
                CREATE FUNCTION app.as_number(label app.label) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 1; END $$;
                CREATE CAST (app.label AS integer) WITH FUNCTION app.as_number(app.label) AS IMPLICIT;
                SET ROLE :victim; CREATE TABLE vault.labels (id integer PRIMARY KEY); INSERT INTO vault.labels VALUES (1);
                ALTER TABLE vault.embedding_statistics ADD label app.label DEFAULT 'other' REFERENCES vault.labels;
                SET ROLE :eve; \(arm)
                """,
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "an explicit cast of a type by which keys are compared",
            sql: keyed(by: "app.label"),
            refusal: (
                "events_label_fkey on table vault.events calls function app.as_number(app.label) of :eve",
                "foreign_code"
            )),
        Object(
            name: "such a cast of what domains of the owner's own are made of",
            sql: keyed(
                by: "vault.outer_label",
                after: "CREATE DOMAIN vault.label AS app.label; CREATE DOMAIN vault.outer_label AS vault.label;"),
            refusal: (
                "events_label_fkey on table vault.events calls function app.as_number(app.label) of :eve",
                "foreign_code"
            )),
        Object(
            name: "a type of the owner's own, of which her function is the cast",
            sql:
                "GRANT USAGE ON SCHEMA vault TO :eve; SET ROLE :victim; CREATE TYPE vault.label AS ENUM ('a'); SET ROLE :eve;"
                + zero + """
                    CREATE FUNCTION app.as_number(vault.label) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT app.zero()';
                    SET ROLE :victim; CREATE CAST (vault.label AS integer) WITH FUNCTION app.as_number(vault.label) AS IMPLICIT;
                    CREATE TABLE vault.things (id integer PRIMARY KEY);
                    """ + parent + """
                    SET ROLE :victim; ALTER TABLE vault.events ADD label vault.label REFERENCES vault.things; SET ROLE :eve;
                    """,
            refusal: (
                "events_label_fkey on table vault.events calls function app.as_number(vault.label) of :eve",
                "foreign_code"
            )),
        Object(
            name: "a type of the owner's own by which keys are compared, and that of an extension",
            sql: parent + """
                CREATE EXTENSION citext SCHEMA public; SET ROLE :victim; CREATE TYPE vault.label AS ENUM ('a');
                CREATE TABLE vault.labels (id vault.label, name public.citext, PRIMARY KEY (id, name));
                ALTER TABLE vault.events ADD label vault.label, ADD name public.citext,
                    ADD FOREIGN KEY (label, name) REFERENCES vault.labels;
                RESET ROLE;
                """),
        Object(
            name: "a table of the owner's own with a key of her type, which refers to the figures",
            sql: corpus + """
                SET ROLE :eve; CREATE TYPE app.label AS ENUM ('a'); \(zero)
                CREATE FUNCTION app.as_number(app.label) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT app.zero()';
                CREATE CAST (app.label AS integer) WITH FUNCTION app.as_number(app.label) AS IMPLICIT;
                SET ROLE :victim; ALTER TABLE vault.embedding_statistics ADD n integer DEFAULT 0, ADD UNIQUE (tenant_id, n);
                INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                CREATE TABLE vault.notes (tenant_id text, label app.label,
                    FOREIGN KEY (tenant_id, label) REFERENCES vault.embedding_statistics (tenant_id, n));
                SET ROLE :eve; DROP CAST (app.label AS integer);
                CREATE CAST (app.label AS integer) WITH FUNCTION app.as_number(app.label);
                """,
            refusal: ("on table vault.notes calls function app.as_number(app.label) of :eve", "foreign_code")),
        Object(
            name: "a domain of hers as the argument of the function",
            sql: argument(of: "app.tenant"), refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "such a domain beneath one of the owner's own",
            sql: argument(of: "vault.tenant", after: "CREATE DOMAIN vault.tenant AS app.tenant;"),
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a domain of the owner's own as the argument of the function",
            sql: corpus + """
                SET ROLE :victim; DROP FUNCTION vault.update_embedding_statistics;
                CREATE DOMAIN vault.tenant AS text CHECK (VALUE <> '');
                \(updating("vault.tenant")) SET ROLE :eve;
                """),
        Object(
            name: "what a former owner has left on the owner's own table, which is referred to",
            sql: referredTo + """
                CREATE INDEX ON app.things (state) WHERE app.check_it();
                RESET ROLE; ALTER TABLE app.things OWNER TO :victim; SET ROLE :eve;
                """,
            refusal: (
                "app.things belongs to :victim, and its index app.things_state_idx calls function app.check_it() of :eve",
                "foreign_code"
            )),
        Object(
            name: "a policy that a former owner has left on such a table, which binds the owner too",
            sql: referredTo + """
                CREATE POLICY theirs ON app.things USING (app.check_it());
                ALTER TABLE app.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                RESET ROLE; ALTER TABLE app.things OWNER TO :victim; SET ROLE :eve;
                """,
            refusal: (
                "app.things belongs to :victim, and its policy theirs on table app.things calls function app.check_it() of "
                    + ":eve", "foreign_code"
            )),
        Object(
            name: "an index that a former parent has left on the owner's own table, to which the figures refer",
            sql: corpus + """
                SET ROLE :eve; CREATE TABLE app.top (id text) PARTITION BY LIST (id);
                RESET ROLE; GRANT CREATE ON SCHEMA app TO :victim; CREATE TABLE app.tenants PARTITION OF app.top DEFAULT;
                ALTER TABLE app.tenants OWNER TO :victim; SET ROLE :victim; ALTER TABLE app.tenants ADD PRIMARY KEY (id);
                INSERT INTO app.tenants VALUES ('acme');
                ALTER TABLE vault.embedding_statistics ADD FOREIGN KEY (tenant_id) REFERENCES app.tenants; SET ROLE :eve;
                CREATE INDEX ON app.top (id) WHERE app.check_it(); ALTER TABLE app.top DETACH PARTITION app.tenants;
                """,
            refusal: ("app.tenants belongs to :victim, and its index app.tenants_id_idx", "foreign_code")),
        Object(
            name: "what a former owner has left on the documents",
            sql: corpus + """
                ALTER TABLE vault.documents OWNER TO :eve; SET ROLE :eve;
                CREATE INDEX ON vault.documents (id) WHERE app.check_it();
                RESET ROLE; ALTER TABLE vault.documents OWNER TO :victim; SET ROLE :eve;
                """,
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "what a former owner has left on the figures",
            sql: corpus + """
                ALTER TABLE vault.figures OWNER TO :eve; SET ROLE :eve;
                ALTER TABLE vault.figures ADD CHECK (app.check_it());
                RESET ROLE; ALTER TABLE vault.figures OWNER TO :victim; SET ROLE :eve;
                """,
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a rule that a former owner has left on the figures",
            sql: leftBehind(
                """
                CREATE RULE later AS ON INSERT TO vault.embedding_statistics DO ALSO SELECT app.check_it();
                """),
            refusal: (
                "its rule later on table vault.embedding_statistics calls function app.check_it() of :eve",
                "foreign_code"
            )),
        Object(
            name: "such a rule that writes into a table of hers",
            sql: leftBehind(
                """
                CREATE TABLE app.log (tenant_id text); GRANT INSERT ON app.log TO :victim; \(fire)
                CREATE TRIGGER fire AFTER INSERT ON app.log FOR EACH ROW EXECUTE FUNCTION app.fire();
                CREATE RULE later AS ON INSERT TO vault.embedding_statistics
                    DO ALSO INSERT INTO app.log VALUES (NEW.tenant_id);
                """),
            refusal: (
                "app.log belongs to :eve, and its trigger fire on table app.log calls function app.fire() of :eve",
                "foreign_code"
            )),
        Object(
            name: "a policy that a former owner has left on the figures, which binds the owner too",
            sql: leftBehind(
                """
                CREATE POLICY theirs ON vault.embedding_statistics USING (app.check_it()) WITH CHECK (app.check_it());
                ALTER TABLE vault.embedding_statistics ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                """),
            refusal: ("row-level security", "unreadable")),
        Object(
            name: "a policy that she has left, which does not bind the owner, and a rule of the owner's own",
            sql: leftBehind(
                """
                CREATE POLICY theirs ON vault.embedding_statistics USING (app.check_it()) WITH CHECK (app.check_it());
                ALTER TABLE vault.embedding_statistics ENABLE ROW LEVEL SECURITY;
                """) + """
                    RESET ROLE; SET ROLE :victim; CREATE TABLE vault.log (tenant_id text, id text DEFAULT vault.name());
                    CREATE RULE log AS ON INSERT TO vault.embedding_statistics
                        DO ALSO INSERT INTO vault.log (tenant_id) VALUES (vault.name());
                    RESET ROLE;
                    """),
        Object(
            name: "expressions of the owner's own tables with functions of his, of the server's and of an extension's",
            sql: corpus + """
                CREATE EXTENSION citext SCHEMA public; SET ROLE :victim;
                CREATE FUNCTION vault.is_good(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
                CREATE INDEX ON vault.documents ((lower(tenant_id::public.citext))) WHERE vault.is_good(tenant_id);
                ALTER TABLE vault.figures ADD CHECK (
                    vault.is_good(tenant_id) AND to_jsonb(tenant_id) IS NOT NULL
                    AND ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, ''b''::tsquery') IS NOT NULL);
                RESET ROLE;
                """),
        Object(
            name: "a condition of a trigger that runs a text",
            sql: corpus + """
                SET ROLE :victim; GRANT TRIGGER ON vault.figures TO :eve; SET ROLE :eve;
                CREATE FUNCTION app.words() RETURNS tsquery LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN 'a'; END $$;
                CREATE TRIGGER fire BEFORE INSERT ON vault.figures FOR EACH ROW
                    WHEN (ts_rewrite('a'::tsquery, 'SELECT app.words(), app.words()') IS NOT NULL)
                    EXECUTE FUNCTION suppress_redundant_updates_trigger()
                """,
            refusal: (
                "its trigger fire on table vault.figures calls function suppress_redundant_updates_trigger() of :eve",
                "foreign_code"
            )),
        Object(
            name: "such a condition of somebody's who had TRIGGER once",
            sql: corpus + """
                SET ROLE :victim; GRANT TRIGGER ON vault.figures TO :eve; SET ROLE :eve;
                CREATE FUNCTION app.words() RETURNS tsquery LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN 'a'; END $$;
                CREATE TRIGGER fire BEFORE INSERT ON vault.figures FOR EACH ROW
                    WHEN (ts_rewrite('a'::tsquery, 'SELECT app.words(), app.words()') IS NOT NULL)
                    EXECUTE FUNCTION suppress_redundant_updates_trigger();
                SET ROLE :victim; REVOKE TRIGGER ON vault.figures FROM :eve;
                """,
            refusal: (
                "its trigger fire on table vault.figures calls function ts_rewrite(tsquery,text) of whoever has or had "
                    + "TRIGGER",
                "foreign_code"
            )),
        Object(
            name: "a cast in a condition of somebody's who had TRIGGER once",
            sql: corpus + """
                SET ROLE :victim; GRANT TRIGGER ON vault.figures TO :eve; SET ROLE :eve; CREATE TYPE app.state AS ENUM ('open');
                CREATE FUNCTION app.as_json(app.state) RETURNS json LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.steal(); RETURN '1'; END $$;
                CREATE CAST (app.state AS json) WITH FUNCTION app.as_json(app.state);
                CREATE TRIGGER fire BEFORE INSERT ON vault.figures FOR EACH ROW
                    WHEN (to_json('open'::app.state) IS NOT NULL) EXECUTE FUNCTION suppress_redundant_updates_trigger();
                SET ROLE :victim; REVOKE TRIGGER ON vault.figures FROM :eve;
                """,
            refusal: (
                "its trigger fire on table vault.figures calls function app.as_json(app.state) of :eve", "foreign_code"
            )),
        Object(
            name: "a table above the figures",
            sql: corpus + """
                RESET ROLE; CREATE SCHEMA aloft AUTHORIZATION :eve; GRANT USAGE ON SCHEMA aloft TO :victim; SET ROLE :eve;
                CREATE FUNCTION app.key(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 'x'; END $$;
                CREATE TABLE aloft.top (tenant_id text NOT NULL, total_documents bigint, avg_document_length numeric,
                    term_document_frequencies jsonb, last_updated timestamptz) PARTITION BY LIST (app.key(tenant_id));
                RESET ROLE; ALTER TABLE aloft.top ATTACH PARTITION vault.embedding_statistics FOR VALUES IN ('x');
                TRUNCATE app.loot; SET ROLE :eve;
                """,
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a superuser's partition key that calls code of hers, above the figures",
            sql: corpus + """
                SET ROLE :eve;
                CREATE FUNCTION app.key(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 'x'; END $$;
                RESET ROLE;
                CREATE TABLE public.top (tenant_id text NOT NULL, total_documents bigint, avg_document_length numeric,
                    term_document_frequencies jsonb, last_updated timestamptz) PARTITION BY LIST (app.key(tenant_id));
                ALTER TABLE public.top ATTACH PARTITION vault.embedding_statistics FOR VALUES IN ('x');
                """,
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "a column of the figures of a domain of hers",
            sql: corpus + """
                SET ROLE :eve; CREATE DOMAIN app.moment AS timestamptz; SET ROLE :victim;
                ALTER TABLE vault.embedding_statistics ADD checked app.moment DEFAULT now(); SET ROLE :eve;
                ALTER DOMAIN app.moment ADD CHECK (app.check_it()) NOT VALID;
                """,
            refusal: ("belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "an enum of another owner's as the tenant, which casts of hers turn into text",
            sql: corpus + """
                SET ROLE :eve; CREATE TYPE app.kind AS ENUM ('acme', 'other'); RESET ROLE;
                DROP TABLE vault.embeddings; SET ROLE :victim;
                CREATE TABLE vault.embeddings (id integer, tenant_id app.kind, content_tsvector tsvector);
                INSERT INTO vault.embeddings VALUES (1, 'acme', 'a:1 b:2'); SET ROLE :eve;
                CREATE FUNCTION app.text_of(app.kind) RETURNS text LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 'acme'; END $$;
                CREATE CAST (app.kind AS text) WITH FUNCTION app.text_of(app.kind);
                """,
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "a column of the figures of another owner's type, which casts of hers turn into JSON",
            sql: corpus + """
                SET ROLE :eve; CREATE TYPE app.kind AS ENUM ('a'); SET ROLE :victim;
                ALTER TABLE vault.embedding_statistics ADD kind app.kind DEFAULT 'a';
                CREATE FUNCTION vault.audit() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM to_jsonb(NEW); RETURN NEW; END $$;
                CREATE TRIGGER audit AFTER INSERT OR UPDATE ON vault.figures FOR EACH ROW EXECUTE FUNCTION vault.audit();
                SET ROLE :eve;
                CREATE FUNCTION app.json_of(app.kind) RETURNS json LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM app.check_it(); RETURN '1'; END $$;
                CREATE CAST (app.kind AS json) WITH FUNCTION app.json_of(app.kind);
                """,
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "an array over a domain in the condition of a trigger",
            sql: corpus + """
                SET ROLE :victim; CREATE FUNCTION vault.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                GRANT TRIGGER ON vault.figures TO :eve; SET ROLE :eve; CREATE DOMAIN app.dom AS text CHECK (app.check_it());
                CREATE TRIGGER fire BEFORE INSERT ON vault.figures FOR EACH ROW
                    WHEN (ARRAY[NEW.tenant_id]::app.dom[] IS NOT NULL) EXECUTE FUNCTION vault.nothing()
                """,
            refusal: ("its trigger fire on table vault.figures calls ", "foreign_code")),
        Object(
            name: "a tenant of a superuser's type in a schema of hers, which goes by its name",
            sql: """
                CREATE DOMAIN app.tenant AS text; GRANT USAGE ON TYPE app.tenant TO :victim;
                """
                    + corpus.replacing("tenant_id text, content", with: "tenant_id app.tenant, content"),
            refusal: ("the schemas of these belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a tenant of a superuser's type in schema public of her database",
            sql: """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO :eve', current_database()); END $$;
                CREATE DOMAIN public.tenant AS text;
                """
                    + corpus.replacing("tenant_id text, content", with: "tenant_id public.tenant, content"),
            refusal: ("the schemas of these belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a tenant of the owner's type with a cast that calls her function",
            sql: """
                SET check_function_bodies = off; GRANT CREATE, USAGE ON SCHEMA vault TO :eve;
                SET ROLE :eve; CREATE TYPE vault.kind AS ENUM ('acme');
                CREATE FUNCTION app.text_of(vault.kind) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN 'acme'; END $$;
                CREATE CAST (vault.kind AS text) WITH FUNCTION app.text_of(vault.kind) AS ASSIGNMENT;
                RESET ROLE; ALTER TYPE vault.kind OWNER TO :victim;
                """
                    + corpus.replacing("tenant_id text, content", with: "tenant_id vault.kind, content"),
            refusal: ("the schemas of these belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a partition key above the documents that calls her function",
            sql: corpus + """
                SET ROLE :eve; CREATE FUNCTION app.keyed(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM app.check_it(); RETURN $1; END $$;
                SET ROLE :victim;
                CREATE TABLE vault.top (LIKE vault.embeddings) PARTITION BY LIST ((app.keyed(tenant_id) || app.keyed('x')));
                ALTER TABLE vault.top ATTACH PARTITION vault.embeddings DEFAULT
                """,
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "an argument of the owner's domain with a CHECK that calls her function",
            sql: corpus + """
                SET ROLE :eve; CREATE DOMAIN vault.tenant AS text CHECK (app.check_it());
                RESET ROLE; ALTER DOMAIN vault.tenant OWNER TO :victim;
                SET ROLE :victim; DROP FUNCTION vault.update_embedding_statistics;
                """ + updating("vault.tenant"),
            refusal: ("the schemas of these belong to several roles (:eve, :victim)", "no_one_owner")),
        Object(
            name: "a default of the figures that she has left, which looks for a cast of her type",
            sql: "SET ROLE :eve; CREATE TYPE app.kind AS ENUM ('a');"
                + "CREATE FUNCTION app.json_of(app.kind) RETURNS json LANGUAGE plpgsql IMMUTABLE AS "
                + "$$ BEGIN PERFORM app.check_it(); RETURN '1'; END $$;"
                + "CREATE CAST (app.kind AS json) WITH FUNCTION app.json_of(app.kind);"
                + leftBehind(
                    "ALTER TABLE ONLY vault.embedding_statistics ALTER last_updated SET DEFAULT to_json('a'::app.kind)::text::timestamptz;"
                ),
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "a partition key of the documents that calls her function",
            sql: "CREATE FUNCTION app.keyed(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS "
                + "$$ BEGIN PERFORM app.check_it(); RETURN $1; END $$; ALTER FUNCTION app.keyed(text) OWNER TO :eve;"
                + corpus.replacing(
                    "tsvector) PARTITION BY LIST (tenant_id)",
                    with: "tsvector) PARTITION BY LIST (app.keyed(tenant_id))"),
            refusal: ("vault.embedding_statistics", "no_one_owner")),
        Object(
            name: "the condition of a trigger that she had put on what the figures are a partition of by now",
            sql: above("ALTER TABLE vault.top OWNER TO :eve", after: "ALTER TABLE vault.top OWNER TO :victim"),
            refusal: ("its trigger fire on table vault.top calls function app.check_it()", "foreign_code")),
        Object(
            name: "TRIGGER on what the figures are a partition of, with a text in a condition",
            sql: above(
                "GRANT TRIGGER ON vault.top TO :eve", condition: "query_to_xml('SELECT 1', true, true, '') IS NOT NULL"),
            refusal: ("its trigger fire on table vault.embedding_statistics calls function", "foreign_code")),
        Object(
            name: "arguments of a trigger for a function of the owner's that does what they say",
            sql: corpus + """
                SET ROLE :victim; CREATE FUNCTION vault.say() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN EXECUTE ''SELECT '' || TG_ARGV[0]; RETURN NEW; END';
                GRANT TRIGGER ON vault.figures TO :eve; SET ROLE :eve;
                CREATE TRIGGER fire BEFORE INSERT ON vault.figures FOR EACH ROW EXECUTE FUNCTION vault.say('app.check_it()')
                """,
            refusal: ("its trigger fire on table vault.figures calls function vault.say() of :eve", "foreign_code")),
        Object(
            name: "a rule of the figures that runs a text, and that she has left",
            sql: leftBehind(
                "CREATE RULE r AS ON INSERT TO vault.embedding_statistics DO ALSO "
                    + "SELECT query_to_xml('SELECT app.check_it()', true, true, '');"),
            refusal: ("its rule r on table vault.embedding_statistics calls function query_to_xml", "foreign_code")),
        Object(
            name: "a foreign partition of the documents",
            sql: corpus + """
                CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
                CREATE FOREIGN TABLE vault.far PARTITION OF vault.embeddings FOR VALUES IN ('far') SERVER nowhere
                """,
            refusal: ("vault.far is a foreign table", "no_table")),
        Object(
            name:
                "a schema of another owner's, who may put other tables in the place of the table and its DEFAULT partition",
            sql: parent + """
                SET ROLE :victim; CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT; RESET ROLE;
                ALTER SCHEMA vault OWNER TO :eve; GRANT USAGE, CREATE ON SCHEMA vault TO :victim;
                """,
            refusal: ("schema vault belongs to :eve, who could put other tables", "no_one_owner")),
        Object(
            name: "a schema of another owner's, who may put a table of hers in the place of the figures",
            sql: corpus + "ALTER SCHEMA vault OWNER TO :eve; GRANT USAGE, CREATE ON SCHEMA vault TO :victim;",
            refusal: ("the schemas of these belong to several roles (:eve, :victim)", "no_one_owner")),
    ]

    @Test(arguments: HostileOwner.Attempt.inTurns(objects))
    func runNoCodeWithTheRightsOfTheOwner(_ attempt: HostileOwner.Attempt<Object>) async throws {
        try await HostileOwner.with(attempt.version, attempt.way) { owner in
            if let needs = attempt.subject.needs {
                let isThere = try await owner.psql(
                    "SELECT count(*) FROM pg_available_extensions WHERE name = '\(needs)'")
                guard isThere == "1" else { return }
            }
            try await owner.psql(attempt.subject.sql)
            // The work of the setup is nothing of ours.
            try await owner.psql("TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")

            let plan = try await owner.pgtend("plan", "--json")
            // It lists the tenants; of partitions it reads what a plan does.
            let isCorpus = try await owner.psql("SELECT to_regclass('vault.events') IS NULL") == "t"
            let check = isCorpus ? try await owner.pgtend("config", "check", "--connect") : nil
            let run = try await owner.pgtend("run")
            #expect(try await owner.gains() == [], "\(plan)\(run)")
            if let refusal = attempt.subject.refusal {
                #expect(plan.standardOutput.contains(owner.named(refusal.text)), "\(plan)")
                #expect(plan.standardOutput.contains("\"\(refusal.reason)\""), "\(plan)")
                #expect(run.everything.contains(owner.named(refusal.text)), "\(run)")
                #expect(try await owner.psql(Self.isDone) == "f")
                if refusal.text.contains("several roles") || refusal.text == "vault.embedding_statistics" {
                    #expect(check?.everything.contains("give them one owner") == true, "\(String(describing: check))")
                }
            } else {
                #expect(try await owner.psql(Self.isDone) == "t", "\(run)")
            }
        }
    }

    /// What docs/security.md counts on.
    @Test(arguments: PostgresVersion.underTest)
    func cannotMakeWhatWouldBeTakenForCodeOfTheServer(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql("CREATE TABLE app.t (id integer)", asEve: true)
            try await owner.psql("GRANT CREATE ON DATABASE \(owner.database.name) TO :eve")
            for statement in [
                "CREATE OPERATOR CLASS app.c FOR TYPE date USING btree AS OPERATOR 1 <",
                "CREATE TYPE app.shell; CREATE TYPE app.shell (INPUT = int4in, OUTPUT = int4out)",
                "CREATE ACCESS METHOD app TYPE TABLE HANDLER heap_tableam_handler",
                "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION app.steal()",
                "CREATE PUBLICATION p FOR TABLE app.t WHERE (app.check_it())",
                "CREATE FUNCTION app.f() RETURNS integer LANGUAGE c AS 'x'",
            ] {
                await #expect(throws: (any Error).self, "\(statement)") {
                    try await owner.psql(statement, asEve: true)
                }
            }
        }
    }

    /// What she does in a transaction that she holds open until pgtend waits for it.
    struct Change: Sendable, CustomStringConvertible {
        let name: String
        /// As a superuser.
        let setup: String
        let sql: String
        var description: String { name }
    }

    private static let changes = [
        Change(
            name: "an index of a table that is referred to", setup: referredTo,
            sql: "CREATE INDEX ON app.things (state) WHERE app.leaks()"),
        Change(
            name: "a CHECK of the DEFAULT partition", setup: rest,
            sql: "ALTER TABLE vault.rest ADD CHECK (app.leaks())"),
        Change(
            name: "a CHECK of a partition of the DEFAULT partition",
            setup: parent + """
                SET ROLE :victim;
                CREATE TABLE vault.rest PARTITION OF vault.events DEFAULT PARTITION BY LIST (id);
                CREATE TABLE vault.least PARTITION OF vault.rest DEFAULT; RESET ROLE;
                GRANT USAGE, CREATE ON SCHEMA vault TO :eve; ALTER TABLE vault.least OWNER TO :eve;
                """,
            sql: "ALTER TABLE vault.least ADD CHECK (app.leaks())"),
        Change(
            name: "another table in the place of the one that is referred to", setup: referredTo,
            sql: """
                LOCK TABLE app.things; ALTER TABLE app.things RENAME TO old_things; CREATE TABLE app.things (id integer);
                CREATE INDEX ON app.old_things (state) WHERE app.leaks()
                """),
    ]

    /// A sequence keeps what was written into it, though the step is rolled back.
    @Test(arguments: changes, PostgresVersion.underTest)
    func gainNothingByChangingWhileTheStepWaits(change: Change, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                SET ROLE :eve; CREATE SEQUENCE app.leak; GRANT ALL ON SEQUENCE app.leak TO PUBLIC;
                CREATE FUNCTION app.leak() RETURNS void LANGUAGE plpgsql AS $$
                BEGIN IF current_user = ':victim' THEN PERFORM nextval('app.leak'); END IF; END $$;
                CREATE FUNCTION app.leaks() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN PERFORM app.leak(); RETURN true; END $$;
                RESET ROLE; \(change.setup)
                """)
            let eve = try await owner.database.connect(user: owner.eve)
            try await eve.script(unsafe: "BEGIN; \(change.sql)")
            async let ending = owner.pgtend("run")
            try await owner.database.wait(
                until: """
                    EXISTS (SELECT FROM pg_stat_activity AS a
                        WHERE a.application_name LIKE 'pgtend%' AND a.wait_event_type = 'Lock')
                    """)
            try await eve.script(unsafe: "COMMIT")
            let run = try await ending
            #expect(try await owner.psql("SELECT is_called FROM app.leak") == "f", "\(run)")
            #expect(try await owner.gains() == [], "\(run)")
            #expect(run.everything.contains("no longer needed"), "\(run)")
        }
    }

    /// Such a name once switched the proof off.
    @Test(arguments: PostgresVersion.underTest)
    func areProvedToRunNothingWhateverTheNameOfTheTable(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql("\(Self.rest) RESET ROLE; ALTER TABLE vault.events RENAME TO \"ev$2\"")
            let plan = try await owner.pgtend("plan", "--sql")
            #expect(plan.standardOutput.contains("IN ((''vault'', ''ev$2''))"), "\(plan)")
            #expect(!plan.standardOutput.contains("evfalse"))
            let run = try await owner.pgtend("run")
            #expect(run.succeeded, "\(run)")
        }
    }

    /// The proof is a part of the statement that failed, and the CONTEXT of the server's error has all of it.
    @Test(arguments: PostgresVersion.underTest)
    func areNoPartOfWhatIsToldOfAnError(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                Self.rest + """
                    SET ROLE :victim; CREATE TABLE vault.trouble (what text);
                    CREATE FUNCTION vault.complain() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
                    BEGIN
                        IF EXISTS (SELECT FROM vault.trouble) THEN RAISE 'there is trouble'; END IF;
                        RETURN true;
                    END $$;
                    RESET ROLE; ALTER TABLE vault.events ADD CHECK (vault.complain()); INSERT INTO vault.trouble VALUES ('much')
                    """)
            let run = try await owner.pgtend("run")
            #expect(
                run.everything.contains("create partition vault.events_") && run.everything.contains("there is trouble")
            )
            #expect(run.everything.contains("PL/pgSQL function vault.complain()"), "\(run)")
            #expect(!run.everything.contains("WITH RECURSIVE"), "\(run)")
        }
    }

    /// What pgtend can lock as nobody could change while the server waits for its lock.
    @Test(arguments: PostgresVersion.underTest)
    func areLockedBeforeTheyAreRead(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql("\(Self.referredTo) RESET ROLE; REVOKE :eve FROM :pgtend")
            let plan = try await owner.pgtend("plan", "--json")
            #expect(plan.standardOutput.contains("app.things belongs to \(owner.eve), who could add code"), "\(plan)")
            #expect(plan.standardOutput.contains("\"foreign_code\""))
            #expect(plan.standardOutput.contains("GRANT \(owner.eve) TO \(owner.pgtend)"))
            // The victim may lock it with this.
            try await owner.psql("GRANT DELETE ON app.things TO :victim")
            let run = try await owner.pgtend("run")
            #expect(try await owner.psql(Self.isDone) == "t", "\(run)")
        }
    }

    /// What comes to the figures while the step waits for its locks is looked at under them.
    @Test(arguments: PostgresVersion.underTest)
    func gainNothingByReferringToTheFiguresMeanwhile(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                Self.corpus + """
                    SET ROLE :victim; INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                    GRANT REFERENCES ON vault.embedding_statistics TO :eve; SET ROLE :eve; \(Self.fire)
                    CREATE TABLE app.notes (tenant_id text); INSERT INTO app.notes VALUES ('acme');
                    CREATE TRIGGER fire AFTER DELETE ON app.notes FOR EACH ROW EXECUTE FUNCTION app.fire()
                    """)
            let eve = try await owner.database.connect(user: owner.eve)
            try await eve.script(
                unsafe: """
                    BEGIN;
                    ALTER TABLE app.notes
                        ADD FOREIGN KEY (tenant_id) REFERENCES vault.embedding_statistics ON DELETE CASCADE
                    """)
            async let ending = owner.pgtend("run")
            try await owner.waitUntilPgtendWaits()
            try await eve.script(unsafe: "COMMIT")
            let run = try await ending
            #expect(try await owner.gains() == [], "\(run)")
            #expect(run.everything.contains(owner.named("app.notes belongs to :eve, and its trigger fire")), "\(run)")
            #expect(try await owner.psql(Self.isDone) == "f")
        }
    }

    /// Where nobody looks: in a schema that pgtend does not tend.
    @Test(.timeLimit(.minutes(2)), arguments: PostgresVersion.underTest)
    func holdNobodyUpByAChainOfPartitions(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.database.psql(
                owner.named(
                    """
                    CREATE TABLE app.p0 (at date NOT NULL) PARTITION BY RANGE (at);
                    DO $$ BEGIN FOR i IN 1..2500 LOOP
                        EXECUTE format(
                            'CREATE TABLE app.p%s PARTITION OF app.p%s DEFAULT PARTITION BY RANGE (at)', i, i - 1);
                        IF i % 50 = 0 THEN COMMIT; END IF;
                    END LOOP; END $$;
                    """), user: owner.eve)
            try await owner.psql(Self.parent)
            let run = try await owner.pgtend("run")
            #expect(run.succeeded, "\(run)")
            #expect(try await owner.psql(Self.isDone) == "t")
        }
    }

    /// Whoever owns a schema may drop what is in it, and put something of the same name there.
    @Test(arguments: PostgresVersion.underTest)
    func gainNothingByPuttingAnotherTableInThePlaceOfTheFigures(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                Self.corpus + """
                    INSERT INTO vault.embedding_statistics (tenant_id) VALUES ('acme');
                    INSERT INTO vault.embeddings VALUES (2, 'beta', 'a:1'); SET ROLE :eve; \(Self.fire)
                    """)
            let tenant = try await owner.database.connect()
            try await tenant.script(
                unsafe: "BEGIN; UPDATE vault.embedding_statistics SET total_documents = 0 WHERE tenant_id = 'acme'")
            async let ending = owner.pgtend("run")
            // For the row of the first tenant, with the lock of its table.
            try await owner.waitUntilPgtendWaits()
            // Before, work on them would be refused.
            try await owner.psql("ALTER SCHEMA vault OWNER TO :eve; GRANT USAGE ON SCHEMA vault TO :victim")
            let eve = try await owner.database.connect(user: owner.eve)
            async let swap: () = eve.script(
                unsafe: """
                    BEGIN; DROP TABLE vault.embedding_statistics;
                    CREATE TABLE vault.embedding_statistics (
                        tenant_id text PRIMARY KEY, total_documents bigint, avg_document_length numeric,
                        term_document_frequencies jsonb, last_updated timestamptz);
                    GRANT ALL ON vault.embedding_statistics TO PUBLIC; \(Self.fireOnFigures)
                    """)
            try await owner.database.waitUntilALockIsAwaited("AccessExclusiveLock")
            try await tenant.script(unsafe: "COMMIT")
            try await swap
            try await owner.waitUntilPgtendWaits()
            try await eve.script(unsafe: "COMMIT")
            let run = try await ending
            #expect(try await owner.gains() == [], "\(run)")
            #expect(run.everything.contains("run again"), "\(run)")
            #expect(try await owner.psql(Self.isDone) == "f")
        }
    }

    /// Code could come to it at any time, and only its owner may lock it.
    @Test(arguments: PostgresVersion.underTest)
    func leaveTheFiguresAloneBesideATableThatCannotBeLocked(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(Self.tenants + "RESET ROLE; ALTER TABLE app.tenants OWNER TO pg_monitor")
            let run = try await owner.pgtend("run")
            #expect(run.everything.contains("a foreign key reaches app.tenants of pg_monitor"), "\(run)")
            #expect(run.everything.contains("GRANT pg_monitor TO \(owner.member)"), "\(run)")
            #expect(try await owner.psql(Self.isDone) == "f")
        }
    }

    /// Nobody is told to let pgtend become a superuser.
    @Test(arguments: PostgresVersion.underTest)
    func areNoReasonToBecomeASuperuser(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                Self.ownBeneath + Self.parent + Self.referringToThings + """
                    RESET ROLE; ALTER TABLE app.things OWNER TO postgres; GRANT REFERENCES ON app.things TO :victim;
                    """)
            let partitions = try await owner.pgtend("plan")
            let said =
                "app.things belongs to postgres, a superuser, beneath a table of another owner's, who could add code"
            #expect(partitions.standardOutput.contains(said), "\(partitions)")
            #expect(
                partitions.standardOutput.contains(
                    owner.named("cure     ALTER TABLE app.things OWNER TO :victim\n")))
            try await owner.psql(
                Self.corpus + """
                    SET ROLE :victim; ALTER TABLE vault.embedding_statistics ADD thing integer REFERENCES app.things;
                    """)
            let statistics = try await owner.pgtend("plan")
            #expect(
                statistics.standardOutput.contains("app.things of postgres, a superuser, beneath a table of"),
                "\(statistics)")
            #expect(statistics.standardOutput.contains(owner.named("ALTER TABLE app.things OWNER TO :victim; or drop")))
            #expect(!(partitions.everything + statistics.everything).contains("GRANT"))
        }
    }

    /// No index comes to it between the questions and the work.
    @Test(arguments: PostgresVersion.underTest)
    func lockTheNeighboursOfTheFigures(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(Self.tenants + Self.later)
            let eve = try await owner.database.connect(user: owner.eve)
            try await eve.script(unsafe: "BEGIN; CREATE INDEX ON app.tenants (id) WHERE app.defer_it(); \(Self.arm)")
            async let ending = owner.pgtend("run")
            try await owner.waitUntilPgtendWaits()
            try await eve.script(unsafe: "COMMIT")
            let run = try await ending
            #expect(try await owner.gains() == [], "\(run)")
            #expect(run.everything.contains("its index app.tenants_id_idx calls function app.defer_it()"), "\(run)")
            #expect(try await owner.psql(Self.isDone) == "f")
        }
    }
}

extension HostileOwner {
    fileprivate func waitUntilPgtendWaits() async throws {
        try await database.wait(
            until: """
                EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.application_name LIKE 'pgtend%'
                    AND a.wait_event_type = 'Lock')
                """)
    }

    fileprivate func pgtend(_ arguments: String...) async throws -> Program.Result {
        try await Pgtend.run(arguments + ["--database", database.conninfo(user: pgtend), "--schema", "vault"])
    }
}
