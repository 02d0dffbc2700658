import EmbeddedSQL
import TestSupport
import Testing

/// What whoever adds to the schema promises, read from the catalog: each query lists what breaks the promise.
@Suite("Conventions of schema mcp")
struct SchemaConventionTests {
    private struct Rule: CustomTestStringConvertible {
        let testDescription: String
        let offenders: String
        /// A change that breaks the rule.
        let breach: String

        init(_ name: String, _ offenders: String, breach: String) {
            testDescription = name
            self.offenders = offenders
            self.breach = breach
        }
    }

    /// Names of columns whose values are secrets, or as good as the secrets themselves.
    private static let secret = "(key_hash|secret|password|credential|service_tokens|access_token|refresh_token)"

    private static let rules = [
        Rule(
            "no instant is without a zone",
            """
            SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                AND a.atttypid IN ('timestamp'::regtype, 'time'::regtype, 'timetz'::regtype)
            """,
            breach: "ALTER TABLE mcp.events ADD COLUMN seen timestamp"),
        Rule(
            "every expiry column leads an index",
            """
            SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname LIKE '%expires%'
                AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum)
            """,
            breach: "DROP INDEX mcp.contexts_expires_at_idx"),
        Rule(
            "every type has a comment",
            """
            SELECT t.oid::regtype FROM pg_type t
            WHERE t.typnamespace = 'mcp'::regnamespace AND t.typtype <> 'c' AND t.typcategory <> 'A'
                AND coalesce(obj_description(t.oid, 'pg_type'), '') = ''
            """,
            breach: "COMMENT ON TYPE mcp.member_role IS NULL"),
        Rule(
            "every trigger that its name does not explain has a comment",
            """
            SELECT t.tgrelid::regclass || ' ' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = 'mcp'::regnamespace AND NOT t.tgisinternal AND t.tgparentid = 0
                AND t.tgname NOT IN (c.relname || '_updated_at', c.relname || '_audit')
                AND coalesce(obj_description(t.oid, 'pg_trigger'), '') = ''
            """,
            breach: "COMMENT ON TRIGGER embeddings_content_tsvector ON mcp.embeddings IS NULL"),
        Rule(
            "an audit trigger names columns of its table, and every one that holds a secret",
            """
            SELECT t.tgrelid::regclass, n.name
            FROM pg_trigger t
            CROSS JOIN LATERAL (SELECT string_to_array(encode(t.tgargs, 'escape'), '\\000')) g (names)
            CROSS JOIN LATERAL (
                -- A column whose change counts as none has a minus sign before it.
                SELECT ltrim(unnest(g.names), '-') EXCEPT
                SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.tgrelid
                UNION ALL
                SELECT a.attname FROM pg_attribute a
                WHERE a.attrelid = t.tgrelid AND a.attname ~ '\(secret)' AND a.attname <> ALL (g.names)
            ) n (name)
            WHERE t.tgfoid = 'mcp.audit_row_change()'::regprocedure AND n.name <> ''
            """,
            breach: "ALTER TABLE mcp.workflows ADD COLUMN webhook_secret text"),
        Rule(
            "an audit trigger sees every row that is written",
            """
            SELECT t.tgrelid::regclass, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE t.tgfoid = 'mcp.audit_row_change()'::regprocedure AND t.tgparentid = 0 AND NOT (
                t.tgname = c.relname || '_audit' AND t.tgenabled = 'O' AND t.tgqual IS NULL
                -- An UPDATE of whichever column; none is left out but what a trigger counts.
                AND t.tgattr = '' AND NOT EXISTS (
                    SELECT FROM unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) g (name)
                    WHERE g.name LIKE '-%' AND t.tgrelid::regclass || g.name <> ALL (
                        ARRAY['mcp.workspaces-current_documents', 'mcp.workspaces-current_storage_bytes']))
                -- For each row, after INSERT, DELETE or UPDATE.
                AND t.tgtype = 1 + 4 + 8 + 16)
            """,
            breach: "ALTER TABLE mcp.api_keys DISABLE TRIGGER api_keys_audit"),
        Rule(
            "an audit trigger leaves out no column of a writer's",
            """
            SELECT t.tgrelid::regclass, g.name FROM pg_trigger t
            CROSS JOIN unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) g (name)
            WHERE t.tgfoid = 'mcp.audit_row_change()'::regprocedure AND g.name LIKE '-%'
                AND has_column_privilege('mcp_application', t.tgrelid, ltrim(g.name, '-'), 'UPDATE')
            """,
            breach: "GRANT UPDATE ON mcp.workspaces TO mcp_application"),
        Rule(
            "mcp_readonly reads no secret",
            """
            SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'mcp'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attname ~ '\(secret)'
                AND has_column_privilege('mcp_readonly', c.oid, a.attname, 'SELECT')
            """,
            breach: "GRANT SELECT ON mcp.integrations TO mcp_readonly"),
        Rule(
            "the owner has every right on what it owns",
            """
            SELECT o.what, d.privilege_type FROM (
                SELECT oid::regclass::text, 'r', relowner, relacl FROM pg_class
                WHERE relnamespace = 'mcp'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
                UNION ALL SELECT oid::regprocedure::text, 'f', proowner, proacl FROM pg_proc
                WHERE pronamespace = 'mcp'::regnamespace
                UNION ALL SELECT nspname, 'n', nspowner, nspacl FROM pg_namespace WHERE nspname = 'mcp'
            ) o (what, kind, owner, acl)
            CROSS JOIN LATERAL aclexplode(acldefault(o.kind::"char", o.owner)) d
            WHERE d.grantee = o.owner AND NOT EXISTS (
                SELECT FROM aclexplode(coalesce(o.acl, acldefault(o.kind::"char", o.owner))) a
                WHERE a.grantee = o.owner AND a.privilege_type = d.privilege_type)
            """,
            breach: "REVOKE DELETE ON mcp.contexts FROM mcp_owner"),
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

    @Test(arguments: rules)
    private func noticesABreach(of rule: Rule) async throws {
        try await Schema.with(.v18) { database in
            let offenders = try await database.psql("\(rule.breach);\n\(rule.offenders)")
            #expect(offenders != "")
        }
    }

    @Test func hasTheEnumTypesThatOtherProgramsKnow() async throws {
        try await Schema.with(.v18) { database in
            let types = try await database.psql(
                """
                SELECT t.typname || ': ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
                FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
                WHERE t.typnamespace = 'mcp'::regnamespace GROUP BY t.typname ORDER BY t.typname
                """)
            #expect(
                types == """
                    delegation_type: handoff, collaboration, supervision, consultation
                    member_role: viewer, contributor, moderator, admin, owner
                    task_priority: low, medium, high, critical
                    task_status: pending, assigned, in_progress, completed, failed, cancelled, delegated
                    workflow_status: draft, active, paused, completed, failed, archived
                    workflow_type: sequential, parallel, conditional, loop, map_reduce, scatter_gather
                    workspace_visibility: private, team, organization, public
                    """)
        }
    }

    /// Whoever reads the file learns why it runs with its owner's rights.
    @Test func saysWhyAFunctionIsASecurityDefiner() {
        let parts = EmbeddedSQL.migrations.flatMap(\.parts)
        let definers = parts.filter { part in
            part.text.split(separator: "\n").contains { !$0.hasPrefix("--") && $0.contains("SECURITY DEFINER") }
        }
        #expect(definers.count >= 5)
        for part in definers {
            let isExplained = part.text.split(separator: "\n").contains { $0.hasPrefix("-- SECURITY DEFINER") }
            #expect(isExplained, "\(part.path)")
        }
    }
}
