import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import EmbeddedSQL
@testable import MaintenanceDatabase

/// Most of it on clusters of its own: taking the schema back takes the roles, which are common to all databases.
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
                let obstacles = plan.makings.reduce(into: [:]) { $0["\($1.kind) \($1.name)"] = $1.obstacle ?? "" }
                #expect(
                    obstacles == [
                        "role mcp_owner": "database \(other.name) needs it",
                        "role mcp_readonly": "reporter is a member", "role mcp_application": "",
                        "extension vector": "public.documents needs it", "extension pg_trgm": "",
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

    /// Whoever could apply the schema without being a superuser can take it back as well.
    @Test func needsNoSuperuserWhereApplyingNeededNone() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(
                """
                CREATE ROLE installer LOGIN;
                CREATE ROLE mcp_owner; CREATE ROLE mcp_application; CREATE ROLE mcp_readonly;
                GRANT mcp_owner TO installer WITH INHERIT TRUE, SET TRUE;
                GRANT CREATE ON DATABASE \(database.name) TO installer;
                CREATE EXTENSION vector; CREATE EXTENSION pg_trgm;
                """)
            let before = try await database.definitions()
            _ = try await apply(database, user: "installer")
            _ = try await rollback(database, user: "installer").run(on: database.name, dropsRows: false)
            #expect(try await database.definitions() == before)
        }
    }

    // MARK: - What stops it

    @Test func rowsAreCountedAndDroppedOnlyWhereToldSo() async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            try await database.psql(
                """
                INSERT INTO mcp.audit_log (tenant_id, table_name, record_id, action)
                SELECT gen_random_uuid(), 'tasks', gen_random_uuid(), 'SELECT' FROM generate_series(1, 3)
                """)
            let before = try await database.dump()
            let rows = try await rollback(database).plan().tablesWithRows
            #expect(rows.map(\.name.description) == ["mcp.audit_log"] && rows.map(\.rows) == [3])
            let failure = try await rejection(of: rollback(database), on: database.name)
            #expect(failure.sqlState == "55000")
            #expect(failure.message.contains("table mcp.audit_log has rows"))
            #expect(try await database.dump() == before)
            let outcome = try await rollback(database).run(on: database.name, dropsRows: true)
            #expect(!outcome.migrations.isEmpty)
            #expect(try await database.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")
        }
    }

    @Test(arguments: [
        (
            "CREATE TABLE shop.orders (model uuid REFERENCES mcp.models (id))",
            "constraint orders_model_fkey on table shop.orders depends on table mcp.models"
        ),
        (
            "CREATE VIEW shop.days AS SELECT day FROM mcp.agent_cost_analytics",
            "view shop.days depends on materialized view mcp.agent_cost_analytics"
        ),
        (
            """
            CREATE TABLE mcp.later PARTITION OF mcp.audit_log
            FOR VALUES FROM ('2031-01-01 00:00+00') TO ('2031-02-01 00:00+00');
            CREATE VIEW shop.months AS TABLE mcp.later
            """, "view shop.months depends on table mcp.later"
        ),
        ("CREATE VIEW mcp.more AS SELECT 1 AS one", "schema mcp holds what is not of the migration: view mcp.more"),
        (
            "CREATE FUNCTION mcp.find_api_key(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "schema mcp holds what is not of the migration: function mcp.find_api_key(integer)"
        ),
        (
            "CREATE TABLE shop.tasks (status mcp.task_status)",
            "column status of table shop.tasks depends on type mcp.task_status"
        ),
        (
            "CREATE TABLE shop.own (tenant uuid DEFAULT mcp.current_tenant_id())",
            "default value for column tenant of table shop.own depends on function mcp.current_tenant_id()"
        ),
    ])
    func whatIsSomebodyElsesIsNamedAndNothingChanges(statement: String, words: String) async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            try await database.psql("CREATE SCHEMA shop")
            try await database.psql(statement)
            let before = try await database.dump()
            let failure = try await rejection(of: rollback(database), on: database.name)
            #expect(failure.sqlState == "2BP01")
            #expect("\(failure.message) \(failure.detail ?? "")".contains(words), "\(failure)")
            #expect(failure.message.contains("nothing was changed"))
            #expect(try await database.dump() == before)
        }
    }

    @Test func anotherDatabaseThanTheOneThatIsMeantIsLeftAlone() async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            let failure = try await rejection(of: rollback(database), on: "shop")
            #expect(failure.message == "this is database \(database.name), not shop; nothing was changed")
        }
    }

    @Test func aDatabaseFromANewerVersionIsRefused() async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            try await database.psql(
                """
                INSERT INTO pgtend.schema_migrations (number, name, checksum, pgtend_version)
                SELECT number + 1, 'later', checksum, '99' FROM pgtend.schema_migrations ORDER BY 1 DESC LIMIT 1
                """)
            let failure = try await rejection(of: rollback(database), on: database.name)
            #expect(failure.message.contains("(later) of a newer pgtend"))
            #expect(try await database.psql("SELECT count(*) FROM mcp.models") == "0")
        }
    }

    // MARK: - All or nothing

    enum Interruption: CaseIterable {
        case cancelled, terminated
    }

    /// A lock of the test's own holds it where everything but the last has been dropped.
    @Test(arguments: Interruption.allCases)
    func interruptedItHasChangedNothing(interruption: Interruption) async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            let before = try await database.dump()
            let holder = try await database.connect()
            try await holder.script(unsafe: "BEGIN; LOCK TABLE pgtend.schema_makings IN ACCESS SHARE MODE")
            let task = Task { try await rejection(of: rollback(database), on: database.name) }
            let waits = "FROM pg_stat_activity WHERE application_name = 'rollback' AND wait_event = 'relation'"
            try await database.wait(until: "EXISTS (SELECT \(waits))")
            switch interruption {
            case .cancelled: task.cancel()
            case .terminated: try await database.psql("SELECT pg_terminate_backend(pid) \(waits)")
            }
            let failure = try await task.value
            #expect(failure.failureClass == (interruption == .cancelled ? .cancelled : .connection))
            await holder.close()
            #expect(try await database.dump() == before)
            #expect(try await rollback(database).run(on: database.name, dropsRows: false).remarks == [])
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
            let outcome = try await rollback(database, set: set).run(on: database.name, dropsRows: false)
            #expect(outcome.migrations.map(\.number) == [2, 1])
            let left = "SELECT to_regclass('public.first') IS NULL, (SELECT count(*) FROM pgtend.schema_migrations)"
            #expect(try await database.psql(left) == "t|0")

            set.migrations.append(migration(3, "third", "CREATE TABLE public.third (id integer)", down: nil))
            _ = try await apply(database, set: set)
            let failure = try await rejection(of: rollback(database, set: set), on: database.name)
            #expect(failure.message == "m0003_third only goes forward; nothing was changed")
            #expect(try await database.psql("SELECT count(*) FROM pgtend.schema_migrations") == "3")
        }
    }
}

