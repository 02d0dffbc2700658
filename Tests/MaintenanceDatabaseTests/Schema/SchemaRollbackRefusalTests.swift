import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import EmbeddedSQL
@testable import MaintenanceDatabase

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
}
