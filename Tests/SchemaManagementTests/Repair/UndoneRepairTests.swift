import Maintenance
import SQLText
import TestSupport
import Testing

@testable import SchemaManagement

/// What somebody has switched off, or opened, in a database that has the schema.
@Suite("Repair of what was undone")
struct UndoneRepairTests {
    static let mended = [
        "ALTER TABLE mcp.context_items DISABLE TRIGGER ALL",
        "ALTER TABLE mcp.contexts DISABLE TRIGGER ALL",
        "ALTER TABLE mcp.tasks DISABLE TRIGGER tasks_audit",
        "ALTER TABLE mcp.tasks DISABLE TRIGGER ALL",
        SchemaVerifierTests.oldPartition + "ALTER TABLE mcp.tasks_2001_01 DISABLE TRIGGER tasks_audit",
        SchemaVerifierTests.oldPartition + "ALTER TABLE mcp.tasks_2001_01 ENABLE REPLICA TRIGGER tasks_audit; "
            + "ALTER TABLE ONLY mcp.tasks DISABLE TRIGGER tasks_audit",
        SchemaVerifierTests.oldPartition + "ALTER TABLE mcp.tasks_2001_01 DISABLE TRIGGER ALL",
        SchemaVerifierTests.oldPartition
            + "GRANT SELECT (title), UPDATE (id) ON mcp.tasks_2001_01 TO mcp_application, PUBLIC",
        "ALTER TABLE mcp.projection_matrices ALTER COLUMN matrix SET STORAGE EXTENDED",
        "ALTER TABLE mcp.projection_matrices DROP COLUMN matrix CASCADE",
        "DROP TABLE mcp.projection_matrices CASCADE",
        SchemaVerifierTests.setting("ivfflat.iterative_scan = off"),
    ]

