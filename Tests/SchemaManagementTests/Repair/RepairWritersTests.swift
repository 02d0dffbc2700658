import Foundation
import Maintenance
import PostgresClient
import SQLText
import SchemaManagement
import Synchronization
import TestSupport
import Testing

@testable import SchemaManagement

/// The old programs go on while their database is repaired: as its owner, with the columns that they know.
@Suite("Writers beside the repair", .serialized)
struct RepairWritersTests {
    private static let isThorough = ProcessInfo.processInfo.environment["PGTEND_TEST_REPAIR"] != nil
    private static let deadline = Duration.milliseconds(400)
    /// For the statement itself, and for giving the lock back; what the machine makes anybody wait, a writer tells whose
    /// table the repair does not know.
    private static let tolerance = Duration.milliseconds(400)
    private static let control = "control"

    /// What the new schema forbids, and the old program does all the same: it uses the old name of key_type, and gives
    /// a child no tenant, at which first NOT NULL and then row-level security takes offence.
    private static let forbidden: [String: Set<String>] = ["api_keys": ["42703"], "context_items": ["23502", "42501"]]

    @Test func neverWaitForLongerThanTheDeadline() async throws {
        try await TestDatabase.with { database in
            let rows = Self.isThorough ? 200_000 : 5_000
            try await DriftedDatabase.load(into: database, rows: rows, [.vectors, .owner])
            let role = DriftedDatabase.owner(of: database)
            let isOver = Atomic(false)
            try await Self.makeControl(in: database, of: role)
            async let writing = Self.write(to: database, as: role) { isOver.load(ordering: .acquiring) }
            let start = ContinuousClock.now
            let after: SchemaDiagnosis
            do {
                after = try await database.repair(
                    locks: LockBudget(perStep: Self.deadline, perTableAndHour: .seconds(60)))
            } catch {
                isOver.store(true, ordering: .releasing)
                throw error
            }
            let duration = start.duration(to: .now)
            isOver.store(true, ordering: .releasing)
            let writers = try await writing

            print("repair of \(rows) rows in \(duration) beside \(writers.count) writers:")
            for writer in writers { print("  \(writer.summary)") }
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            try await Self.expectPrompt(writers, in: database)
            for writer in writers where writer.table != Self.control {
                #expect(Set(writer.errors.keys).isSubset(of: Self.forbidden[writer.table] ?? []), "\(writer.summary)")
            }
            // What they wrote meanwhile was converted and filled like all the rest; a document that comes later may be
            // without a model.
            let others = """
                SELECT (SELECT count(*) FROM mcp.tasks WHERE status::text <> pgtend_old_status),
                    (SELECT count(*) FROM mcp.api_keys WHERE key_type <> replace(pgtend_old_type, 'standard', 'user')),
                    (SELECT count(*) FROM mcp.embeddings WHERE content_tsvector IS NULL),
                    (SELECT count(*) FROM mcp.embeddings WHERE embedding IS NOT NULL AND model_id IS NULL)
                """
            #expect(try await database.psql(others) == "0|0|0|0")
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    /// The platform's own programs, beside all that its operator has said of its database.
    @Test func ofThePlatformWaitNoLongerWhileItGoesOver() async throws {
        try await TestDatabase.with { database in
            try await PlatformDatabase.load(into: database, rows: Self.isThorough ? 20_000 : 600, .current)
            try await DriftedDatabase.vary(database, .owner)
            let role = DriftedDatabase.owner(of: database)
            let isOver = Atomic(false)
            try await Self.makeControl(in: database, of: role)
            async let writing = Self.write(to: database, as: role, Self.platformHabits) {
                isOver.load(ordering: .acquiring)
            }
            let after: SchemaDiagnosis
            do {
                after = try await PlatformChoices.of(.current).repair(
                    database, locks: LockBudget(perStep: Self.deadline, perTableAndHour: .seconds(60))
                ).run(begun: { _ in }, done: { _, _ in })
            } catch {
                isOver.store(true, ordering: .releasing)
                throw error
            }
            isOver.store(true, ordering: .releasing)
            let writers = try await writing
            print("the platform goes over beside \(writers.count) writers:")
            for writer in writers { print("  \(writer.summary)") }
            #expect(after.verification.gap.isClosed, "\(after.verification.gap) \(after.plan.refusals)")
            try await Self.expectPrompt(writers, in: database)
            try await database.psql("REASSIGN OWNED BY \(role) TO postgres; DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    private static func makeControl(in database: TestDatabase, of role: String) async throws {
        try await database.psql(
            """
            CREATE TABLE public.\(control) (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), seen integer);
            ALTER TABLE public.\(control) OWNER TO \(role)
            """)
    }

    /// None waited for longer than the deadline, and what each has written stands.
    private static func expectPrompt(_ writers: [Writer], in database: TestDatabase) async throws {
        let stall = try #require(writers.first { $0.table == control }).longest
        for writer in writers where writer.table != control {
            #expect(writer.longest < deadline + tolerance + stall, "\(writer.summary)")
            #expect(writer.written.count > 3)
            let list = writer.written.map { "('\($0)'::uuid)" }.joined(separator: ", ")
            let missing = try await database.psql(
                "SELECT count(*) FROM (VALUES \(list)) AS w (id) "
                    + "WHERE NOT EXISTS (SELECT FROM mcp.\(writer.table) AS r WHERE r.id = w.id)")
            #expect(missing == "0", "\(writer.table)")
        }
    }

    // MARK: - Writers

    struct Writer: Sendable {
        let table: String
        var longest = Duration.zero
        var statements = 0
        var written: [String] = []
        /// By SQLSTATE.
        var errors: [String: Int] = [:]
        var firstErrors: [String] = []

        var summary: String {
            "\(table): \(statements) statements, longest \(longest), errors \(errors) \(firstErrors)"
        }
    }

    /// A table, and what its program does again and again; the first is an insert that returns its id.
    private static let habits: [(table: String, statements: [String])] = [
        (
            "tasks",
            [
                "INSERT INTO mcp.tasks (tenant_id, type, status, priority, title, created_at) VALUES "
                    + "(md5('tenant1')::uuid, 'new', 'pending', 'high', 'written meanwhile', '2025-03-05') RETURNING id::text",
                "UPDATE mcp.tasks SET description = 'seen' WHERE id = (SELECT md5('task' || (1 + (random() * 50)::int * 5))::uuid)",
            ]
        ),
        (
            "api_keys",
            [
                "INSERT INTO mcp.api_keys (tenant_id, key_hash, key_prefix, name, type) VALUES "
                    + "(md5('tenant1')::uuid, gen_random_uuid()::text, 'new', 'new', 'standard') RETURNING id::text",
                "UPDATE mcp.api_keys SET last_used_at = now() WHERE id = md5('api key1')::uuid",
            ]
        ),
        (
            "embeddings",
            [
                "INSERT INTO mcp.embeddings (tenant_id, content_index, content, model_provider, model_name, model_dimensions)"
                    + " VALUES (md5('tenant1')::uuid, 0, 'a document of today', 'bedrock', 'titan-v2', 1024) RETURNING id::text",
                "UPDATE mcp.embeddings SET metadata = '{\"seen\": true}' "
                    + "WHERE id = (SELECT md5('embedding' || (1 + (random() * 50)::int * 5))::uuid)",
            ]
        ),
        (
            control,
            [
                "INSERT INTO public.control DEFAULT VALUES RETURNING id::text",
                "UPDATE public.control SET seen = 1 WHERE id = (SELECT id FROM public.control LIMIT 1)",
            ]
        ),
        // Holds its row for longer than any step of the repair waits.
        (
            "workflows",
            [
                "INSERT INTO mcp.workflows (tenant_id, name, type, status) VALUES "
                    + "(md5('tenant1')::uuid, 'new', 'parallel', 'draft') RETURNING id::text",
                "BEGIN", "UPDATE mcp.workflows SET description = 'held' WHERE id = md5('workflow1')::uuid",
                "SELECT pg_sleep(0.5)", "COMMIT", "SELECT pg_sleep(0.3)",
            ]
        ),
        (
            "context_items",
            [
                "INSERT INTO mcp.context_items (context_id, type, content, sequence_number) VALUES "
                    + "(md5('context1')::uuid, 'message', 'new', (SELECT max(sequence_number) + 1 FROM mcp.context_items "
                    + "WHERE context_id = md5('context1')::uuid)) RETURNING id::text",
                "UPDATE mcp.context_items SET metadata = '{}' WHERE id = md5('item60')::uuid",
            ]
        ),
    ]

    /// The same rows of each table again and again, and one more. `tasks` is replaced meanwhile.
    private static let platformHabits: [(table: String, statements: [String])] =
        [
            ("workspaces", "name", "gen_random_uuid()", "description"), ("users", "email", "gen_random_uuid()", "name"),
            ("contexts", "type", "'conversation'", "status"), ("tasks", "title", "'written meanwhile'", "description"),
        ].map { table, column, value, other in
            (
                table,
                [
                    "INSERT INTO mcp.\(table) (tenant_id, \(column)) VALUES (md5('tenant1')::uuid, \(value)::text) RETURNING id::text",
                    "UPDATE mcp.\(table) SET \(other) = 'active' WHERE id = (SELECT r.id FROM mcp.\(table) AS r "
                        + "WHERE r.tenant_id = md5('tenant1')::uuid ORDER BY r.id LIMIT 1)",
                ]
            )
        } + habits.filter { $0.table == control }

    private static func write(
        to database: TestDatabase, as role: String, _ habits: [(table: String, statements: [String])] = habits,
        until isOver: @escaping @Sendable () -> Bool
    ) async throws -> [Writer] {
        try await withThrowingTaskGroup(of: Writer.self) { group in
            for habit in habits {
                group.addTask { try await write(habit, to: database, as: role, until: isOver) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.table < $1.table }
        }
    }

    private static func write(
        _ habit: (table: String, statements: [String]), to database: TestDatabase, as role: String,
        until isOver: @Sendable () -> Bool
    ) async throws -> Writer {
        let connection = try await database.connect(user: role)
        try await connection.script(
            unsafe: "SET row_security = on; SELECT set_config(s.name, md5('tenant1')::uuid::text, false) "
                + "FROM (VALUES ('app.current_tenant'), ('app.tenant_id')) AS s (name)")
        var writer = Writer(table: habit.table)
        while !isOver() {
            for (index, statement) in habit.statements.enumerated() {
                let start = ContinuousClock.now
                do throws(PostgresError) {
                    if index == 0 {
                        writer.written.append(try await connection.row(Statement(unsafe: statement)).decode("id"))
                    } else {
                        try await connection.script(unsafe: statement)
                    }
                } catch {
                    let state = error.sqlState?.rawValue ?? "none"
                    writer.errors[state, default: 0] += 1
                    if writer.errors[state] == 1 { writer.firstErrors.append("\(error)") }
                }
                if !statement.contains("pg_sleep") { writer.longest = max(writer.longest, start.duration(to: .now)) }
                writer.statements += 1
            }
            // Leaves the machine to the repair for a moment.
            try await connection.script(unsafe: "SELECT pg_sleep(0.005)")
        }
        await connection.close()
        return writer
    }
}
