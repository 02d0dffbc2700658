import Foundation
import PostgresClient
import TestSupport
import Testing

/// What a former owner left in pgtend's record or on golang-migrate's table, and whoever may write to the record: nothing of
/// that becomes the rights of an administrator.
@Suite("A hostile record", .serialized)
struct HostileRecordTests {
    struct Remnant: Sendable, CustomStringConvertible {
        let description: String
        /// Whether the function of hers is an administrator's by now, too.
        var isGivenAway = false
        /// As the owner of `pgtend.schema_steps`, where `app.found()` is hers.
        let sql: String
        let refusal: String
    }

    /// A function of the server's that runs a text.
    private static let runs = "ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, app.found()') IS NOT NULL"
    private static let found = """
        CREATE FUNCTION app.found() RETURNS tsquery LANGUAGE plpgsql AS $$ BEGIN PERFORM app.steal(); RETURN 'b'; END $$;
        """
    private static let remnants = [
        Remnant(
            description: "a type with a CHECK",
            sql: """
                CREATE DOMAIN app.word AS text CHECK (app.check_it());
                ALTER TABLE pgtend.schema_steps ALTER COLUMN purpose TYPE app.word
                """, refusal: "column purpose of schema_steps is of type app.word"),
        Remnant(
            description: "a CHECK that runs a text",
            sql: "ALTER TABLE pgtend.schema_steps ADD CONSTRAINT c CHECK (\(runs))",
            refusal: "constraint c of schema_steps is (ts_rewrite("),
        Remnant(
            description: "a default that runs a text",
            sql:
                "ALTER TABLE pgtend.schema_steps ADD x text; ALTER TABLE pgtend.schema_steps ALTER x SET DEFAULT \(runs)",
            refusal: "the default of column x of schema_steps is (ts_rewrite("),
        Remnant(
            description: "a CHECK with a function that was given to an administrator", isGivenAway: true,
            sql: "ALTER TABLE pgtend.schema_steps ADD CONSTRAINT c CHECK (app.check_it())",
            refusal: "constraint c of schema_steps is app.check_it()"),
        Remnant(
            description: "a predicate with a function that was given to an administrator", isGivenAway: true,
            sql: "CREATE INDEX i ON pgtend.schema_steps (id) WHERE app.check_it()",
            refusal: "index pgtend.i of schema_steps is app.check_it()"),
    ]