    @Test(arguments: mended, PostgresVersion.underTestWithPgvector)
    func closesTheGap(sql: String, version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: SchemaVerifierTests.installed) { database in
            try await database.psql("SET client_min_messages = error; \(sql)")
            let before = try await database.repairing().plan()
            #expect(!before.verification.gap.isClosed)
            let after = try await database.repair()
            #expect(after.plan.refusals == [])
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
        }
    }

    /// A trigger that somebody has added and disabled stays so.
    @Test func enablesNothingElse() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                CREATE TRIGGER x AFTER INSERT ON mcp.context_items FOR EACH ROW EXECUTE FUNCTION mcp.audit_row_change();
                ALTER TABLE mcp.context_items DISABLE TRIGGER ALL;
                """)
            #expect(try await database.repair().verification.gap.isClosed)
            let state = "SELECT tgname, tgenabled FROM pg_trigger WHERE tgenabled <> 'O'"
            #expect(try await database.psql(state) == "x|D")
        }
    }

    /// What a repair leaves behind since it may not even take it away is told with what it failed of.
    @Test func tellsOfACheckThatItCannotTakeAway() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                ALTER TABLE mcp.tasks ALTER COLUMN title DROP NOT NULL;
                CREATE FUNCTION public.disturb() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF current_query() LIKE '%VALIDATE CONSTRAINT%' THEN
                        RAISE 'first' USING DETAIL = 'as the server says';
                    ELSIF current_query() LIKE '%DROP CONSTRAINT%' THEN
                        RAISE 'second';
                    END IF;
                END
                $$;
                CREATE EVENT TRIGGER disturb ON ddl_command_end EXECUTE FUNCTION public.disturb();
                """)
            let failure = try #require(await ServerFailure.of { try await database.repair() })
            #expect(failure.message.contains(": first;") && failure.sqlState == SQLState("P0001"), "\(failure)")
            let detail = try #require(failure.detail)
            #expect(detail.hasPrefix("as the server says\n") && detail.contains("pgtend_not_null_"), "\(detail)")
            #expect(detail.contains("second"), "\(detail)")

            try await database.psql("DROP EVENT TRIGGER disturb")
            #expect(try await database.repair().verification.gap.isClosed)
        }
    }

    /// Rows that stand are read while others write; none of them is NULL.
    @Test(arguments: ["created_at", "email"])
    func validatesWhatMustNotBeNull(column: String) async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                ALTER TABLE mcp.users ALTER COLUMN \(column) DROP NOT NULL;
                INSERT INTO mcp.users (tenant_id, email) VALUES (gen_random_uuid(), 'someone@example.org');
                ALTER TABLE mcp.users ADD CONSTRAINT users_x NOT NULL \(column) NOT VALID;
                """)
            let plan = try await database.repairing().plan().plan
            #expect(
                plan.steps.flatMap(\.statements).contains(#"ALTER TABLE "mcp"."users" VALIDATE CONSTRAINT "users_x""#))
            #expect(!plan.steps.flatMap(\.statements).contains { $0.contains("SET NOT NULL") })
            #expect(try await database.repair().verification.gap.isClosed)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let sql: String
        let reason: String
        let cure: String
        /// Whether the cure is a statement that closes the gap.
        var isStatement = true
        var testDescription: String { sql }
    }

    static let refusals = [
        Refusal(
            sql: "CREATE POLICY \"every one\" ON mcp.embeddings FOR SELECT USING (true)",
            reason:
                "found one that adds to what sessions see or write: AS PERMISSIVE FOR SELECT TO PUBLIC USING (true)",
            cure: #"DROP POLICY "every one" ON "mcp"."embeddings""#),
        Refusal(
            sql: SchemaVerifierTests.oldPartition + "CREATE POLICY x ON mcp.tasks_2001_01 USING (true)",
            reason: "AS PERMISSIVE FOR ALL TO PUBLIC USING (true)", cure: #"DROP POLICY "x" ON "mcp"."tasks_2001_01""#),
        Refusal(
            sql: "CREATE RULE x AS ON INSERT TO mcp.users DO INSTEAD NOTHING",
            reason: "statements do: CREATE RULE x AS ON INSERT TO mcp.users DO INSTEAD NOTHING",
            cure: #"DROP RULE "x" ON "mcp"."users""#),
        Refusal(
            sql: "ALTER TABLE mcp.context_items DISABLE TRIGGER ALL; INSERT INTO mcp.context_items "
                + "(tenant_id, context_id, type, content, sequence_number) SELECT gen_random_uuid(), "
                + "'00000000-0000-4000-8000-000000000007', 'message', 'lost', n FROM generate_series(1, 3) AS n",
            reason: "3 row(s): refer to rows of contexts that are not there", cure: "give these rows a reference",
            isStatement: false),
        Refusal(
            sql: "ALTER TABLE mcp.users ALTER COLUMN email DROP NOT NULL; INSERT INTO mcp.users (tenant_id, email) "
                + "VALUES (gen_random_uuid(), NULL), (gen_random_uuid(), NULL); "
                + "ALTER TABLE mcp.users ADD CONSTRAINT x NOT NULL email NOT VALID",
            reason: "2 row(s): have no email, which must not be NULL",
            cure: "say what they get (--fill 'users.email=VALUE')", isStatement: false),
    ]

    /// The rows that have no content have no size either.
    @Test func asksForWhatAGeneratedColumnIsMadeOf() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                WITH w AS (
                    INSERT INTO mcp.workspaces (tenant_id, name) VALUES (gen_random_uuid(), 'w') RETURNING id, tenant_id
                )
                INSERT INTO mcp.shared_documents (tenant_id, workspace_id, title) SELECT tenant_id, id, 't' FROM w;
                ALTER TABLE mcp.shared_documents DROP COLUMN size_bytes CASCADE, DROP COLUMN content CASCADE;
                ALTER TABLE mcp.shared_documents ADD COLUMN content text;
                """)
            let facts = try await database.facts()
            let refusal = try #require(
                try await database.repair().plan.refusals.first { $0.object.name == "size_bytes" })
            #expect(refusal.reason.hasPrefix("1 row(s): would have no size_bytes, which is generated as octet_length("))
            #expect(try await database.facts() == facts)
            try await database.psql(
                "SET session_replication_role = replica; UPDATE mcp.shared_documents SET content = ''")
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
        }
    }

    @Test(arguments: refusals)
    func leavesToAPersonWhatOnlyAPersonKnows(refusal: Refusal) async throws {
        try await TestDatabase.with(.v18, template: SchemaVerifierTests.installed) { database in
            try await database.psql(refusal.sql)
            let facts = try await database.facts()
            let found = try await database.repair().plan.refusals
            #expect(found.count == 1 && found.allSatisfy { $0.reason.contains(refusal.reason) }, "\(found)")
            #expect(try await database.facts() == facts)
            let cure = try #require(found.first?.cure)
            #expect(cure.contains(refusal.cure), "\(cure)")
            guard refusal.isStatement else { return }
            try await database.psql(cure.replacing("run: ", with: ""))
            #expect(try await database.repair().verification.gap.isClosed)
        }
    }
}
