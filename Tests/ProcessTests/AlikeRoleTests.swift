import TestSupport
import Testing

/// Two roles whose names Swift takes for one: "josé" with a composed é, and with an e and an accent.
@Suite("Owners whose names look alike", .serialized)
struct AlikeRoleTests {
    private struct Roles {
        let victim: String
        let eve: String

        init(_ database: TestDatabase) {
            victim = "jos\u{E9}_\(database.name)"
            eve = "jose\u{301}_\(database.name)"
        }

        func named(_ sql: String) -> String {
            sql.replacing(":eve", with: "\"\(eve)\"").replacing(":victim", with: "\"\(victim)\"")
        }
    }

    private func withRoles(
        _ version: PostgresVersion, _ sql: String, _ body: (TestDatabase) async throws -> Void
    ) async throws {
        let roles = try await TestDatabase.with(version) { database in
            let roles = Roles(database)
            try await database.psql(roles.named("CREATE ROLE :victim; CREATE ROLE :eve; " + sql))
            try await body(database)
            return roles
        }
        try await Cluster.shared(version).psql(roles.named("DROP ROLE :victim, :eve"))
    }

    private static func corpus(in schema: String) -> String {
        """
        CREATE TABLE \(schema).embeddings (id integer, tenant_id text, content_tsvector tsvector);
        INSERT INTO \(schema).embeddings VALUES (1, 'acme', 'a:1 b:2');
        CREATE TABLE \(schema).embedding_statistics (
            tenant_id text PRIMARY KEY, total_documents bigint, avg_document_length numeric,
            term_document_frequencies jsonb, last_updated timestamptz);
        """
    }

    private static let schemas = """
        CREATE SCHEMA app AUTHORIZATION :eve; CREATE SCHEMA safe AUTHORIZATION :victim;
        SET ROLE :victim; CREATE TABLE safe.secret AS SELECT 'the secret' AS x; \(corpus(in: "safe"))
        SET ROLE :eve; GRANT USAGE ON SCHEMA app TO PUBLIC;
        CREATE TABLE app.loot (who text, what text); GRANT INSERT ON app.loot TO PUBLIC;
        """
    private static let steal = "INSERT INTO app.loot SELECT current_user, s.x FROM safe.secret AS s"

    /// The path of one is no path of the other, nor has he her session.
    @Test(arguments: PostgresVersion.underTest)
    func haveASessionAndAPathEach(version: PostgresVersion) async throws {
        let function = """
            CREATE FUNCTION @.update_embedding_statistics(t text) RETURNS void LANGUAGE sql AS $$
                INSERT INTO @.embedding_statistics (tenant_id, total_documents)
                SELECT t, count(*) FROM @.embeddings AS e WHERE e.tenant_id = t
                ON CONFLICT (tenant_id) DO UPDATE SET total_documents = EXCLUDED.total_documents $$;
            """
        let sql = """
            \(Self.schemas)
            \(Self.corpus(in: "app")) \(function.replacing("@", with: "app"))
            CREATE FUNCTION app.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
                BEGIN \(Self.steal); EXCEPTION WHEN OTHERS THEN NULL; END;
                RETURN pg_catalog.lower($1);
            END $$;
            ALTER ROLE :eve SET search_path = app, pg_catalog;
            SET ROLE :victim;
            \(function.replacing("@", with: "safe"))
            CREATE FUNCTION safe.stamp() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN NEW.tenant_id := lower(NEW.tenant_id); RETURN NEW; END $$;
            CREATE TRIGGER t BEFORE INSERT OR UPDATE ON safe.embedding_statistics
                FOR EACH ROW EXECUTE FUNCTION safe.stamp();
            RESET ROLE
            """
        try await withRoles(version, sql) { database in
            let run = try await database.pgtend("run", "statistics", "--schema", "app", "--schema", "safe")
            #expect(run.succeeded, "\(run)")
            #expect(try await database.psql("SELECT count(*) FROM app.loot") == "0")
            for schema in ["app", "safe"] {
                #expect(try await database.psql("SELECT total_documents FROM \(schema).embedding_statistics") == "1")
            }
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func areNotOneOwner(version: PostgresVersion) async throws {
        let sql = """
            \(Self.schemas)
            RESET ROLE; GRANT CREATE, USAGE ON SCHEMA safe TO :eve; SET ROLE :eve;
            CREATE FUNCTION safe.update_embedding_statistics(t text) RETURNS void LANGUAGE plpgsql AS
                $$ BEGIN \(Self.steal); END $$;
            RESET ROLE
            """
        try await withRoles(version, sql) { database in
            let run = try await database.pgtend("run", "statistics", "--schema", "safe")
            #expect(!run.succeeded && run.standardError.contains("belong to several roles"), "\(run)")
            #expect(try await database.psql("SELECT count(*) FROM app.loot") == "0")
        }
    }
}
