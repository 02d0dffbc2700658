import Foundation
import PostgresClient
import TestSupport
import Testing

/// What a former owner left in pgtend's record or on golang-migrate's table, and whoever may write to the record: nothing of
/// that becomes the rights of an administrator.
@Suite("A hostile record", .serialized)
struct HostileRecordTests {
    /// A function of the server's that runs a text.
    private static let runs = "ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, app.found()') IS NOT NULL"
    private static let found = """
        CREATE FUNCTION app.found() RETURNS tsquery LANGUAGE plpgsql AS $$ BEGIN PERFORM app.steal(); RETURN 'b'; END $$;
        """

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
}
