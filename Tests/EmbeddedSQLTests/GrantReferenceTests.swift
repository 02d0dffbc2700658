import TestSupport
import Testing

/// Every right on every object of the schema stands in docs/mcp/schema.md, and no other does.
@Suite("Reference of grants")
struct GrantReferenceTests {
    private static let section = GeneratedSection("grants", of: "docs/mcp/schema.md")

    /// One line of the table an object, whoever has rights on it; partitions only when somebody has.
    private static let rows = """
        WITH objects (place, kind, name, owner, acl, relation) AS (
            SELECT 1, 'schema', nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner)), NULL::oid
            FROM pg_namespace WHERE nspname = 'mcp'
            UNION ALL
            SELECT CASE relkind WHEN 'v' THEN 3 WHEN 'm' THEN 4 ELSE 2 END,
                CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                    ELSE 'table' END,
                relname, relowner, coalesce(relacl, acldefault('r', relowner)), oid
            FROM pg_class WHERE relnamespace = 'mcp'::regnamespace AND relkind NOT IN ('i', 'I', 't', 'c')
            UNION ALL
            SELECT 5, 'function', proname, proowner, coalesce(proacl, acldefault('f', proowner)), NULL
            FROM pg_proc WHERE pronamespace = 'mcp'::regnamespace
            UNION ALL
            SELECT 6, 'type', typname, typowner, coalesce(typacl, acldefault('T', typowner)), NULL
            FROM pg_type WHERE typnamespace = 'mcp'::regnamespace AND typtype <> 'c' AND typcategory <> 'A'
        ),
        grants AS (
            SELECT o.place, o.kind, o.name, o.relation, a.grantee, 1 AS position, a.privilege_type
                || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END AS privilege
            FROM objects o CROSS JOIN aclexplode(o.acl) a WHERE a.grantee <> o.owner
            UNION ALL
            -- Of a table's columns, those that are meant or those that are not, whichever are fewer.
            SELECT o.place, o.kind, o.name, o.relation, c.grantee, 2, c.privilege || CASE
                WHEN 2 * cardinality(c.names) > cardinality(n.names) THEN ' but for ' || (
                    SELECT string_agg('`' || u || '`', ', ' ORDER BY u) FROM unnest(n.names) u WHERE u <> ALL (c.names))
                ELSE ' of ' || (SELECT string_agg('`' || u || '`', ', ' ORDER BY u) FROM unnest(c.names) u)
            END
            FROM objects o
            JOIN LATERAL (
                SELECT array_agg(a.attname) FROM pg_attribute a
                WHERE a.attrelid = o.relation AND a.attnum > 0 AND NOT a.attisdropped
            ) n (names) ON true
            JOIN LATERAL (
                SELECT g.grantee, g.privilege_type || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END,
                    array_agg(a.attname)
                FROM pg_attribute a CROSS JOIN aclexplode(a.attacl) g
                WHERE a.attrelid = o.relation AND g.grantee <> o.owner GROUP BY 1, 2
            ) c (grantee, privilege, names) ON true
        ),
        told AS (
            SELECT g.place, g.kind, g.name, g.grantee,
                string_agg(g.privilege, CASE g.position WHEN 1 THEN ', ' ELSE '; ' END
                    ORDER BY g.position,
                        array_position('{SELECT,INSERT,UPDATE,DELETE}', split_part(g.privilege, ' ', 1)), g.privilege
                ) AS privileges
            FROM grants g GROUP BY 1, 2, 3, 4
        )
        SELECT format('| %s `%s` | %s | %s | %s |', o.kind, o.name,
            coalesce(max(t.privileges) FILTER (WHERE t.grantee = 'mcp_application'::regrole), ''),
            coalesce(max(t.privileges) FILTER (WHERE t.grantee = 'mcp_readonly'::regrole), ''),
            coalesce(
                string_agg(CASE WHEN t.grantee = 0 THEN '' ELSE t.grantee::regrole || ': ' END || t.privileges, '; ')
                FILTER (WHERE t.grantee NOT IN ('mcp_application'::regrole, 'mcp_readonly'::regrole)), ''))
        FROM objects o LEFT JOIN told t ON (t.place, t.kind, t.name) = (o.place, o.kind, o.name)
        LEFT JOIN pg_class c ON c.oid = o.relation
        WHERE NOT coalesce(c.relispartition, false) OR t.name IS NOT NULL
        GROUP BY o.place, o.kind, o.name
        ORDER BY o.place, o.name COLLATE "C"
        """

    private static func table(_ database: TestDatabase) async throws -> String {
        let rows = try await database.psql(rows)
        return "\n| object | `mcp_application` | `mcp_readonly` | PUBLIC |\n|---|---|---|---|\n\(rows)\n\n"
    }

    /// 16 and 18 give the same: no default of a version has crept in.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func holdsEveryGrant(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try Self.section.agree(with: try await Self.table(database))
        }
    }

    /// Whatever default privileges and rights on a standing schema the database had before.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func comesToTheSameWhateverWasGrantedBefore(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                Schema.part("foundation/created_objects") + Schema.part("foundation/roles")
                    + """
                    CREATE EXTENSION vector; CREATE SCHEMA mcp;
                    GRANT ALL ON SCHEMA mcp TO PUBLIC; GRANT CREATE ON SCHEMA mcp TO mcp_application, mcp_readonly;
                    ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC, mcp_application, mcp_readonly;
                    ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO mcp_application, mcp_readonly;
                    ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO mcp_application, mcp_readonly;
                    """)
            try await database.psql(Schema.script())
            try Self.section.agree(with: try await Self.table(database))
        }
        // Nor does it lack what PUBLIC has unless it is taken away.
        try await TestDatabase.with(version) { database in
            try await database.psql(
                "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC; "
                    + "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC; \(Schema.script())")
            try Self.section.agree(with: try await Self.table(database))
        }
    }

    @Test(arguments: [
        "GRANT SELECT ON mcp.agent_cost_analytics TO mcp_readonly", "GRANT TRUNCATE ON mcp.users TO mcp_application",
        "GRANT UPDATE (email) ON mcp.users TO mcp_readonly",
        "GRANT SELECT (key_hash) ON mcp.api_keys TO mcp_application",
        "GRANT SELECT ON mcp.users TO PUBLIC", "GRANT EXECUTE ON FUNCTION mcp.refresh_cost_analytics() TO mcp_readonly",
        "GRANT CREATE ON SCHEMA mcp TO mcp_application", "REVOKE USAGE ON TYPE mcp.member_role FROM PUBLIC",
        "GRANT SELECT ON mcp.users TO mcp_readonly WITH GRANT OPTION", "GRANT SELECT ON mcp.users TO pg_monitor",
        "REVOKE INSERT ON mcp.events FROM mcp_application", "CREATE SEQUENCE mcp.s",
        "CREATE TABLE mcp.part PARTITION OF mcp.audit_log DEFAULT; GRANT SELECT ON mcp.part TO mcp_readonly",
    ])
    func noticesAnotherGrant(statement: String) async throws {
        try await Schema.with(.v18) { database in
            let before = try await Self.table(database)
            try await database.psql(statement)
            let after = try await Self.table(database)
            #expect(after != before)
        }
    }
}
