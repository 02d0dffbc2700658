import DatabaseAccess
import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import EmbeddedSQL
@testable import SchemaManagement

@Suite("Schema rollback", .serialized)
struct SchemaRollbackTests {
    // MARK: - Up, down, and up again

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func isTheReverseOfApplying(version: PostgresVersion) async throws {
        try await withDatabase(version) { database in
            try await database.psql("ALTER DATABASE \(database.name) SET pgtend.now = '2027-01-31 23:30-01'")
            let empty = try await database.definitions()
            let applied = try await apply(database).applied
            let first = try await database.definitions()
            #expect(first.contains("CREATE TABLE mcp.tasks_2027_05") && first.contains("mcp_owner|f|f|t|f"))

            // A partition that came later goes with its table.
            try await database.psql(
                """
                CREATE TABLE mcp.audit_log_2031_01 PARTITION OF mcp.audit_log
                FOR VALUES FROM ('2031-01-01 00:00+00') TO ('2031-02-01 00:00+00')
                """)
            let outcome = try await rollback(database).run(on: database.name, dropsRows: false)
            #expect(outcome.migrations == applied.map(\.migration).reversed())
            #expect(outcome.remarks == [])
            #expect(try await database.definitions() == empty)

            let again = try await rollback(database).run(on: database.name, dropsRows: false)
            #expect(again == SchemaRollbackOutcome(migrations: [], remarks: []))
            #expect(try await apply(database).applied.map(\.migration) == applied.map(\.migration))
            #expect(try await database.definitions() == first)
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func leavesWhatStoodBeforeAndNamesIt(version: PostgresVersion) async throws {
        try await withDatabase(version) { database in
            try await database.psql(
                """
                CREATE ROLE dba;
                CREATE ROLE mcp_application NOLOGIN CREATEDB;
                CREATE SCHEMA tools;
                CREATE EXTENSION vector SCHEMA tools;
                CREATE SCHEMA mcp AUTHORIZATION dba;
                COMMENT ON SCHEMA mcp IS 'somebody''s';
                GRANT USAGE ON SCHEMA mcp TO mcp_application;
                CREATE TABLE mcp.notes (id integer);
                """)
            let before = try await database.definitions()
            _ = try await apply(database)
            #expect(try await database.definitions() != before)
            // Nor do somebody else's rows keep anything from going.
            try await database.psql("INSERT INTO mcp.notes VALUES (1)")
            let plan = try await rollback(database).plan()
            #expect(plan.bystanders == ["table mcp.notes"] && plan.obstacles == [] && plan.tablesWithRows == [])
            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            #expect(try await database.definitions() == before)
            for name in ["role mcp_application", "extension vector", "schema mcp"] {
                #expect(remarks.contains { $0.hasPrefix("\(name) stays: it is not recorded") }, "\(remarks)")
            }
            #expect(remarks.count == 3)
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func leavesWhatOthersNeedByNowAndNamesThem(version: PostgresVersion) async throws {
        try await withDatabase(version) { database in
            _ = try await apply(database)
            try await TestDatabase.with(database.cluster) { other in
                try await other.psql(
                    "CREATE TABLE public.kept (id integer); ALTER TABLE public.kept OWNER TO mcp_owner")
                try await database.psql(
                    """
                    CREATE ROLE reporter LOGIN;
                    GRANT mcp_readonly TO reporter;
                    CREATE TABLE public.documents (place vector(3));
                    """)
                let plan = try await rollback(database).plan()
                // Not every server has pg_trgm.
                let obstacles = plan.sharedChanges.filter { $0.name != "pg_trgm" }
                    .reduce(into: [:]) { $0["\($1.kind.rawValue) \($1.name)"] = $1.obstacle ?? "" }
                #expect(
                    obstacles == [
                        "role mcp_owner": "database \(other.name) needs it",
                        "role mcp_readonly": "reporter is a member", "role mcp_application": "",
                        "extension vector": "column place of table public.documents needs it",
                        "schema mcp": "", "schema pgtend": "",
                    ])

                let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
                #expect(
                    remarks.sorted() == [
                        "extension vector stays: others need it (column place of table public.documents depends on "
                            + "type public.vector)",
                        "role mcp_owner stays: others need it (1 object in database \(other.name))",
                        "role mcp_readonly stays: it has been granted to, or has been given, reporter",
                    ])
                let left = try await database.psql("SELECT rolname FROM pg_roles WHERE rolname ~ '^mcp_' ORDER BY 1")
                #expect(left == "mcp_owner\nmcp_readonly")
                let schemas = try await database.psql(
                    "SELECT to_regnamespace('mcp') IS NULL, to_regnamespace('pgtend') IS NULL")
                #expect(schemas == "t|t")
            }
        }
    }

    /// What is marked to go with an extension would go without a word.
    @Test func leavesAnExtensionThatWouldTakeOthersWithIt() async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            try await database.psql(
                """
                CREATE SCHEMA shop;
                CREATE FUNCTION shop.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
                CREATE MATERIALIZED VIEW shop.precious AS SELECT 1 AS one;
                ALTER FUNCTION shop.one() DEPENDS ON EXTENSION vector;
                ALTER MATERIALIZED VIEW shop.precious DEPENDS ON EXTENSION vector;
                CREATE DOMAIN shop.similarity AS integer;
                GRANT CONNECT ON DATABASE \(database.name) TO mcp_application;
                GRANT USAGE ON SCHEMA shop TO mcp_readonly;
                """)
            let kept = try await obstacles(database)
            #expect(kept["extension vector"] == "function shop.one() and 1 more need it")
            #expect(kept["role mcp_application"] == "database \(database.name) needs it")
            #expect(kept["role mcp_readonly"] == "schema shop needs it")
            #expect(kept["role mcp_owner"] == "")
            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            let words =
                "extension vector stays: what depends on it would go with it (function shop.one(), materialized view"
            #expect(remarks.contains { $0.hasPrefix(words) }, "\(remarks)")
            #expect(remarks.count == 3, "\(remarks)")
            #expect(try await database.psql("SELECT shop.one(), one FROM shop.precious") == "1|1")
        }
    }

