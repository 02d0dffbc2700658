import DatabaseAccess
import Foundation
import TestSupport

@testable import EmbeddedSQL
@testable import SchemaDesign
@testable import SchemaManagement

/// Two migrations that follow the platform's first: one of every kind of step, and one that changes rows alone.
enum LaterMigrations {
    static let all = [
        migration(
            2, "agent_handles",
            [
                (
                    "01_regions",
                    """
                    -- run: together
                    CREATE TABLE mcp.regions (name text PRIMARY KEY);
                    ALTER TABLE mcp.regions OWNER TO mcp_owner;
                    REVOKE ALL ON mcp.regions FROM PUBLIC, mcp_application, mcp_readonly;
                    GRANT SELECT ON mcp.regions TO mcp_application;
                    COMMENT ON TABLE mcp.regions IS 'Where agents run.';
                    """
                ),
                (
                    "02_handle_function",
                    """
                    -- run: together
                    CREATE FUNCTION mcp.set_agent_handle() RETURNS trigger
                    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
                    BEGIN
                        NEW.handle := coalesce(NEW.handle, lower(NEW.name));
                        RETURN NEW;
                    END
                    $$;
                    ALTER FUNCTION mcp.set_agent_handle() OWNER TO mcp_owner;
                    REVOKE ALL ON FUNCTION mcp.set_agent_handle() FROM PUBLIC, mcp_application, mcp_readonly;
                    """
                ),
                (
                    "03_handle",
                    """
                    -- run: briefly
                    -- locks: mcp.agents ACCESS EXCLUSIVE
                    ALTER TABLE mcp.agents ADD COLUMN handle text;
                    COMMENT ON COLUMN mcp.agents.handle IS 'The name, in small letters.';
                    CREATE TRIGGER agents_handle BEFORE INSERT OR UPDATE ON mcp.agents
                        FOR EACH ROW EXECUTE FUNCTION mcp.set_agent_handle();
                    ALTER TABLE mcp.agents ADD CONSTRAINT agents_handle_present CHECK (handle IS NOT NULL) NOT VALID;
                    """
                ),
                (
                    "04_handles",
                    """
                    -- run: in batches
                    UPDATE mcp.agents AS r
                    SET handle = lower(r.name)
                    WHERE r.handle IS NULL;
                    """
                ),
                (
                    "05_validation",
                    """
                    -- run: patiently
                    -- locks: mcp.agents SHARE UPDATE EXCLUSIVE
                    ALTER TABLE mcp.agents VALIDATE CONSTRAINT agents_handle_present;
                    """
                ),
                (
                    "06_handle_index",
                    """
                    -- run: concurrently
                    CREATE INDEX agents_handle_idx ON mcp.agents (tenant_id, handle);
                    """
                ),
                (
                    "07_keys",
                    """
                    -- run: together
                    CREATE OR REPLACE FUNCTION mcp.validate_jsonb_keys(
                        document jsonb, required text[], allowed text[] DEFAULT NULL) RETURNS boolean
                    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
                        SELECT document ?& coalesce(required, '{}')
                    $$;
                    """
                ),
                (
                    "08_region_names",
                    """
                    -- run: briefly
                    -- locks: mcp.regions ROW EXCLUSIVE
                    INSERT INTO mcp.regions (name) VALUES ('eu'), ('us') ON CONFLICT DO NOTHING;
                    """
                ),
            ],
            down: """
                DROP INDEX IF EXISTS mcp.agents_handle_idx;
                DROP TRIGGER IF EXISTS agents_handle ON mcp.agents;
                DROP FUNCTION IF EXISTS mcp.set_agent_handle();
                ALTER TABLE IF EXISTS mcp.agents DROP COLUMN IF EXISTS handle;
                DROP TABLE IF EXISTS mcp.regions;
                """),
        migration(
            3, "retired_models",
            [
                (
                    "01_retire",
                    """
                    -- run: in batches
                    UPDATE mcp.models AS r
                    SET is_active = false
                    WHERE r.provider = 'gone' AND r.is_active;
                    """
                )
            ], down: "SELECT"),
    ]

