import Foundation
import TestSupport
import Testing

/// Rules that hold for every object of the schema, read from the catalog: each query lists what breaks its rule.
@Suite("Shape of schema mcp")
struct SchemaShapeTests {
    private struct Rule: CustomTestStringConvertible {
        let testDescription: String
        let offenders: String

        init(_ name: String, _ offenders: String) {
            testDescription = name
            self.offenders = offenders
        }
    }

    /// The condition of every policy, as the server prints it.
    private static let tenant = "(tenant_id = ( SELECT mcp.current_tenant_id() AS current_tenant_id))"

    private static let rules = [
        Rule(
            "every relation has a comment",
            """
            SELECT c.oid::regclass FROM pg_class c
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                AND coalesce(obj_description(c.oid, 'pg_class'), '') = ''
            """),
        Rule(
            "every column has a comment",
            """
            SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                AND a.attnum > 0 AND NOT a.attisdropped AND coalesce(col_description(c.oid, a.attnum), '') = ''
            """),
        Rule(
            "every function has a comment",
            """
            SELECT p.oid::regprocedure FROM pg_proc p
            WHERE p.pronamespace = 'mcp'::regnamespace AND coalesce(obj_description(p.oid, 'pg_proc'), '') = ''
            """),
        Rule(
            "mcp_owner owns everything",
            """
            SELECT o.what FROM (
                SELECT c.oid::regclass::text, c.relowner FROM pg_class c WHERE c.relnamespace = 'mcp'::regnamespace
                UNION ALL
                SELECT p.oid::regprocedure::text, p.proowner FROM pg_proc p
                WHERE p.pronamespace = 'mcp'::regnamespace
                UNION ALL
                SELECT t.oid::regtype::text, t.typowner FROM pg_type t
                WHERE t.typnamespace = 'mcp'::regnamespace AND t.typtype <> 'c' AND t.typcategory <> 'A'
                UNION ALL
                SELECT n.nspname, n.nspowner FROM pg_namespace n WHERE n.nspname = 'mcp'
            ) o (what, owner) WHERE pg_get_userbyid(o.owner) <> 'mcp_owner'
            """),
        Rule(
            "every function pins its search_path",
            """
            SELECT p.oid::regprocedure FROM pg_proc p
            WHERE p.pronamespace = 'mcp'::regnamespace
                AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']
            """),
        Rule(
            "PUBLIC executes nothing but current_tenant_id()",
            """
            SELECT p.oid::regprocedure FROM pg_proc p
            WHERE p.pronamespace = 'mcp'::regnamespace AND p.proname <> 'current_tenant_id'
                AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    WHERE a.grantee = 0)
            """),
        Rule(
            "tables with a tenant_id have row-level security, not forced",
            """
            SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id'
                AND NOT (c.relrowsecurity AND NOT c.relforcerowsecurity)
            """),
        Rule(
            "their policy compares the tenant once a statement",
            """
            SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND a.attname = 'tenant_id' AND (
                    SELECT array_agg((p.polcmd, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))::text
                        ORDER BY p.polcmd)
                    FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
                ) IS DISTINCT FROM CASE c.relname
                    -- Programs add no more to the trail than that a row was read.
                    WHEN 'audit_log' THEN ARRAY[
                        ('a', NULL, '(\(tenant) AND ((action)::text = ''SELECT''::text))')::text,
                        ('r', '\(tenant)', NULL)::text]
                    ELSE ARRAY[('*', '\(tenant)', '\(tenant)')::text] END
            """),
        Rule(
            "nobody but the owner has a grant on a materialized view or a partition",
            """
            SELECT c.oid::regclass || ' ' || a.grantee::regrole || ' ' || a.privilege_type
            FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace = 'mcp'::regnamespace AND (c.relkind = 'm' OR c.relispartition)
                AND a.grantee <> c.relowner
            """),
        Rule(
            "no materialized view is without a unique index on plain columns",
            """
            SELECT c.oid::regclass FROM pg_class c
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind = 'm' AND NOT EXISTS (
                SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
                    AND i.indpred IS NULL AND i.indexprs IS NULL)
            """),
        Rule(
            "every foreign key has an index",
            """
            SELECT k.conrelid::regclass || ' ' || k.conname FROM pg_constraint k
            WHERE k.connamespace = 'mcp'::regnamespace AND k.contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
                    AND (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey)
            """),
        Rule(
            "every updated_at is kept by a trigger",
            """
            SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'updated_at'
                AND NOT EXISTS (SELECT FROM pg_trigger t
                    WHERE t.tgrelid = c.oid AND t.tgfoid = 'mcp.update_updated_at_column()'::regprocedure)
            """),
        Rule(
            "every partition has the autovacuum settings of a busy table",
            """
            SELECT c.oid::regclass FROM pg_class c
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind = 'r' AND c.relispartition
                AND NOT coalesce(c.reloptions, '{}')
                    @> ARRAY['autovacuum_vacuum_scale_factor=0.05', 'autovacuum_analyze_scale_factor=0.02']
            """),
        Rule(
            "every index is valid",
            """
            SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relnamespace = 'mcp'::regnamespace AND NOT i.indisvalid
            """),
    ]

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func keepsEveryRule(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            for rule in Self.rules {
                let offenders = try await database.psql(rule.offenders)
                #expect(offenders == "", "\(rule.testDescription)")
            }
        }
    }

    /// A rule that finds nothing to look at could not fail.
    @Test func looksAtARealSchema() async throws {
        try await Schema.with(.v18) { database in
            let counts = """
                SELECT count(*) FILTER (WHERE relkind IN ('r', 'p')) > 20, count(*) FILTER (WHERE relkind = 'm') = 2,
                    count(*) FILTER (WHERE relispartition AND relkind = 'r') = 4 * count(*) FILTER (WHERE relkind = 'p')
                FROM pg_class WHERE relnamespace = 'mcp'::regnamespace
                """
            #expect(try await database.psql(counts) == "t|t|t")
            try await database.psql(
                "GRANT SELECT ON ALL TABLES IN SCHEMA mcp TO mcp_readonly; "
                    + "COMMENT ON TABLE mcp.embeddings IS NULL; ALTER TABLE mcp.audit_log NO FORCE ROW LEVEL SECURITY; "
                    + "ALTER TABLE mcp.embeddings DISABLE ROW LEVEL SECURITY; DROP INDEX mcp.embeddings_model_idx; "
                    + "CREATE POLICY open ON mcp.audit_log FOR INSERT WITH CHECK (true)")
            for name in [
                "every relation has a comment", "tables with a tenant_id have row-level security, not forced",
                "nobody but the owner has a grant on a materialized view or a partition",
                "every foreign key has an index", "their policy compares the tenant once a statement",
            ] {
                let rule = try #require(Self.rules.first { $0.testDescription == name })
                #expect(try await database.psql(rule.offenders) != "", "\(name)")
            }
        }
    }

    /// Signatures are a promise: each stands in docs/mcp/functions.md, and nothing else does.
    @Test func documentsEverySignature() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/mcp/functions.md")
        let documented = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("mcp.") }.map(String.init)
        try await Schema.with(.v18) { database in
            let signatures = try await database.psql(
                """
                SELECT 'mcp.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') returns '
                    || pg_get_function_result(p.oid)
                FROM pg_proc p WHERE p.pronamespace = 'mcp'::regnamespace ORDER BY 1
                """)
            #expect(documented.sorted() == signatures.split(separator: "\n").map(String.init).sorted())
        }
    }

    @Test func documentsEveryTableAndView() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/mcp/schema.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        try await Schema.with(.v18) { database in
            let relations = try await database.psql(
                """
                SELECT relname FROM pg_class
                WHERE relnamespace = 'mcp'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
                """)
            for relation in relations.split(separator: "\n") {
                #expect(text.contains("| `\(relation)` |"), "\(relation)")
            }
        }
    }
}
