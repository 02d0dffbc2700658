import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import EmbeddedSQL
@testable import SchemaManagement

/// What keeps the schema from being taken back, and that nothing has changed then.
@Suite("Refused and interrupted schema rollback", .serialized)
struct SchemaRollbackRefusalTests {
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
            #expect(failure.sqlState == .objectNotInPrerequisiteState)
            #expect(failure.message.contains("table mcp.audit_log has rows"))
            #expect(try await database.dump() == before)
            // Its rows are not seen through the parent.
            try await database.psql(
                """
                UPDATE pg_inherits SET inhdetachpending = true
                WHERE inhrelid = (SELECT tableoid FROM mcp.audit_log LIMIT 1) AND NOT inhdetachpending
                """)
            #expect(try await rollback(database).plan().detachedPartitions.count == 1)
            let pending = try await rejection(of: rollback(database), on: database.name)
            #expect(pending.message.contains("a partition of mcp.audit_log is being detached"), "\(pending)")
            // Nor are those of a partition's partition.
            try await database.psql(
                """
                UPDATE pg_inherits SET inhdetachpending = false;
                CREATE TABLE mcp.later PARTITION OF mcp.audit_log FOR VALUES FROM ('2031-01-01') TO ('2031-02-01')
                    PARTITION BY RANGE (changed_at);
                CREATE TABLE mcp.latest PARTITION OF mcp.later DEFAULT; ALTER TABLE mcp.latest OWNER TO mcp_owner;
                UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'mcp.latest'::regclass
                """)
            let deep = try await rejection(of: rollback(database), on: database.name)
            #expect(deep.message.contains("a partition of mcp.audit_log is being detached"), "\(deep)")
            let outcome = try await rollback(database).run(on: database.name, dropsRows: true)
            #expect(!outcome.migrations.isEmpty)
            #expect(try await database.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")
        }
    }

    /// Somebody who had a table once has left a function in an index, and both are a superuser's by now.
    @Test func noRowIsReadAsASuperuser() async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            try await database.psql(
                """
                CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO PUBLIC; CREATE SEQUENCE shop.calls;
                GRANT ALL ON SEQUENCE shop.calls TO PUBLIC;
                CREATE FUNCTION shop.note() RETURNS void LANGUAGE sql AS $$ SELECT nextval('shop.calls') $$;
                CREATE FUNCTION shop.one() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
                    $$ BEGIN PERFORM shop.note(); RETURN 1; END $$;
                CREATE INDEX ON mcp.api_keys (name) WHERE shop.one() = 1; ALTER TABLE mcp.api_keys OWNER TO postgres;
                ALTER SEQUENCE shop.calls RESTART
                """)
            let told = "rows of mcp.api_keys are not counted: a superuser has the table"
            await #expect { _ = try await rollback(database).plan() } throws: {
                ($0 as? ServerFailure)?.message.contains(told) ?? false
            }
            #expect(try await rejection(of: rollback(database), on: database.name).message.contains(told))
            #expect(try await database.psql("SELECT is_called FROM shop.calls") == "f")
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
        ("CREATE TABLE mcp.own (id integer)", "schema mcp holds what is not of the migration: table mcp.own"),
        ("CREATE EXTENSION hstore SCHEMA mcp", "schema mcp holds what is not of the migration: extension hstore"),
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
            // What the server would refuse, and names first in its own words, is what the plan has found.
            let plan = try await rollback(database).plan()
            #expect(plan.obstacles.count == 1 && plan.bystanders == [])
            #expect(plan.obstacles.allSatisfy(words.contains), "\(plan.obstacles)")
            #expect(plan.tables.count == 34)
            let failure = try await rejection(of: rollback(database), on: database.name)
            #expect(failure.sqlState == .dependentObjectsStillExist && failure.isRollbackRefusal)
            #expect("\(failure.message) \(failure.detail ?? "")".contains(words), "\(failure)")
            #expect(failure.message.contains("nothing was changed"))
            #expect(try await database.dump() == before)
        }
    }

    @Test func anExtensionWithATableOfTheSchemaIsNamed() async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            try await database.psql("CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD TABLE mcp.users")
            #expect(try await rollback(database).plan().obstacles == ["extension hstore"])
            #expect(try await rejection(of: rollback(database), on: database.name).isRollbackRefusal)
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

    // MARK: - Rights

    /// Each right that is missing is named, with its statement where there is one that is enough.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func aRoleWithoutRightsIsToldWhatItLacks(version: PostgresVersion) async throws {
        try await withDatabase(version) { database in
            try await database.psql(
                """
                CREATE ROLE installer LOGIN;
                CREATE ROLE "in ""stall"" er" LOGIN;
                CREATE ROLE mcp_owner; CREATE ROLE mcp_application; CREATE ROLE mcp_readonly;
                CREATE ROLE dba;
                CREATE SCHEMA mcp AUTHORIZATION dba;
                GRANT mcp_owner, dba TO installer;
                GRANT CREATE ON DATABASE \(database.name) TO installer;
                CREATE EXTENSION vector;
                """)
            _ = try await apply(database, user: "installer")
            let stranger = rollback(
                database, user: "in \"stall\" er", release: .platform(recordedBy: "installer"))
            let before = try await database.dump()
            for failure in [
                try await #require(throws: ServerFailure.self) { try await stranger.plan() },
                try await rejection(of: stranger, on: database.name),
            ] {
                #expect(failure.failureClass == .privilege)
                #expect(failure.message.contains("may not take the schema back, and nothing was changed; it lacks: "))
                for right in [
                    "the privileges of mcp_owner, which owns ", "the privileges of installer, which owns ",
                    "membership with SET ROLE in dba, which schema mcp is given back to", "CREATE on database ",
                ] {
                    #expect(failure.message.contains(right), "\(failure)")
                }
                #expect(try await database.dump() == before)
            }
            let cure = try #require(try await rejection(of: stranger, on: database.name).cure?.description)
            let start = try #require(cure.range(of: "let one run: "))
            try await database.psql(String(cure[start.upperBound...]))
            #expect(try await stranger.plan().missingPrivileges == [])
            _ = try await stranger.run(on: database.name, dropsRows: false)
            let left = """
                SELECT to_regclass('mcp.models') IS NULL, nspowner::regrole FROM pg_namespace WHERE nspname = 'mcp'
                """
            #expect(try await database.psql(left) == "t|dba")
        }
    }

    @Test func whatOnlyASuperuserMayDropIsForASuperuser() async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            try await database.psql("CREATE ROLE reader LOGIN; GRANT pg_read_all_data, mcp_owner TO reader")
            let reader = rollback(database, user: "reader")
            let lacking = try await reader.plan().missingPrivileges
            #expect(lacking.map(\.description).contains("the right to drop role mcp_application"))
            let failure = try await rejection(of: reader, on: database.name)
            #expect(failure.cure == "do it as a superuser: not all of this should be given to another role")
        }
    }

    /// A right to drop what stays for others is asked of nobody.
    @Test func whatStaysTakesNoRight() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(
                """
                CREATE ROLE maintainer LOGIN;
                CREATE ROLE mcp_owner;
                GRANT mcp_owner TO maintainer WITH INHERIT TRUE, SET TRUE;
                GRANT CREATE ON DATABASE \(database.name) TO maintainer;
                """)
            _ = try await apply(database)
            try await database.psql(
                """
                DELETE FROM pgtend.created_objects WHERE kind = 'extension';
                GRANT CONNECT ON DATABASE \(database.name) TO mcp_application, mcp_readonly;
                ALTER SCHEMA pgtend OWNER TO maintainer;
                ALTER TABLE pgtend.created_objects OWNER TO maintainer;
                ALTER TABLE pgtend.schema_migrations OWNER TO maintainer;
                """)
            let maintainer = rollback(database, user: "maintainer")
            #expect(try await maintainer.plan().missingPrivileges == [])
            let remarks = try await maintainer.run(on: database.name, dropsRows: false).remarks
            #expect(remarks.contains { $0.hasPrefix("role mcp_application stays: ") }, "\(remarks)")
            #expect(try await database.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")
        }
    }

    // MARK: - Locks

    @Test func whoHoldsAFunctionOrATypeIsNamed() async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            let holder = try await database.connect(options: SessionOptions(applicationName: "holder"))
            try await holder.script(
                unsafe: "BEGIN; CREATE FUNCTION public.f(mcp.task_status) RETURNS integer LANGUAGE sql AS 'SELECT 1'")
            var rollback = rollback(database)
            rollback.lockTimeout = .milliseconds(100)
            let failure = try await rejection(of: rollback, on: database.name)
            #expect(failure.failureClass == .lockNotAvailable)
            #expect(failure.message.contains("(postgres, holder, idle in transaction for"), "\(failure)")
            #expect(failure.message.contains("holds AccessShareLock on mcp.task_status"), "\(failure)")
            await holder.close()
        }
    }

    @Test func whoHoldsALockIsNamedAndNotTheStatement() async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            let holder = try await database.connect(options: SessionOptions(applicationName: "holder"))
            let partition = try await database.psql(
                "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'mcp.audit_log'::regclass LIMIT 1")
            try await holder.script(unsafe: "BEGIN; LOCK TABLE \(partition) IN ACCESS SHARE MODE")
            let before = try await database.dump()
            var rollback = rollback(database)
            rollback.lockTimeout = .milliseconds(100)
            let failure = try await rejection(of: rollback, on: database.name)
            #expect(failure.failureClass == .lockNotAvailable)
            #expect(
                failure.message.contains(
                    "others hold its locks: pid \(holder.server.backendPID) (postgres, holder, idle in transaction for")
            )
            #expect(failure.message.contains("holds AccessShareLock on \(partition); nothing was changed"))
            #expect(!"\(failure) \(failure.detail ?? "")".contains("DROP"))
            #expect(failure.cure == "stop the programs that use the schema, then repeat the command")
            #expect(try await database.dump() == before)

            try await holder.script(unsafe: "LOCK TABLE mcp.models IN ACCESS EXCLUSIVE MODE")
            let plan = try await #require(throws: ServerFailure.self) { try await rollback.plan() }
            #expect(plan.message.contains("the rows cannot be counted"))
            #expect(plan.message.contains("(postgres, holder, idle in transaction for"))
            await holder.close()
        }
    }

    @Test func besideAnotherCommandItSaysWhoIsAtWork() async throws {
        try await TestDatabase.with { database in
            _ = try await apply(database)
            let other = try await database.connect(options: SessionOptions(applicationName: "pgtend schema repair"))
            try await MigrationLock(connection: other, set: .platform).acquire()
            let failure = try await rejection(of: rollback(database), on: database.name)
            #expect(
                failure.message.hasPrefix(
                    "another pgtend works on the schema of this database: pid \(other.server.backendPID) "
                        + "(postgres, pgtend schema repair)"))
            await other.close()
        }
    }

    // MARK: - All or nothing

    enum Interruption: CaseIterable {
        case cancelled, terminated
        /// Ended is the session that holds the lock against other commands; the one that works could go on.
        case withoutItsLock
    }

    /// A lock of the test's own holds it where everything but the last has been dropped.
    @Test(arguments: Interruption.allCases)
    func interruptedItHasChangedNothing(interruption: Interruption) async throws {
        try await withDatabase(.v18) { database in
            _ = try await apply(database)
            let before = try await database.dump()
            let holder = try await database.connect()
            try await holder.script(unsafe: "BEGIN; LOCK TABLE pgtend.created_objects IN ACCESS SHARE MODE")
            let task = Task { try await rejection(of: rollback(database), on: database.name) }
            let waits = "FROM pg_stat_activity WHERE application_name = 'rollback' AND wait_event = 'relation'"
            try await database.wait(until: "EXISTS (SELECT \(waits))")
            switch interruption {
            case .cancelled: task.cancel()
            case .terminated: try await database.psql("SELECT pg_terminate_backend(pid) \(waits)")
            case .withoutItsLock:
                try await database.psql(
                    """
                    SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
                    WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.granted
                    """)
                await holder.close()
            }
            let failure = try await task.value
            #expect(failure.failureClass == (interruption == .cancelled ? .cancelled : .connection))
            await holder.close()
            #expect(try await database.dump() == before)
            #expect(try await rollback(database).run(on: database.name, dropsRows: false).remarks == [])
        }
    }
}
