import Foundation
import TestSupport
import Testing

@testable import SchemaManagement

/// Rows that break what is going to be validated are counted before anything is changed.
@Suite("Constraints in a repair")
struct RepairConstraintTests {
    private static let flow = """
        INSERT INTO mcp.workflows (id, tenant_id, name, type) VALUES
            ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-00000000000a', 'flow', 'sequential');
        INSERT INTO mcp.workflow_executions (tenant_id, workflow_id)
        VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-000000000002');

        """
    private static let missing = "1 row(s): refer to rows of workflows, which is missing"

    /// What is done, and a part of the refusal. `@` and `#`: the name and the definition of the foreign key.
    static let troubles: [(String, String)] = [
        (
            """
            INSERT INTO mcp.embeddings (tenant_id, content) VALUES (gen_random_uuid(), 'text');
            ALTER TABLE mcp.embedding_cache DROP CONSTRAINT embedding_cache_hit_count_check;
            INSERT INTO mcp.embedding_cache (tenant_id, cache_key, embedding_id, hit_count)
            SELECT tenant_id, 'k', id, -1 FROM mcp.embeddings;
            ALTER TABLE mcp.embedding_cache
                ADD CONSTRAINT embedding_cache_hit_count_check CHECK (hit_count >= 0) NOT VALID
            """, "1 row(s): break the constraint CHECK ((hit_count >= 0))"
        ),
        (
            """
            \(flow)
            ALTER TABLE mcp.workflow_executions DROP CONSTRAINT @;
            DELETE FROM mcp.workflows;
            ALTER TABLE mcp.workflow_executions ADD CONSTRAINT @ # NOT VALID
            """, "1 row(s): refer to rows of workflows that are not there"
        ),
        ("\(flow) DROP TABLE mcp.workflows CASCADE", missing),
        (
            """
            \(flow)
            DROP TABLE mcp.workflows CASCADE;
            ALTER TABLE mcp.workflow_executions DROP COLUMN tenant_id CASCADE
            """, missing
        ),
    ]

    @Test(arguments: troubles)
    func countWhatBreaksThem(sql: String, reason: String) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql("SET client_min_messages = error;" + (try await Self.named(sql, database)))
            let facts = try await database.facts()
            let diagnosis = try await database.repair()
            #expect(diagnosis.plan.refusals.contains { $0.reason.contains(reason) }, "\(diagnosis.plan.refusals)")
            #expect(try await database.facts() == facts)
        }
    }

    private static func named(_ sql: String, _ database: TestDatabase) async throws -> String {
        let key = try await database.psql(
            """
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = 'mcp.workflow_executions'::regclass AND confrelid = 'mcp.workflows'::regclass
            """
        ).components(separatedBy: "|")
        return sql.replacingOccurrences(of: "@", with: key[0]).replacingOccurrences(of: "#", with: key[1])
    }

    /// Killed when the new one stands beside the old one, validated or not.
    @Test(arguments: [false, true])
    func goOnWithAKeyThatIsBeingReplaced(isValid: Bool) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            let key = "context_items_tenant_id_context_id_fkey"
            let definition = try await database.psql(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '\(key)'")
            try #require(definition.contains(" ON DELETE CASCADE"))
            try await database.psql(
                """
                ALTER TABLE mcp.context_items DROP CONSTRAINT \(key);
                ALTER TABLE mcp.context_items
                    ADD CONSTRAINT \(key) \(definition.replacingOccurrences(of: " ON DELETE CASCADE", with: ""));
                ALTER TABLE mcp.context_items ADD CONSTRAINT pgtend_new_\(key) \(definition)
                    \(isValid ? "" : "NOT VALID");
                """)
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.verification.gap)")
            #expect(after.verification.gap.unknownOfThisDatabase == [])
        }
    }

    /// An audited table has a column filled, and the trigger writes to a table whose months have run out, or that is gone.
    @Test(arguments: [true, false])
    func auditPartitionsStandBeforeRowsAreFilled(isTableLeft: Bool) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                """
                SET client_min_messages = error;
                INSERT INTO mcp.users (id, tenant_id, email) VALUES
                    ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000a', 'a@example.com');
                INSERT INTO mcp.api_keys (tenant_id, user_id, name, key_hash, key_prefix, key_type)
                SELECT '00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-000000000001', 'key ' || n,
                    md5(n::text), 'p', 'user'
                FROM generate_series(1, 5) AS n;
                ALTER TABLE mcp.api_keys DROP CONSTRAINT api_keys_key_type_check;
                ALTER TABLE mcp.api_keys RENAME key_type TO type;
                """)
            try await database.psql(
                isTableLeft
                    ? """
                    DO $$ DECLARE part regclass; BEGIN
                        FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'mcp.audit_log'::regclass
                        LOOP EXECUTE format('DROP TABLE %s', part); END LOOP;
                    END $$
                    """ : "SET client_min_messages = error; DROP TABLE mcp.audit_log CASCADE")
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed, "\(after.plan.refusals) \(after.verification.gap)")
            #expect(try await database.psql("SELECT count(*) FROM mcp.api_keys WHERE key_type = 'user'") == "5")
        }
    }

    /// ATTACH PARTITION keeps everybody from the partition's index.
    @Test func anAttachedIndexIsNamedAmongTheLocks() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql("DROP INDEX mcp.tasks_escalation_idx")
            let plan = try await database.repairing().plan().plan
            let attaching = plan.steps.filter { $0.statements.contains { $0.contains("ATTACH PARTITION") } }
            #expect(attaching.count > 3)
            for step in attaching {
                guard case .briefly(let locks) = step.execution else {
                    Issue.record("\(step)")
                    continue
                }
                #expect(locks.map(\.mode) == [.shareUpdateExclusive, .accessExclusive])
                #expect(locks.last?.relation.name == "\(step.object.name)_escalation_idx")
            }
            #expect(try await database.repair().verification.gap.isClosed)
        }
    }
}