// MARK: - Tools

private func withDatabase(_ version: PostgresVersion, _ body: (TestDatabase) async throws -> Void) async throws {
    let cluster = try await Cluster.private(version)
    try await TestDatabase.with(cluster, body)
    try await cluster.destroy()
}

private func apply(
    _ database: TestDatabase, user: String = "postgres", set: MigrationSet = .platform
) async throws -> AppliedMigrations {
    try await SchemaInstaller(
        conninfo: database.conninfo(user: user), applicationName: "test", programVersion: "0", set: set
    ).apply()
}

private func rollback(
    _ database: TestDatabase, user: String = "postgres", set: MigrationSet = .platform
) -> SchemaRollback {
    SchemaRollback(conninfo: database.conninfo(user: user), applicationName: "rollback", set: set)
}

private func rejection(of rollback: SchemaRollback, on database: String) async throws -> ServerFailure {
    do {
        let outcome = try await rollback.run(on: database, dropsRows: false)
        throw TestFailure("done: \(outcome)")
    } catch let failure as ServerFailure {
        return failure
    }
}

private func migration(_ number: Int, _ name: String, _ text: String, down: String?) -> Migration {
    let label = "m000\(number)_\(name)"
    return Migration(
        number: number, name: name, label: label, parts: [Migration.Part(fileName: "\(label).sql", text: text)],
        down: down.map { Migration.Part(fileName: "m000\(number)_down.sql", text: $0) })
}
