import EmbeddedSQL
import PostgresClient
import TestSupport
import Testing

/// Each file of `sql/mcp/generated/golang-migrate` sent as the tool's driver sends it: as one simple query, in a session whose settings
/// are anybody's.
@Suite("Migrating with the files for golang-migrate", .serialized)
struct GolangMigrateTests {
    private static let instant = "2027-01-31 23:30-01"

    @Test(arguments: PostgresVersion.underTestWithPgvector, ["public", "evil, pg_catalog, public"])
    func upDownAndUpAgainIsTheSame(version: PostgresVersion, searchPath: String) async throws {
        // A cluster of its own: down takes the roles.
        let cluster = try await Cluster.private(version)
        try await TestDatabase.with(cluster) { database in
            try await database.psql("ALTER DATABASE \(database.name) SET pgtend.now = '\(Self.instant)'; \(Self.evil)")
            let empty = try await database.definitions()
            try await send(.up, to: database, searchPath)
            let first = try await database.definitions()
            #expect(first.contains("CREATE TABLE mcp.tasks_2027_05"))
            #expect(first.contains("mcp_readonly|f|f|t|f|f|f|What reports"))

            try await send(.down, to: database, searchPath)
            #expect(try await database.definitions() == empty)
            try await send(.up, to: database, searchPath)
            #expect(try await database.definitions() == first)

            // And nothing else than what the migration itself makes.
            try await send(.down, to: database, searchPath)
            try await database.psql(Schema.script())
            #expect(try await database.definitions() == first)
        }
        try await cluster.destroy()
    }

    @Test func aFailureLeavesNothing() async throws {
        try await TestDatabase.with { database in
            try await database.psql("CREATE SCHEMA mcp; CREATE VIEW mcp.active_embedding_models AS SELECT 1 AS one")
            let before = try await database.dump()
            await #expect(throws: PostgresError.self) { try await send(.up, to: database, "public") }
            #expect(try await database.dump() == before)
        }
    }

    /// With `search_path=mcp` the tool keeps its record in a schema that the migration finds, and leaves behind.
    @Test(arguments: ["public", "mcp"])
    func theToolsOwnRecordIsNobodyElses(schema: String) async throws {
        let cluster = try await Cluster.private()
        try await TestDatabase.with(cluster) { database in
            try await database.psql(
                """
                CREATE SCHEMA IF NOT EXISTS \(schema);
                CREATE TABLE \(schema).schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
                INSERT INTO \(schema).schema_migrations VALUES (1, true);
                """)
            let before = try await database.dump()
            try await send(.up, to: database, "public")
            try await send(.down, to: database, "public")
            #expect(try await database.dump() == before)
        }
        try await cluster.destroy()
    }

    // MARK: - Tools

    private enum Direction: String {
        case up, down
    }

    private func send(_ direction: Direction, to database: TestDatabase, _ searchPath: String) async throws {
        let file = try #require(GolangMigrate.files.first { $0.name.hasSuffix(".\(direction.rawValue).sql") })
        let connection = try await database.connect()
        do {
            // Without the settings that our own client gives its sessions.
            try await connection.script(unsafe: "RESET ALL")
            try await connection.script(unsafe: "SET search_path = \(searchPath)")
            try await connection.script(unsafe: GolangMigrate.text(file.name))
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// A schema whose functions and tables stand in for those of the server, and do harm.
    private static let evil = """
        CREATE SCHEMA evil;
        CREATE TABLE evil.pg_extension (extname name, extnamespace oid, extversion text);
        CREATE TABLE evil.pg_roles (oid oid, rolname name);
        CREATE TABLE evil.tasks (id uuid);
        CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''epoch''::timestamptz';
        CREATE FUNCTION evil.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT NULL::regclass';
        CREATE FUNCTION evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS 'SELECT ''DROP SCHEMA evil''';
        CREATE FUNCTION evil.different(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.different);
        """
}
