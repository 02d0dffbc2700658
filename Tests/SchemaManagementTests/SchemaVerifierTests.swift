import EmbeddedSQL
import Maintenance
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

@Suite("Verifying a schema")
struct SchemaVerifierTests {
    static let installed = Template("verified_schema") { database in
        try await database.psql("SET search_path = ''; \(EmbeddedSQL.migrations.map(\.text).joined(separator: "\n"))")
    }

    private static func verify(_ database: TestDatabase) async throws -> SchemaVerification {
        try await SchemaVerifier(conninfo: database.conninfo(), applicationName: "test").verify()
    }

    static func gap(_ database: TestDatabase) async throws -> SchemaGap {
        try await verify(database).gap
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func findsNoGapInWhatWasJustInstalled(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: Self.installed) { database in
            let gap = try await Self.gap(database)
            #expect(
                gap.missing == [] && gap.different == [] && gap.notCompared == [] && gap.unknownOfThisDatabase == [])
            #expect(gap.isClosed)
        }
    }

    /// Also without pgvector, which the schema could not be installed without.
    @Test(arguments: PostgresVersion.underTest)
    func findsEverythingMissingInAnEmptyDatabase(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let gap = try await Self.gap(database)
            #expect(gap.missing.contains(CatalogObject(.extension, "vector")))
            #expect(gap.missing.contains(CatalogObject(.schema, "mcp")))
            #expect(gap.missing.contains(CatalogObject(.table, "tasks")))
            #expect(gap.different == [] && gap.unknownOfThisDatabase == [])
        }
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let sql: String
        /// Each `missing OBJECT`, `different OBJECT: PROPERTY`, `unknown OBJECT` or `advice on OBJECT`.
        let findings: [String]
        var testDescription: String { sql }
    }

    static let damages = [
        Damage(sql: "DROP TABLE mcp.webhook_configs", findings: ["missing table webhook_configs"]),
        Damage(
            sql: "ALTER TABLE mcp.events ADD COLUMN extra integer", findings: ["unknown column extra of events"]),
        Damage(
            sql: "ALTER TABLE mcp.users ALTER COLUMN created_at DROP DEFAULT",
            findings: ["different column created_at of users: default"]),
        Damage(
            sql: "ALTER TABLE mcp.users ALTER COLUMN created_at DROP NOT NULL",
            findings: ["different column created_at of users: null"]),
        Damage(
            sql: "ALTER TABLE mcp.users ALTER COLUMN email TYPE text",
            findings: [
                "different column email of users: type", "different index users_email_idx of users: definition",
            ]),
        Damage(
            sql: "ALTER TABLE mcp.users SET (fillfactor = 80); ALTER INDEX mcp.users_email_idx SET (fillfactor = 70)",
            findings: ["unknown option fillfactor=80 of users", "unknown option fillfactor=70 of users_email_idx"]),
        Damage(
            sql: "ALTER VIEW mcp.tenant_agent_cost_analytics SET (security_invoker = true)",
            findings: ["different view tenant_agent_cost_analytics: options"]),
        Damage(
            sql: "DROP INDEX mcp.embeddings_content_tsvector_idx",
            findings: ["missing index embeddings_content_tsvector_idx of embeddings"]),
        Damage(
            sql: "ALTER TABLE mcp.embedding_models DROP CONSTRAINT embedding_models_model_type_check",
            findings: ["missing constraint embedding_models_model_type_check of embedding_models"]),
        Damage(
            sql: "ALTER TABLE mcp.embedding_models ADD CONSTRAINT x CHECK (id IS NOT NULL)",
            findings: ["unknown constraint x of embedding_models"]),
        Damage(
            sql: "ALTER TABLE mcp.embeddings DISABLE TRIGGER embeddings_content_tsvector",
            findings: ["different trigger embeddings_content_tsvector of embeddings: state"]),
        Damage(
            sql: "ALTER TABLE mcp.embeddings DISABLE ROW LEVEL SECURITY",
            findings: ["different table embeddings: row security"]),
        Damage(
            sql: "ALTER POLICY tenant_isolation ON mcp.embeddings USING (true)",
            findings: ["different policy tenant_isolation of embeddings: definition"]),
        Damage(
            sql: "CREATE OR REPLACE FUNCTION mcp.current_tenant_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
            findings: ["different function current_tenant_id(): definition"]),
        Damage(
            sql: "GRANT SELECT ON mcp.agent_cost_analytics TO mcp_application",
            findings: ["different materialized view agent_cost_analytics: grants to mcp_application"]),
        Damage(
            sql: "GRANT SELECT ON mcp.events TO PUBLIC", findings: ["different table events: grants to PUBLIC"]),
        Damage(
            sql: "ALTER TABLE mcp.events OWNER TO postgres",
            findings: ["different table events: owner"]),
        Damage(
            sql: "COMMENT ON COLUMN mcp.embeddings.content IS NULL",
            findings: ["different column content of embeddings: comment"]),
        Damage(
            sql: "ALTER TYPE mcp.task_status ADD VALUE 'paused'", findings: ["different type task_status: definition"]),
        Damage(
            sql: "CREATE VIEW mcp.mine AS SELECT 1 AS one; CREATE FUNCTION mcp.mine() RETURNS integer "
                + "LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mcp.mood AS ENUM ('good')",
            findings: ["unknown type mood", "unknown view mine", "unknown function mine()"]),
        Damage(
            sql: "ALTER TABLE mcp.tasks RENAME TO tasks_old; CREATE TABLE mcp.tasks (LIKE mcp.tasks_old)",
            findings: ["different table tasks: partition key"]),
        Damage(
            sql: """
                DO $$ DECLARE part regclass; BEGIN
                    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'mcp.audit_log'::regclass
                    LOOP EXECUTE format('DROP TABLE %s', part); END LOOP;
                END $$
                """,
            findings: ["different table audit_log: partition for the present"]),
        // The optional one lives there as well.
        Damage(
            sql: "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
            findings: ["different extension vector: roles that cannot use it"]),
        Damage(
            sql: "ALTER EXTENSION pg_trgm SET SCHEMA pgtend; REVOKE USAGE ON SCHEMA pgtend FROM PUBLIC", findings: []),
        Damage(
            sql: setting("ivfflat.probes = 40"), findings: []),
        // What stands behind " ON " in a predicate is not taken for the whole.
        Damage(
            sql: """
                DO $$ DECLARE definition text := pg_get_indexdef('mcp.embeddings_tenant_hash_idx'::regclass); BEGIN
                    DROP INDEX mcp.embeddings_tenant_hash_idx;
                    EXECUTE format('%s AND content <> %L', definition, regexp_replace(definition, '^.* ON ', ' ON '));
                END $$
                """,
            findings: ["different index embeddings_tenant_hash_idx of embeddings: definition"]),
        Damage(
            sql: "REINDEX INDEX mcp.embeddings_normalized_embedding_idx; "
                + "ALTER INDEX mcp.embeddings_normalized_embedding_idx SET (lists = 50)",
            findings: []),
    ]

    /// A partition as the schema has them.
    static let oldPartition = """
        CREATE TABLE mcp.tasks_2001_01 PARTITION OF mcp.tasks FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')
            WITH (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);
        ALTER TABLE mcp.tasks_2001_01 OWNER TO mcp_owner;
        ALTER TABLE mcp.tasks_2001_01 ENABLE ROW LEVEL SECURITY;
        """

    /// What opens the schema and is no part of it.
    static let openings = [
        Damage(
            sql: """
                CREATE SCHEMA app; CREATE FUNCTION app.keys() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
                CREATE FUNCTION app.plain() RETURNS text LANGUAGE sql AS 'SELECT 1';
                CREATE FUNCTION app.owners() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
                CREATE VIEW app.keys AS SELECT key_hash FROM mcp.api_keys; GRANT SELECT ON app.keys TO PUBLIC;
                CREATE VIEW app.closed AS SELECT key_hash FROM mcp.api_keys;
                ALTER FUNCTION app.keys() OWNER TO mcp_owner; ALTER FUNCTION app.plain() OWNER TO mcp_owner;
                ALTER FUNCTION app.owners() OWNER TO mcp_owner; REVOKE EXECUTE ON FUNCTION app.owners() FROM PUBLIC;
                ALTER VIEW app.keys OWNER TO mcp_owner; ALTER VIEW app.closed OWNER TO mcp_owner
                """,
            findings: [
                "unknown grant to PUBLIC on function app.keys(), which runs as mcp_owner",
                "unknown grant to PUBLIC on view app.keys, which reads as mcp_owner",
            ]),
        Damage(
            sql: """
                DO $$ BEGIN
                    EXECUTE format('ALTER DATABASE %I SET app.current_tenant = ''x''', current_database());
                    EXECUTE format('ALTER DATABASE %I SET work_mem = ''4MB''', current_database());
                END $$
                """, findings: ["unknown grant to PUBLIC by setting app.current_tenant"]),
        Damage(
            sql: """
                DO $$ DECLARE s text; BEGIN
                    FOREACH s IN ARRAY ARRAY[
                        'DATABASE %I SET session_replication_role = replica', 'DATABASE %I SET row_security = 0',
                        'ROLE mcp_application IN DATABASE %I SET session_replication_role = "Replica"',
                        'ROLE mcp_readonly IN DATABASE %I SET row_security = off',
                        -- Neither what changes nothing, nor that of a role that has no part in it.
                        'ROLE mcp_application IN DATABASE %I SET row_security = on',
                        'ROLE mcp_readonly IN DATABASE %I SET session_replication_role = origin',
                        'ROLE postgres IN DATABASE %I SET row_security = off'
                    ] LOOP
                        EXECUTE format('ALTER ' || s, current_database());
                    END LOOP;
                END $$
                """,
            findings: [
                "unknown grant to PUBLIC by setting row_security",
                "unknown grant to PUBLIC by setting session_replication_role",
                "unknown grant to mcp_application by setting session_replication_role",
                "unknown grant to mcp_readonly by setting row_security",
            ]),
    ]

    /// A parameter is the cluster's: by a role of its own.
    @Test func tellsWhoMaySwitchOffTriggers() async throws {
        try await TestDatabase.with(template: Self.installed) { database in
            let role = "role_\(database.name)"
            try await database.psql(
                "CREATE ROLE \(role); GRANT SET ON PARAMETER session_replication_role, deadlock_timeout TO \(role)")
            let connection = try await database.connect()
            let facts = try await FactsReader(connection: connection, schema: "mcp", roles: [role], owner: role).read()
            await connection.close()
            try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
            let grants = facts.objects(.grant).map(\.name).filter { $0.contains("parameter") }
            #expect(grants == ["to \(role) on parameter session_replication_role"])
        }
    }

    /// What a partition has that its parent has not.
    static let ownThings = [
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 ADD CONSTRAINT x CHECK (false) NOT VALID",
            findings: ["unknown constraint x of tasks_2001_01"]),
        // Attached as if it were the parent's, as it is written alike.
        Damage(
            sql: oldPartition + """
                CREATE SCHEMA app; CREATE FUNCTION app.fits(anyelement) RETURNS boolean LANGUAGE sql AS 'SELECT true';
                ALTER TABLE mcp.tasks DETACH PARTITION mcp.tasks_2001_01;
                ALTER TABLE mcp.tasks_2001_01 ADD CONSTRAINT x CHECK (app.fits(title::text));
                CREATE FUNCTION app.fits(text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
                ALTER TABLE mcp.tasks ADD CONSTRAINT x CHECK (app.fits(title::text));
                ALTER TABLE mcp.tasks ATTACH PARTITION mcp.tasks_2001_01 FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');
                """,
            findings: ["unknown constraint x of tasks", "unknown constraint x of tasks_2001_01"]),
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 ADD CONSTRAINT x UNIQUE (title), "
                + "ADD CONSTRAINT y FOREIGN KEY (title) REFERENCES mcp.tasks_2001_01 (title)",
            findings: ["unknown constraint x of tasks_2001_01", "unknown constraint y of tasks_2001_01"]),
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 FORCE ROW LEVEL SECURITY",
            findings: ["different partition tasks_2001_01 of tasks: row security"]),
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 ADD CONSTRAINT x "
                + "CHECK (ts_rewrite('a'::tsquery, 'SELECT NULL') IS NOT NULL)",
            findings: ["different constraint x of tasks_2001_01: runs a text"]),
        Damage(
            sql: oldPartition + "CREATE INDEX x ON mcp.tasks_2001_01 (title)",
            findings: ["unknown index x of tasks_2001_01"]),
        Damage(
            sql: oldPartition + "CREATE TRIGGER x BEFORE INSERT ON mcp.tasks_2001_01 FOR EACH ROW "
                + "EXECUTE FUNCTION mcp.update_updated_at_column(); "
                + "ALTER TABLE mcp.tasks_2001_01 DISABLE TRIGGER x",
            findings: ["unknown trigger x of tasks_2001_01"]),
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 ALTER COLUMN status SET DEFAULT 'completed', "
                + "ALTER COLUMN created_at DROP DEFAULT, ALTER COLUMN description SET NOT NULL",
            findings: [
                "unknown column created_at without its DEFAULT of tasks_2001_01",
                "unknown column description NOT NULL of tasks_2001_01",
                "unknown column status DEFAULT 'completed'::mcp.task_status of tasks_2001_01",
            ]),
        // Of somebody else's table nothing but the table.
        Damage(
            sql: "CREATE TABLE mcp.mine (id integer) PARTITION BY LIST (id); "
                + "CREATE TABLE mcp.mine_1 PARTITION OF mcp.mine FOR VALUES IN (1); CREATE INDEX x ON mcp.mine_1 (id)",
            findings: ["unknown table mine"]),
        // As the service makes them: beside the parent, then attached.
        Damage(
            sql: """
                CREATE TABLE mcp.tasks_2001_01 (LIKE mcp.tasks INCLUDING ALL);
                ALTER TABLE mcp.tasks_2001_01 OWNER TO mcp_owner;
                ALTER TABLE mcp.tasks_2001_01 ENABLE ROW LEVEL SECURITY;
                ALTER TABLE mcp.tasks_2001_01
                    SET (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);
                ALTER TABLE mcp.tasks ATTACH PARTITION mcp.tasks_2001_01
                    FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');
                """,
            findings: []),
    ]

    /// What opens, or undoes, what the schema closes and does.
    static let undoings = [
        Damage(
            sql: "CREATE POLICY x ON mcp.embeddings USING (true)",
            findings: ["different policy x of embeddings: definition"]),
        Damage(
            sql: "CREATE POLICY x ON mcp.embeddings AS RESTRICTIVE USING (true)",
            findings: ["unknown policy x of embeddings"]),
        Damage(
            sql: oldPartition + "CREATE POLICY x ON mcp.tasks_2001_01 AS RESTRICTIVE USING (true)",
            findings: ["different policy x of tasks_2001_01: definition"]),
        Damage(
            sql: oldPartition + "GRANT SELECT (title), UPDATE (id) ON mcp.tasks_2001_01 TO mcp_application",
            findings: ["different partition tasks_2001_01 of tasks: grants to mcp_application"]),
        Damage(
            sql: oldPartition + "GRANT SELECT (title) ON mcp.tasks_2001_01 TO PUBLIC",
            findings: ["different partition tasks_2001_01 of tasks: grants to PUBLIC"]),
        // Every table has these columns.
        Damage(
            sql: oldPartition + "GRANT SELECT (ctid) ON mcp.tasks_2001_01 TO mcp_readonly",
            findings: ["different partition tasks_2001_01 of tasks: grants to mcp_readonly"]),
        Damage(
            sql: "GRANT SELECT (ctid) ON mcp.users TO PUBLIC", findings: ["different table users: grants to PUBLIC"]),
        Damage(
            sql: "GRANT SELECT (tableoid) ON mcp.users TO pg_monitor",
            findings: ["unknown grant to pg_monitor on table users"]),
        Damage(
            sql: """
                CREATE UNLOGGED TABLE mcp.audit_log_2001_01 PARTITION OF mcp.audit_log
                    FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')
                    WITH (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);
                ALTER TABLE mcp.audit_log_2001_01 OWNER TO mcp_owner;
                ALTER TABLE mcp.audit_log_2001_01 ENABLE ROW LEVEL SECURITY;
                """,
            findings: ["different partition audit_log_2001_01 of audit_log: persistence"]),
        Damage(
            sql: "CREATE TABLE public.mine (updated_at timestamptz); CREATE TRIGGER x BEFORE UPDATE ON public.mine "
                + "FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column()",
            findings: ["different function update_updated_at_column(): triggers elsewhere"]),
        Damage(
            sql: """
                UPDATE pg_inherits SET inhdetachpending = true WHERE inhparent = 'mcp.audit_log'::regclass AND inhrelid
                    = to_regclass('mcp.audit_log_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'))
                """,
            findings: [
                "different table audit_log: partition for the present",
                "different table audit_log: partitions being detached",
            ]),
        Damage(
            sql: "CREATE TABLE mcp.mine (updated_at timestamptz); CREATE TRIGGER x BEFORE UPDATE ON mcp.mine "
                + "FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column()",
            findings: ["unknown table mine", "different trigger x of mine: definition"]),
        Damage(
            sql: "CREATE TABLE public.mine (updated_at timestamptz) PARTITION BY LIST (updated_at); "
                + "CREATE TABLE mcp.part PARTITION OF public.mine DEFAULT; CREATE TRIGGER x BEFORE UPDATE ON mcp.part "
                + "FOR EACH ROW EXECUTE FUNCTION mcp.update_updated_at_column()",
            findings: ["unknown table part", "different trigger x of part: definition"]),
        Damage(
            sql: oldPartition + "CREATE STATISTICS public.x ON (lower(title)) FROM mcp.tasks_2001_01; "
                + "ALTER STATISTICS public.x OWNER TO mcp_owner",
            findings: ["different statistics public.x of tasks_2001_01: definition"]),
        Damage(
            sql:
                "CREATE STATISTICS public.x ON tenant_id, status FROM mcp.tasks; ALTER STATISTICS public.x OWNER TO mcp_owner",
            findings: ["unknown statistics public.x of tasks"]),
        // The sign of the kelvin, which Swift calls equal to a K.
        Damage(
            sql: "COMMENT ON TRIGGER embeddings_content_tsvector ON mcp.embeddings IS "
                + "'\u{212A}eeps what full-text search needs equal to the content.'",
            findings: ["different trigger embeddings_content_tsvector of embeddings: comment"]),
        // Whoever takes backups reads each partition.
        Damage(
            sql: oldPartition + "GRANT SELECT ON mcp.tasks_2001_01 TO pg_monitor",
            findings: ["unknown grant to pg_monitor on partition tasks.tasks_2001_01"]),
        Damage(
            sql: "CREATE RULE x AS ON INSERT TO mcp.users DO INSTEAD NOTHING",
            findings: ["different rule x of users: definition"]),
        Damage(
            sql: oldPartition + "CREATE RULE x AS ON DELETE TO mcp.tasks_2001_01 DO INSTEAD NOTHING",
            findings: ["different rule x of tasks_2001_01: definition"]),
        Damage(
            sql: "CREATE TABLE mcp.mine (id integer); CREATE RULE x AS ON INSERT TO mcp.mine DO INSTEAD NOTHING; "
                + "CREATE POLICY x ON mcp.mine USING (true)",
            findings: ["unknown table mine"]),
        Damage(
            sql: "ALTER TABLE mcp.context_items DISABLE TRIGGER ALL",
            findings: ["different table context_items: disabled triggers"]),
        Damage(
            sql: "ALTER TABLE mcp.tasks DISABLE TRIGGER tasks_audit",
            findings: ["different trigger tasks_audit of tasks: state"]),
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 DISABLE TRIGGER tasks_audit",
            findings: ["different trigger tasks_audit of tasks_2001_01: state"]),
        Damage(
            sql: oldPartition + "ALTER TABLE mcp.tasks_2001_01 DISABLE TRIGGER ALL",
            findings: ["different partition tasks_2001_01 of tasks: disabled triggers"]
                + ["audit", "transition", "updated_at"].map {
                    "different trigger tasks_\($0) of tasks_2001_01: state"
                }),
        // A trigger of somebody else's is theirs to disable.
        Damage(
            sql: oldPartition + "CREATE TRIGGER x AFTER INSERT ON mcp.tasks FOR EACH ROW "
                + "EXECUTE FUNCTION mcp.audit_row_change(); ALTER TABLE mcp.tasks_2001_01 DISABLE TRIGGER x",
            findings: ["unknown trigger x of tasks", "advice on trigger x of tasks"]),
        Damage(
            sql: "ALTER TABLE mcp.users ALTER COLUMN created_at DROP NOT NULL, "
                + "ADD CONSTRAINT x NOT NULL created_at NOT VALID",
            findings: ["different column created_at of users: null"]),
        Damage(
            sql: "ALTER TABLE mcp.users ADD CONSTRAINT x NOT NULL last_login_at NOT VALID",
            findings: ["different column last_login_at of users: null"]),
        Damage(
            sql: setting("ivfflat.iterative_scan = off"),
            findings: [
                "different function search_embeddings(text, public.vector, uuid, text, integer, double precision, text, "
                    + "uuid, jsonb): definition"
            ]),
        Damage(sql: setting("ivfflat.max_probes = 100"), findings: []),
        Damage(
            sql: "ALTER TABLE mcp.projection_matrices ALTER COLUMN matrix SET STORAGE DEFAULT",
            findings: ["different column matrix of projection_matrices: storage"]),
        Damage(sql: "ALTER TABLE mcp.embeddings ALTER COLUMN embedding SET STORAGE PLAIN", findings: []),
    ]

    /// What has to do with the schema from outside, and need not be wrong.
    static let neighbours = [
        Damage(
            sql: oldPartition + """
                CREATE COLLATION mcp.mine FROM "C"; CREATE TEXT SEARCH CONFIGURATION mcp.mine (COPY = pg_catalog.english);
                CREATE TEXT SEARCH DICTIONARY mcp.mine (TEMPLATE = simple);
                CREATE CONVERSION mcp.mine FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
                ALTER TABLE mcp.users SET (toast.autovacuum_enabled = off), REPLICA IDENTITY FULL;
                ALTER TABLE mcp.users ALTER email SET (n_distinct = 5);
                ALTER TABLE mcp.tasks_2001_01 ALTER title SET STATISTICS 0;
                ALTER TABLE mcp.tasks_2001_01 REPLICA IDENTITY USING INDEX tasks_2001_01_pkey;
                """,
            findings: ["collation", "conversion", "text search configuration", "text search dictionary"].map {
                "unknown \($0) mine"
            }
                + ["toast.autovacuum_enabled=off", "REPLICA IDENTITY FULL", "n_distinct=5 of column email"].map {
                    "unknown option \($0) of users"
                }
                + ["STATISTICS 0 of column title", "REPLICA IDENTITY USING INDEX tasks_2001_01_pkey"].map {
                    "unknown option \($0) of tasks_2001_01"
                }),
        // Any text may stand in a predicate, and any number of rows may be said to be there.
        Damage(
            sql: """
                DO $$ BEGIN
                    EXECUTE format('CREATE INDEX x ON mcp.users (id) WITH (fillfactor = 70) WHERE email <> %L',
                        ' WITH (' || repeat('a=x, ', 40));
                    EXECUTE format('CREATE INDEX y ON mcp.users (id) WHERE email <> %L', ' WITH (lists=''100'')');
                END $$;
                UPDATE pg_class SET reltuples = '3e38' WHERE oid = 'mcp.users'::regclass;
                """,
            findings: ["unknown index x of users", "unknown index y of users"]),
        Damage(
            sql: "REFRESH MATERIALIZED VIEW mcp.agent_cost_analytics WITH NO DATA",
            findings: ["advice on materialized view agent_cost_analytics"]),
        Damage(
            sql: oldPartition + """
                CREATE TABLE public."my table" (id uuid REFERENCES mcp.models ON DELETE CASCADE, task uuid, at timestamptz,
                    FOREIGN KEY (task, at) REFERENCES mcp.tasks (id, created_at)) PARTITION BY LIST (id);
                CREATE TABLE public.part PARTITION OF public."my table" DEFAULT;
                """,
            findings: [
                #"unknown foreign key "my table_id_fkey" ON public."my table" of models"#,
                #"unknown foreign key "my table_task_at_fkey" ON public."my table" of tasks"#,
            ]),
        Damage(sql: "CREATE PUBLICATION x FOR ALL TABLES", findings: ["unknown publication x"]),
        Damage(
            sql: "CREATE OPERATOR FAMILY mcp.x USING btree", findings: ["unknown operator family mcp.x USING btree"]),
        Damage(
            sql: "CREATE PUBLICATION x FOR TABLES IN SCHEMA mcp; CREATE PUBLICATION y FOR TABLES IN SCHEMA public",
            findings: ["unknown publication x"]),
        Damage(
            sql: oldPartition + "CREATE PUBLICATION x FOR TABLE mcp.users (id), mcp.tasks_2001_01",
            findings: ["unknown publication x of users", "unknown publication x of tasks_2001_01"]),
    ]

    static func setting(_ setting: String) -> String {
        """
        LOAD 'vector';
        DO $$ DECLARE search regprocedure; BEGIN
            SELECT oid INTO STRICT search FROM pg_proc WHERE proname = 'search_embeddings';
            EXECUTE format('ALTER FUNCTION %s SET \(setting)', search);
        END $$
        """
    }

    /// Nothing but what was done shows.
    @Test(arguments: damages + undoings + ownThings + openings + neighbours)
    func namesExactlyWhatIsWrong(damage: Damage) async throws {
        try await TestDatabase.with(.v18, template: Self.installed) { database in
            try await database.psql(damage.sql)
            let verification = try await Self.verify(database)
            let gap = verification.gap
            let findings =
                gap.missing.map { "missing \($0)" }
                + gap.different.map { "different \($0.object): \($0.property.rawValue)" }
                // Roles are the cluster's, and other tests may make some.
                + gap.unknownOfThisDatabase.map { "unknown \($0)" }
                + verification.advice.map { "advice on \($0.object)" }
            for expected in damage.findings { #expect(findings.contains(expected), "\(findings)") }
            // A table in the place of another one differs in all its parts.
            let isOneFinding = !damage.findings.contains { $0.hasSuffix("partition key") }
            if isOneFinding { #expect(Set(findings) == Set(damage.findings)) }
            #expect(gap.isClosed == !damage.findings.contains { $0.hasPrefix("missing") || $0.hasPrefix("different") })
        }
    }

    /// Whoever may act as the owner may do with the schema what that may.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func namesWhoMayActAsTheOwner(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: Self.installed) { database in
            let roles = ["group", "person", "own", "super"].map { "\($0)_\(database.name)" }
            try await database.psql(
                """
                CREATE ROLE \(roles[0]); CREATE ROLE \(roles[1]); CREATE ROLE \(roles[2]) LOGIN; CREATE ROLE \(roles[3]) SUPERUSER;
                GRANT mcp_owner TO \(roles[0]), \(roles[2]), \(roles[3]); GRANT \(roles[0]) TO \(roles[1]);
                GRANT mcp_readonly TO \(roles[0]) WITH ADMIN OPTION; GRANT mcp_application TO \(roles[1])
                """)
            let verifier = SchemaVerifier(conninfo: database.conninfo(user: roles[2]), applicationName: "test")
            let gap = try await verifier.verify().gap
            let named = gap.unknown.filter { $0.kind == .member && $0.name.hasSuffix(database.name) }
            // Who may make others members of another is named for it, and a member that may not is none to be named.
            let expected = ["mcp_owner", "mcp_readonly"].flatMap { owner in
                roles[0...1].map { CatalogObject(.member, $0, of: owner) }
            }
            #expect(named == expected && gap.isClosed, "\(named)")
            try await database.psql("DROP ROLE \(roles.joined(separator: ", "))")
        }
    }

    /// Beside what its script has brought, to which whoever owns it can add.
    @Test func namesWhatAnOwnerCanDoWithAnExtension() async throws {
        try await TestDatabase.with(.v18, template: Self.installed) { database in
            let platform = "platform_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(platform); ALTER SCHEMA mcp OWNER TO \(platform); ALTER TYPE mcp.task_status OWNER TO \(platform);
                GRANT CREATE ON DATABASE \(database.name) TO \(platform); DROP EXTENSION pg_trgm CASCADE;
                CREATE SCHEMA vectors AUTHORIZATION \(platform); ALTER EXTENSION vector SET SCHEMA vectors;
                SET ROLE \(platform); CREATE EXTENSION pg_trgm SCHEMA mcp;
                CREATE FUNCTION mcp.told(mcp.task_status) RETURNS json LANGUAGE sql AS 'SELECT ''{}''::json';
                CREATE CAST (mcp.task_status AS json) WITH FUNCTION mcp.told(mcp.task_status);
                ALTER EXTENSION pg_trgm ADD FUNCTION mcp.told(mcp.task_status);
                ALTER EXTENSION pg_trgm ADD CAST (mcp.task_status AS json);
                """)
            let gap = try await Self.verify(database).gap
            let cast = CatalogObject(.cast, "(mcp.task_status AS json)")
            #expect(gap.different.contains { $0.object == cast }, "\(gap)")
            let unknown = gap.unknownOfThisDatabase.map(\.description)
            #expect(
                Set(unknown) == [
                    "function told(mcp.task_status)",
                    "grant to \(platform) as the owner of extension pg_trgm",
                    "grant to \(platform) as the owner of schema mcp, in which extension pg_trgm lives",
                    "grant to \(platform) as the owner of schema vectors, in which extension vector lives",
                ], "\(unknown)")
            try await database.psql("DROP OWNED BY \(platform) CASCADE; DROP ROLE \(platform)")
        }
    }

    /// Roles are the cluster's: no other test may see it.
    @Test(arguments: [
        "GRANT mcp_owner TO mcp_application", "GRANT mcp_owner TO mcp_readonly",
        "GRANT mcp_application TO mcp_readonly",
    ])
    func namesMembershipsThatPassRightsOn(grant: String) async throws {
        let cluster = try await Cluster.private(.v18)
        try await TestDatabase.with(cluster, template: Self.installed) { database in
            let words = grant.split(separator: " ")
            try await database.psql("CREATE ROLE program LOGIN; GRANT mcp_application TO program; \(grant)")
            let role = CatalogObject(.role, String(words[1]))
            let difference = SchemaGap.Difference(
                object: role, property: .members, expected: nil, found: String(words[3]))
            #expect(try await Self.gap(database).different == [difference])

            let diagnosis = try await database.repair()
            #expect(diagnosis.plan.steps == [] && diagnosis.plan.refusals.map(\.object) == [role])
            #expect(diagnosis.plan.refusals.map(\.cure) == [#"run: REVOKE "\#(words[1])" FROM \#(words[3])"#])
            try await database.psql("REVOKE \(words[1]) FROM \(words[3])")
            #expect(try await Self.gap(database).isClosed)
        }
        try await cluster.destroy()
    }

    /// It may have been made anywhere, under any name.
    @Test func findsTheExtensionsWhereTheyLive() async throws {
        try await TestDatabase.with(.v18) { database in
            try await database.psql(
                """
                CREATE SCHEMA "odd ""place"; CREATE SCHEMA "another'one";
                CREATE EXTENSION vector SCHEMA "odd ""place"; CREATE EXTENSION pg_trgm SCHEMA "another'one";
                SET search_path = ''; \(EmbeddedSQL.migrations.map(\.text).joined(separator: "\n"))
                """)
            let gap = try await Self.gap(database)
            #expect(gap.isClosed, "\(gap.missing) \(gap.different)")
        }
    }

    /// In a database of no encoding anything may be a name; in another one UTF-8 may have no equivalent of it.
    @Test(arguments: [("SQL_ASCII", "\\351"), ("WIN1252", "\\201")], PostgresVersion.underTest)
    func namesWhatIsNoUTF8(encoding: (name: String, byte: String), version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let (other, byte) = ("\(database.name)_other", encoding.byte)
            try await database.psql(
                """
                CREATE DATABASE \(other) ENCODING '\(encoding.name)' TEMPLATE template0 LOCALE 'C';
                \\c \(other)
                SET client_encoding = 'SQL_ASCII';
                CREATE SCHEMA mcp;
                DO $$ DECLARE name text := convert_from('caf\(byte)', '\(encoding.name)'); BEGIN
                    EXECUTE format('CREATE TABLE mcp.%I (%1$I integer)', name);
                    EXECUTE format('COMMENT ON SCHEMA mcp IS %L', name);
                END $$;
                CREATE TABLE mcp."caf\(byte)" ();
                """)
            let conninfo = database.conninfo(["dbname": other])
            let gap = try await SchemaVerifier(conninfo: conninfo, applicationName: "test").verify().gap
            let names = ["caf\(byte)", "caf\\\(byte)"].map { CatalogObject(.table, $0) }
            #expect(gap.unknown.filter { $0.kind == .table } == names, "\(gap.unknown)")
            #expect(gap.different.contains { $0.property == .comment && $0.found == "caf\(byte) (no UTF-8)" })

            // It stands in no way by itself: what could not be told is no obstacle.
            let repair = SchemaRepair(
                conninfo: conninfo, applicationName: "test", programVersion: "0", locks: TestDatabase.patientLocks)
            try await database.psql(
                """
                \\c \(other)
                SET client_encoding = 'SQL_ASCII';
                CREATE TABLE mcp.webhook_configs ();
                DO $$ BEGIN
                    EXECUTE format('CREATE TABLE public.%I (kept mcp.webhook_configs)', convert_from('caf\(byte)', '\(encoding.name)'));
                END $$
                """)
            let untold = try #require(await ServerFailure.of { _ = try await repair.plan() })
            #expect(untold.message.contains("encoding \"UTF8\""), "\(untold)")

            let role = "format('%s_\(database.name)', convert_from('r\(byte)', '\(encoding.name)'))"
            try await database.psql(
                """
                \\c \(other)
                SET client_encoding = 'SQL_ASCII';
                DO $$ BEGIN
                    EXECUTE format('CREATE ROLE %I', \(role));
                    EXECUTE format('ALTER TABLE mcp.%I OWNER TO %I', convert_from('caf\(byte)', '\(encoding.name)'), \(role));
                END $$
                """)
            let failure = try #require(await ServerFailure.of { _ = try await repair.plan() })
            #expect(
                failure.failureClass == .refused
                    && failure.message.contains("r\(byte)_\(database.name)\" (no UTF-8) has table mcp."), "\(failure)")
            #expect(
                failure.message.contains("caf\(byte)") && failure.cure?.description.contains("--trust") == false,
                "\(failure)")
            try await database.psql(
                """
                \\c \(other)
                SET client_encoding = 'SQL_ASCII';
                DO $$ BEGIN EXECUTE format('DROP OWNED BY %I; DROP ROLE %1$I', \(role)); END $$;
                \\c \(database.name)
                DROP DATABASE \(other);
                """)
        }
    }

    /// Connecting is all that it asks for.
    @Test func needsNoRight() async throws {
        try await TestDatabase.with(.v18, template: Self.installed) { database in
            let role = "reader_\(database.name)"
            try await database.psql("CREATE ROLE \(role) LOGIN")
            let verifier = SchemaVerifier(conninfo: database.conninfo(user: role), applicationName: "test")
            #expect(try await verifier.verify().gap.isClosed)
            try await database.psql("DROP ROLE \(role)")
        }
    }
}