    /// What keeps each thing that is shared, by its kind and name; empty for one that goes.
    private func obstacles(_ database: TestDatabase) async throws -> [String: String] {
        try await rollback(database).plan().sharedChanges.reduce(into: [:]) { obstacles, change in
            obstacles["\(change.kind.rawValue) \(change.name)"] = change.obstacle ?? ""
        }
    }

    @Test func leavesAnOwnerAndACommentThatCameLater() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(
                """
                CREATE ROLE alice; CREATE ROLE bob;
                CREATE SCHEMA mcp AUTHORIZATION alice; COMMENT ON SCHEMA mcp IS 'hers';
                """)
            _ = try await apply(database)
            let before = try await obstacles(database)
            #expect(before["owner mcp"] == "" && before["comment mcp"] == "")
            try await database.psql(
                "ALTER SCHEMA mcp OWNER TO bob; COMMENT ON SCHEMA mcp IS 'his'; "
                    // As whom the rows of its tables are counted.
                    + "GRANT USAGE ON SCHEMA mcp TO mcp_owner")
            let kept = try await obstacles(database)
            #expect(kept["owner mcp"] == "bob has it since" && kept["comment mcp"] == "it has been changed since")
            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            for (what, now) in [("owner", "bob"), ("comment", "his")] {
                let words = "the \(what) of schema mcp stays as it is: it has been changed since the migration (\(now))"
                #expect(remarks.contains(words), "\(remarks)")
            }
            let left = "SELECT nspowner::regrole, obj_description(oid) FROM pg_namespace WHERE nspname = 'mcp'"
            #expect(try await database.psql(left) == "bob|his")
        }
    }

    /// A kind that the migration does not make is somebody else's, whatever its name.
    @Test func leavesWhatHasANameOfTheSchemaAndIsOfAnotherKind() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql("CREATE SCHEMA mcp")
            _ = try await apply(database)
            try await database.psql(
                """
                DROP TABLE mcp.events CASCADE; CREATE VIEW mcp.events AS SELECT 1 AS one;
                DROP FUNCTION mcp.refresh_cost_analytics();
                CREATE PROCEDURE mcp.refresh_cost_analytics() LANGUAGE sql AS 'SELECT 1';
                DROP TYPE mcp.member_role CASCADE; CREATE DOMAIN mcp.member_role AS text;
                """)
            let plan = try await rollback(database).plan()
            #expect(
                plan.bystanders == [
                    "function mcp.refresh_cost_analytics()", "type mcp.member_role", "view mcp.events",
                ])
            _ = try await rollback(database).run(on: database.name, dropsRows: false)
            #expect(try await database.psql("SELECT one, 'x'::mcp.member_role FROM mcp.events") == "1|x")
        }
    }

    /// golang-migrate's record stays, with its row and the schema that it stands in, and no row of its own is at stake.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func leavesTheRecordOfGolangMigrate(version: PostgresVersion) async throws {
        try await withDatabase(version) { database in
            _ = try await apply(database)
            try await database.psql(
                """
                CREATE TABLE mcp.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
                INSERT INTO mcp.schema_migrations VALUES (1, false);
                """)
            let plan = try await rollback(database).plan()
            #expect(plan.tablesWithRows == [] && plan.obstacles == [] && plan.bystanders == [])
            #expect(plan.tables.count == 34 && !plan.tables.contains { $0.name.name == "schema_migrations" })
            let schema = plan.sharedChanges.first { $0.kind == .schema && $0.name == "mcp" }
            #expect(schema?.obstacle == "table mcp.schema_migrations stands in it")

            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            #expect(
                remarks == [
                    "schema mcp stays: others need it (table mcp.schema_migrations depends on schema mcp)",
                    "role mcp_owner stays: others need it (owner of schema mcp)",
                ])
            #expect(try await database.psql("SELECT count(*) FROM mcp.schema_migrations") == "1")
            let again = try await rollback(database).plan()
            #expect(again.migrations.isEmpty && again.objects == 0)
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func passesOverASchemaThatSomebodyHasDropped(version: PostgresVersion) async throws {
        try await withDatabase(version) { database in
            let empty = try await database.definitions()
            _ = try await apply(database)
            try await database.psql("DROP SCHEMA mcp CASCADE")
            let plan = try await rollback(database).plan()
            #expect(!plan.migrations.isEmpty && plan.objects == 0 && plan.tables == [] && plan.obstacles == [])
            #expect(!plan.sharedChanges.contains { $0.name == "mcp" })
            #expect(try await rollback(database).run(on: database.name, dropsRows: false).remarks == [])
            #expect(try await database.definitions() == empty)
        }
    }

    /// Whoever could apply the schema without being a superuser can take it back as well.
    @Test func needsNoSuperuserWhereApplyingNeededNone() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(
                """
                CREATE ROLE installer LOGIN CREATEROLE;
                CREATE ROLE mcp_owner;
                GRANT mcp_owner TO installer WITH INHERIT TRUE, SET TRUE;
                GRANT CREATE ON DATABASE \(database.name) TO installer;
                CREATE EXTENSION vector; CREATE EXTENSION pg_trgm;
                """)
            let before = try await database.definitions()
            _ = try await apply(database, user: "installer")
            #expect(try await rollback(database, user: "installer").plan().missingPrivileges == [])
            _ = try await rollback(database, user: "installer").run(on: database.name, dropsRows: false)
            #expect(try await database.definitions() == before)
        }
    }

    /// A schema that another tool applied goes once pgtend has recorded it, and with it what pgtend itself has made.
    @Test func whatWasTakenOverGoesAsWell() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(
                """
                CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
                INSERT INTO public.schema_migrations VALUES (1, false);
                """)
            let before = try await database.definitions()
            let connection = try await database.connect()
            for migration in EmbeddedSQL.migrations { try await connection.script(unsafe: migration.text) }
            await connection.close()

            let unknown = try await rollback(database).plan()
            #expect(unknown.migrations.isEmpty && !unknown.tables.isEmpty)
            #expect(try await rollback(database).run(on: database.name, dropsRows: true).migrations.isEmpty)
            _ = try await SchemaApplication(
                conninfo: database.conninfo(), applicationName: "test", programVersion: "0",
                locks: LockBudget()
            ).apply(progress: { _ in }, begun: { _ in }, done: { _, _ in })

            let plan = try await rollback(database).plan()
            #expect(plan.golangMigrateTables.map(\.description) == ["public.schema_migrations"])
            _ = try await rollback(database).run(on: database.name, dropsRows: false)
            #expect(try await database.definitions() == before)
        }
    }

    /// A schema that came with a dump has brought no record: pgtend's own schema may have stood before, as anything.
    @Test func whatStoodBeforeASchemaWasTakenOverStays() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(
                """
                CREATE SCHEMA pgtend; COMMENT ON SCHEMA pgtend IS 'hers';
                CREATE EXTENSION vector; CREATE EXTENSION pg_trgm;
                """)
            _ = try await apply(database)
            try await database.psql("DROP TABLE pgtend.created_objects, pgtend.schema_migrations")
            _ = try await SchemaApplication(
                conninfo: database.conninfo(), applicationName: "test", programVersion: "0", locks: LockBudget()
            ).apply(progress: { _ in }, begun: { _ in }, done: { _, _ in })

            let reason = "it is not recorded that the migration made it"
            let kept = try await obstacles(database)
            #expect(kept["schema pgtend"] == reason && kept["schema mcp"] == reason && kept["role mcp_owner"] == reason)
            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            #expect(remarks.contains("schema pgtend stays: \(reason)"), "\(remarks)")
            let left = "SELECT nspowner::regrole, obj_description(oid) FROM pg_namespace WHERE nspname = 'pgtend'"
            #expect(try await database.psql(left) == "postgres|hers")
        }
    }

    /// Where the record has not seen how the schema was made, what is shared stays; pgtend's own record goes.
    @Test func whatARepairCompletedGoesWithoutWhatIsShared() async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            try await database.psql(
                "DROP SCHEMA pgtend CASCADE; DROP FUNCTION mcp.jsonb_merge_recursive(jsonb, jsonb)")
            let diagnosis = try await SchemaRepair(
                conninfo: database.conninfo(), applicationName: "test", programVersion: "0", locks: LockBudget()
            ).run(begun: { _ in }, done: { _, _ in })
            #expect(diagnosis.verification.gap.isClosed, "\(diagnosis.verification.gap)")
            #expect(try await database.psql("SELECT kind, name FROM pgtend.created_objects") == "schema|pgtend")

            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            let shared = [
                "extension pg_trgm", "extension vector", "role mcp_application", "role mcp_owner", "role mcp_readonly",
                "schema mcp",
            ]
            #expect(
                remarks.sorted() == shared.map { "\($0) stays: it is not recorded that the migration made it" })
            let left =
                "SELECT to_regnamespace('pgtend') IS NULL, count(*) FROM pg_class WHERE relnamespace = 'mcp'::regnamespace"
            #expect(try await database.psql(left) == "t|0")
        }
    }

    /// Whoever may write to the record could otherwise have a superuser drop anything.
    @Test func theRecordIsNotBelievedBeyondWhatAMigrationCanMake() async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            try await database.psql(
                """
                CREATE ROLE bystander;
                CREATE EXTENSION btree_gist;
                CREATE SCHEMA shop AUTHORIZATION bystander;
                GRANT USAGE ON SCHEMA shop TO bystander;
                ALTER TABLE pgtend.created_objects DROP CONSTRAINT created_objects_kind_check;
                INSERT INTO pgtend.created_objects (kind, name, detail)
                VALUES ('role', 'bystander', ''), ('extension', 'btree_gist', ''), ('schema', 'shop', ''),
                    ('owner', 'shop', 'postgres'), ('comment', 'shop', 'new'), ('usage', 'shop', 'bystander'),
                    ('database', 'postgres', '');
                """)
            _ = try await rollback(database).run(on: database.name, dropsRows: false)
            let left = """
                SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'), n.nspowner::regrole,
                    obj_description(n.oid), has_schema_privilege('bystander', 'shop', 'USAGE')
                FROM pg_namespace AS n WHERE n.nspname = 'shop'
                """
            #expect(try await database.psql(left) == "1|bystander||t")
        }
    }

    // MARK: - Several migrations

    @Test func takesTheNewestBackFirstAndAllTogether() async throws {
        try await TestDatabase.with(.v15) { database in
            var set = MigrationSet.platform
            set.migrations = [
                migration(1, "first", "CREATE TABLE public.first (id integer)", down: "DROP TABLE public.first"),
                migration(
                    2, "second", "CREATE VIEW public.second AS TABLE public.first", down: "DROP VIEW public.second"),
            ]
            _ = try await apply(database, set: set)
            let outcome = try await rollback(
                database, release: SchemaRelease(set: set, facts: SchemaRelease.platform.facts)
            ).run(on: database.name, dropsRows: false)
            #expect(outcome.migrations.map(\.number) == [2, 1])
            let left = "SELECT to_regclass('public.first') IS NULL, (SELECT count(*) FROM pgtend.schema_migrations)"
            #expect(try await database.psql(left) == "t|0")

            set.migrations.append(migration(3, "third", "CREATE TABLE public.third (id integer)", down: nil))
            _ = try await apply(database, set: set)
            let failure = try await rejection(
                of: rollback(database, release: SchemaRelease(set: set, facts: SchemaRelease.platform.facts)),
                on: database.name)
            #expect(failure.message == "0003_third only goes forward; nothing was changed")
            #expect(try await database.psql("SELECT count(*) FROM pgtend.schema_migrations") == "3")
        }
    }
}