    @Test(arguments: remnants, PostgresVersion.underTestWithPgvector)
    func runsNothingThatAFormerOwnerLeft(remnant: Remnant, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            let gap = "DROP INDEX mcp.embeddings_tenant_hash_idx"
            for arguments in [["apply"], ["repair"]] {
                let result = try await owner.schema(arguments)
                #expect(result.succeeded, "\(result)")
                try await owner.psql(gap.replacing("INDEX", with: "INDEX IF EXISTS"))
            }
            try await owner.psql(
                """
                ALTER TABLE pgtend.schema_steps OWNER TO :eve; GRANT CREATE ON SCHEMA pgtend TO :eve;
                SET ROLE :eve; \(Self.found) \(remnant.sql);
                RESET ROLE; ALTER TABLE pgtend.schema_steps OWNER TO postgres; REVOKE CREATE ON SCHEMA pgtend FROM :eve;
                \(remnant.isGivenAway ? "ALTER FUNCTION app.check_it() OWNER TO postgres" : "")
                """)
            try await owner.psql("INSERT INTO pgtend.schema_steps VALUES (DEFAULT, '', '', '', 0, now(), '', '')")
            #expect(try await owner.gains() != [], "it is no attack")
            try await owner.psql("TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")

            for arguments in [["repair"], ["apply"], ["rollback", "--confirm", owner.database.name, "--drop-rows"]] {
                let result = try await owner.schema(arguments)
                #expect(try await owner.gains() == [], "\(arguments): \(result)")
                #expect(!result.succeeded && result.everything.contains(remnant.refusal), "\(arguments): \(result)")
            }
        }
    }

    /// An administrator whose default privileges let an application write to whatever he makes.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func isWrittenByNobodyElse(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                """
                ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :eve, PUBLIC;
                ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO :eve
                """)
            let gap = "DROP INDEX IF EXISTS mcp.embeddings_tenant_hash_idx"
            for arguments in [["apply"], ["repair"], ["apply"]] {
                let result = try await owner.schema(arguments)
                #expect(result.succeeded, "\(arguments): \(result)")
                try await owner.psql(gap)
            }
            let privileges = """
                SELECT string_agg(DISTINCT a.privilege_type, ' ') FROM pg_class AS c, aclexplode(c.relacl) AS a
                WHERE c.relnamespace = 'pgtend'::regnamespace AND a.grantee <> c.relowner
                """
            #expect(try await owner.psql(privileges) == "SELECT USAGE")

            try await owner.psql("GRANT INSERT, DELETE ON pgtend.created_objects TO :eve")
            try await owner.psql(
                """
                INSERT INTO pgtend.created_objects (kind, name, detail, created_at)
                VALUES ('owner', 'mcp', ':eve', '-infinity')
                """, asEve: true)
            for arguments in [["repair"], ["rollback", "--confirm", owner.database.name, "--drop-rows"]] {
                let result = try await owner.schema(arguments)
                #expect(
                    !result.succeeded
                        && result.everything.contains("role \(owner.eve) has DELETE, INSERT on created_objects"),
                    "\(result)")
                let cure = "REVOKE DELETE, INSERT ON TABLE pgtend.created_objects FROM \(owner.eve)"
                #expect(result.everything.contains(cure), "\(result)")
            }
            #expect(
                try await owner.psql("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'mcp'") == "mcp_owner")
        }
    }

    /// What golang-migrate's table has of a former owner's, once it is a superuser's.
    @Test(
        arguments: [
            ("ADD CONSTRAINT c CHECK (\(runs))", "constraint c"),
            ("ALTER COLUMN version TYPE app.number", "column version of type app.number"),
            ("ALTER COLUMN dirty SET DEFAULT \(runs)", "a default for column dirty"),
        ], PostgresVersion.underTestWithPgvector)
    func isNotWrittenAsASuperuser(change: (sql: String, refusal: String), version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            let applied = try await owner.schema(["apply"])
            #expect(applied.succeeded, "\(applied)")
            try await owner.psql(
                """
                CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
                INSERT INTO public.schema_migrations VALUES (1, true); ALTER TABLE public.schema_migrations OWNER TO :eve;
                SET ROLE :eve; \(Self.found) CREATE DOMAIN app.number AS bigint CHECK (app.check_it());
                ALTER TABLE public.schema_migrations \(change.sql);
                RESET ROLE; ALTER TABLE public.schema_migrations OWNER TO postgres;
                """)
            let dirty = change.refusal.contains("default") ? "DEFAULT" : "dirty"
            try await owner.psql("UPDATE public.schema_migrations SET version = version + 1 - 1, dirty = \(dirty)")
            #expect(try await owner.gains() != [], "it is no attack")
            try await owner.psql(
                "UPDATE public.schema_migrations SET dirty = true; TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")
            for arguments in [["repair", "--plan"], ["repair"], ["apply"]] {
                let result = try await owner.schema(arguments)
                #expect(try await owner.gains() == [], "\(arguments): \(result)")
                #expect(!result.succeeded && result.everything.contains("has \(change.refusal):"), "\(result)")
            }
        }
    }

    /// She makes the administrator's transaction wait, and the schema meanwhile.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func fillsNoSchemaThatSheMakesMeanwhile(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql("GRANT CREATE ON DATABASE \(owner.database.name) TO :eve")
            let eve = try await owner.database.connect(user: owner.eve)
            try await eve.script(unsafe: "BEGIN; CREATE SCHEMA pgtend")
            async let ending = owner.schema(["apply"])
            try await owner.database.wait(
                until: """
                    EXISTS (SELECT FROM pg_stat_activity AS a
                        WHERE a.application_name LIKE 'pgtend%' AND a.wait_event_type = 'Lock')
                    """)
            try await owner.psql("CREATE SCHEMA mcp", asEve: true)
            try await eve.script(unsafe: "ROLLBACK")
            let result = try await ending
            #expect(
                !result.succeeded && result.everything.contains("others have a part in the schema: \(owner.eve) has"),
                "\(result)")
            #expect(try await owner.psql("SELECT to_regclass('mcp.agents') IS NULL") == "t")
        }
    }

    /// The owner of the database has its schema public, where pgvector is made: the next command would refuse him.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func buildsNothingThatItWouldRefuseAfterwards(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql("ALTER DATABASE \(owner.database.name) OWNER TO :eve")
            let result = try await owner.schema(["apply"])
            #expect(!result.succeeded && result.everything.contains("\(owner.eve) has schema public"), "\(result)")
            #expect(try await owner.psql("SELECT to_regnamespace('mcp') IS NULL") == "t")
            for _ in 1...2 {
                let trusted = try await owner.schema(["apply", "--trust", owner.eve])
                #expect(trusted.succeeded, "\(trusted)")
            }
        }
    }
}