    private static func migration(
        _ number: Int, _ name: String, _ parts: [(name: String, text: String)], down: String
    ) -> Migration {
        let folder = "mcp/migrations/000\(number)_\(name)/"
        return Migration(
            number: number, name: name,
            parts: parts.map { Migration.Part(path: "\(folder)\($0.name).sql", text: $0.text + "\n") },
            down: Migration.Part(path: "\(folder)down.sql", text: down))
    }

    /// With the facts that a server of that version says.
    static func release(_ version: PostgresVersion) async throws -> SchemaRelease {
        try await releases.release(version)
    }

    private static let releases = Releases()

    private actor Releases {
        private var made: [PostgresVersion: Task<SchemaRelease, any Error>] = [:]

        func release(_ version: PostgresVersion) async throws -> SchemaRelease {
            if let made = made[version] { return try await made.value }
            let making = Task {
                try await TestDatabase.with(version, template: installed) { database in
                    var facts = [RecordedFacts.platform]
                    for migration in all {
                        try await database.psql(asGolangMigrate(migration))
                        let live = try await SchemaVerifier(
                            conninfo: database.conninfo(), applicationName: "pgtend test"
                        ).verify().live
                        facts.append(
                            RecordedFacts(
                                FactsRecord.merged([(version.rawValue, FactsRecord.reduced(live))], schemas: [])))
                    }
                    var set = MigrationSet.platform
                    set.migrations += all
                    return SchemaRelease(set: set, facts: facts)
                }
            }
            made[version] = making
            return try await making.value
        }
    }

    /// The first migration, which pgtend has made and recorded, and rows.
    static let withRows = Template("first_migration_with_rows") { database in
        try await installFirst(in: database)
        try await database.psql(GolangMigrate.table(dirty: false) + rows)
    }

    static let installed = Template("first_migration") { database in
        try await installFirst(in: database)
    }

    static func installFirst(in database: TestDatabase) async throws {
        _ = try await SchemaInstaller(
            conninfo: database.conninfo(), applicationName: "pgtend test", programVersion: "1.2.3"
        ).apply()
    }

    static let rows = """
        INSERT INTO mcp.agents (id, tenant_id, name)
        SELECT md5('agent' || i)::uuid, md5('tenant' || i % 7)::uuid, 'Agent ' || i FROM generate_series(1, 2000) AS i;
        INSERT INTO mcp.models (id, name, provider)
        SELECT md5('model' || i)::uuid, 'model ' || i, CASE WHEN i % 2 = 0 THEN 'gone' ELSE 'here' END
        FROM generate_series(1, 40) AS i;
        """

    /// The migration as golang-migrate sends it: in one message, which is one transaction.
    static func asGolangMigrate(_ migration: Migration) -> String {
        "BEGIN;\n\(migration.text)\n;COMMIT;"
    }

    /// What ``content(_:)`` is of a database with the rows that has had them.
    static var expectedContent: String {
        get async throws {
            try await TestDatabase.with(.v18, template: withRows) { database in
                for migration in all { try await database.psql(asGolangMigrate(migration)) }
                return try await content(database)
            }
        }
    }

    /// Every row that the migrations are about, but for when it was made.
    static func content(_ database: TestDatabase) async throws -> String {
        try await database.psql(
            """
            SELECT md5(string_agg((to_jsonb(a) - 'created_at' - 'updated_at')::text, '' ORDER BY a.id)) FROM mcp.agents AS a;
            SELECT md5(string_agg((to_jsonb(m) - 'created_at' - 'updated_at')::text, '' ORDER BY m.id)) FROM mcp.models AS m;
            SELECT string_agg(r.name, ',' ORDER BY r.name) FROM mcp.regions AS r;
            """)
    }
}
