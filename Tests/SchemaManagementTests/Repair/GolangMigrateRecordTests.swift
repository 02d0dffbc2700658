import DatabaseAccess
import EmbeddedSQL
import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@testable import SchemaManagement

/// Whose migration state is read and set: the schema's, and nobody else's.
@Suite("golang-migrate's record")
struct GolangMigrateRecordTests {
    private static func repair(_ database: TestDatabase, _ table: GolangMigrateTable = .default) async throws {
        _ = try await database.repairing(golangMigrateTable: table).run(begun: { _ in }, done: { _, _ in })
    }

    @Test func ofOtherProgramsIsLeftAlone() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "CREATE SCHEMA billing; CREATE SCHEMA crm; DROP INDEX mcp.embeddings_tenant_hash_idx;"
                    + GolangMigrate.table("billing.schema_migrations", 57, dirty: true)
                    + GolangMigrate.table("crm.schema_migrations", 0, dirty: false)
                    + GolangMigrate.table("public.schema_migrations", 1, dirty: true))
            try await Self.repair(database)
            let states = """
                SELECT * FROM billing.schema_migrations UNION ALL SELECT * FROM crm.schema_migrations
                UNION ALL SELECT * FROM public.schema_migrations
                """
            #expect(try await database.psql(states) == "57|t\n0|f\n1|f")
        }
    }

    @Test func isNamedWhereThereAreSeveral() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "DROP INDEX mcp.embeddings_tenant_hash_idx;"
                    + GolangMigrate.table("mcp.schema_migrations", 1, dirty: true)
                    + GolangMigrate.table("public.schema_migrations", 1, dirty: true))
            let failure = try #require(await ServerFailure.of { try await Self.repair(database) })
            #expect(failure.message.contains("mcp.schema_migrations and public.schema_migrations"))
            #expect(
                failure.failureClass == .refused && failure.cure?.description.contains("--migrations-table") == true)
            let none = try #require(await ServerFailure.of { try await Self.repair(database, .named("mcp.tasks")) })
            #expect(none.message.contains("mcp.tasks is no table of golang-migrate"))
            #expect(try await database.psql("SELECT to_regclass('mcp.embeddings_tenant_hash_idx') IS NULL") == "t")

            try await Self.repair(database, .named("mcp.schema_migrations"))
            let states = "SELECT * FROM mcp.schema_migrations UNION ALL SELECT * FROM public.schema_migrations"
            #expect(try await database.psql(states) == "1|f\n1|t")
        }
    }

    /// Its number counts the platform's own files. It is no reason to leave the schema alone, and stays until the folder is
    /// said to have been replaced.
    @Test(arguments: [true, false])
    func ofThePlatformsOwnFolderKeepsItsNumber(isDirty: Bool) async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "ALTER TABLE mcp.tasks ALTER COLUMN max_retries SET DEFAULT 7;"
                    + GolangMigrate.table("public.schema_migrations", 36, dirty: isDirty))
            let state = "SELECT * FROM public.schema_migrations"
            let plan = try await database.repairing().plan()
            #expect(plan.plan.refusals == [] && plan.records.map(\.version) == [36])
            let after = try await database.repair()
            #expect(after.verification.gap.isClosed)
            #expect(try await database.psql(state) == "36|f")
            // No option is needed any more, whichever command comes next.
            let application = SchemaApplication(
                conninfo: database.conninfo(), applicationName: "test", programVersion: "0", locks: LockBudget())
            guard case .whole(isRecorded: true) = try await application.databaseState() else {
                Issue.record("there is work left")
                return
            }
            try await Self.repair(database)
            #expect(try await database.psql(state) == "36|f")

            _ = try await database.repairing(takesOverMigrations: true).run(begun: { _ in }, done: { _, _ in })
            #expect(try await database.psql(state) == "1|f")
            let kept = "SELECT object, purpose FROM pgtend.schema_steps WHERE purpose LIKE 'golang-migrate%'"
            #expect(
                try await database.psql(kept)
                    == "table public.schema_migrations|golang-migrate's version was 36, clean")
            try await Self.repair(database)
            #expect(try await database.psql(state) == "1|f")
        }
    }

    /// Never before the schema is what it should be.
    @Test func staysWhereSomethingIsRefused() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                "CREATE VIEW mcp.other AS SELECT 1; ALTER TABLE mcp.events RENAME TO happenings;"
                    + "ALTER VIEW mcp.other RENAME TO events;"
                    + GolangMigrate.table("public.schema_migrations", 21, dirty: true))
            let after = try await database.repairing(takesOverMigrations: true).run(
                begun: { _ in }, done: { _, _ in })
            #expect(!after.plan.refusals.isEmpty)
            #expect(try await database.psql("SELECT * FROM public.schema_migrations") == "21|t")
        }
    }

    /// Whoever owns the table decides what stands in it, and pgtend does not call it what it is not.
    @Test func isReadOnceItWasSet() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await database.psql(
                GolangMigrate.table(dirty: true)
                    + """
                    CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                    CREATE TRIGGER keep BEFORE UPDATE ON public.schema_migrations FOR EACH ROW EXECUTE FUNCTION public.keep();
                    """)
            // Of a superuser's only what the tool itself makes is written.
            let refused = try #require(await ServerFailure.of { try await Self.repair(database) })
            #expect(refused.message.contains("belongs to a superuser and has trigger keep"), "\(refused)")
            try await database.psql("ALTER TABLE public.schema_migrations OWNER TO mcp_owner")
            let failure = try #require(await ServerFailure.of { try await Self.repair(database) })
            #expect(failure.failureClass == .refused, "\(failure)")
            #expect(failure.message.contains("public.schema_migrations still says version 1, dirty"), "\(failure)")

            try await database.psql("DROP TRIGGER keep ON public.schema_migrations")
            try await Self.repair(database)
            #expect(try await database.psql("SELECT * FROM public.schema_migrations") == "1|f")
            try await database.psql("INSERT INTO public.schema_migrations VALUES (0, true)")
            let rows = try #require(await ServerFailure.of { try await Self.repair(database) })
            #expect(rows.message.contains("public.schema_migrations has 2 rows"), "\(rows)")
        }
    }

    /// A column of a type with a cast to JSON runs the cast.
    @Test(.timeLimit(.minutes(1)), arguments: PostgresVersion.underTest)
    func isReadForAWhileOnly(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE TABLE public.schema_migrations (version bigint, dirty boolean);
                CREATE TYPE public.mood AS ENUM ('good');
                CREATE FUNCTION public.slow(public.mood) RETURNS json LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_sleep(600); RETURN '1'; END $$;
                CREATE CAST (public.mood AS json) WITH FUNCTION public.slow(public.mood);
                ALTER TABLE public.schema_migrations ADD mood public.mood;
                INSERT INTO public.schema_migrations VALUES (1, false, 'good');
                """)
            let connection = try await database.connect()
            let home = GolangMigrateHome(
                table: RelationName(schema: "public", name: "schema_migrations"), owner: nil,
                oid: try await oid(database))
            await #expect {
                _ = try await connection.golangMigrateRecords(in: home, within: .milliseconds(200))
            } throws: { error in
                (error as? PostgresError).map(FailureClass.init) == .timeout
            }
            await connection.close()
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: PostgresVersion.underTest)
    func isSetForAWhileOnly(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "\(database.name)_owner"
            try await database.psql(
                GolangMigrate.table("public.schema_migrations", 1, dirty: true)
                    + """
                    CREATE ROLE \(owner); ALTER TABLE public.schema_migrations OWNER TO \(owner);
                    CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
                    CREATE TRIGGER wait BEFORE UPDATE ON public.schema_migrations FOR EACH ROW EXECUTE FUNCTION public.wait();
                    """)
            let connection = try await database.connect()
            let record = GolangMigrateRecord(
                table: RelationName(schema: "public", name: "schema_migrations"), version: 1, isDirty: true,
                owner: owner, oid: try await oid(database))
            await #expect {
                try await connection.set(record, to: 1, within: .milliseconds(200))
            } throws: { error in
                (error as? PostgresError).map(FailureClass.init) == .timeout
            }
            await connection.close()
            #expect(try await database.psql("SELECT * FROM public.schema_migrations") == "1|t")
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(owner)")
        }
    }

    private func oid(_ database: TestDatabase) async throws -> Int {
        try #require(Int(try await database.psql("SELECT 'public.schema_migrations'::regclass::oid")))
    }

    @Test func ofANewerPgtendIsLeftAlone() async throws {
        try await TestDatabase.with(template: SchemaVerifierTests.installed) { database in
            try await Self.repair(database)
            try await database.psql(
                """
                INSERT INTO pgtend.schema_migrations (number, name, checksum, pgtend_version)
                SELECT max(number) + 1, 'newer', min(checksum), '99' FROM pgtend.schema_migrations;
                ALTER TABLE mcp.tasks ALTER COLUMN max_retries SET DEFAULT 7
                """)
            let facts = try await database.facts()
            let failure = try #require(await ServerFailure.of { try await Self.repair(database) })
            #expect(failure.message.contains("of a newer pgtend"), "\(failure)")
            #expect(try await database.facts() == facts)
        }
    }

    @Test(
        arguments: [
            ("none", GolangMigrateTable.none), ("t", .named("t")), ("s.t", .named("s.t")),
            (#""odd.schema"."a ""b""""#, .named(#""odd.schema"."a ""b""""#)), ("s-x.t", .named("s-x.t")),
            ("", nil), ("a.b.c", nil), (".t", nil), ("s.", nil), ("a b", nil), (#""a"#, nil), (#""""#, nil),
        ] as [(String, GolangMigrateTable?)])
    func aTableOfMigrationsIsNamedAsSQLWritesIt(text: String, table: GolangMigrateTable?) {
        #expect(GolangMigrateTable(text) == table)
    }
}
