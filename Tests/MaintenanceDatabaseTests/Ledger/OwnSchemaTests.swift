import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess
@testable import MaintenanceDatabase

/// The proof that the ledger is pgtend's takes nothing that no migration of the ledger makes.
@Suite("The proof of the ledger")
struct OwnSchemaTests {
    /// What a former owner may have left on the ledger's tables, and what the refusal says of it.
    private static let remnants = [
        (
            "CREATE DOMAIN public.dom AS text CHECK (public.f(VALUE)); ALTER TABLE run ALTER COLUMN host TYPE public.dom",
            "column host of run is of type public.dom"
        ),
        (
            "ALTER TABLE step ADD CONSTRAINT c CHECK (ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, ''b''::tsquery') IS NOT NULL)",
            "constraint c of step is (ts_rewrite("
        ),
        (
            "ALTER TABLE slot ADD x text DEFAULT query_to_xml('SELECT 1', true, true, '')::text",
            "the default of column x of slot is (query_to_xml("
        ),
        (
            "ALTER TABLE slot ADD x text GENERATED ALWAYS AS (upper(task)) STORED",
            "the default of column x of slot is upper(task)"
        ),
        ("CREATE INDEX i ON slot (lower(task))", "index pgtend_ledger.i of slot is lower(task)"),
        ("CREATE INDEX i ON slot (id) WHERE public.f(task)", "index pgtend_ledger.i of slot is public.f(task)"),
        ("CREATE STATISTICS public.s ON (public.f(task)) FROM slot", "slot has statistics s"),
        (
            "CREATE COLLATION public.c FROM \"C\"; CREATE INDEX i ON slot (task COLLATE public.c)",
            "index pgtend_ledger.i uses collation public.c"
        ),
        ("ALTER TABLE run ADD EXCLUDE (pid WITH =)", "constraint run_pid_excl of run is none of ours"),
        (
            "CREATE TABLE public.t (task text PRIMARY KEY); ALTER TABLE slot ADD FOREIGN KEY (task) REFERENCES public.t",
            "slot refers to public.t"
        ),
        ("GRANT TRUNCATE ON slot TO PUBLIC", "PUBLIC has TRUNCATE on slot"),
    ]

    @Test(arguments: remnants, PostgresVersion.underTest)
    func refusesWhatAFormerOwnerMayHaveLeft(remnant: (sql: String, refusal: String), version: PostgresVersion)
        async throws
    {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            try await database.installLedger()
            try await database.psql(
                """
                CREATE FUNCTION public.f(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END';
                SET search_path = pgtend_ledger; \(remnant.sql)
                """)
            let summary = await database.serve(TestSlot.order(.views))
            let message = try #require(summary.slot?.unrecorded?.message, "\(summary)")
            #expect(message.contains("schema pgtend_ledger is not pgtend's alone: \(remnant.refusal)"), "\(message)")
            #expect(try await database.ledger("SELECT count(*) FROM run") == "0")
        }
    }

    /// Of every age, by the short proof alone; whatever the settings of the database, and with an index of an administrator's.
    @Test(arguments: [0, 1, 2, 3, 4], PostgresVersion.underTest)
    func takesEveryLedgerOfOurs(missing: Int, version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                ALTER DATABASE \(database.name) SET intervalstyle = postgres_verbose;
                ALTER DATABASE \(database.name) SET quote_all_identifiers = on
                """)
            try await database.installLedger(older: missing)
            if missing < 3 { try await database.psql("CREATE INDEX ON pgtend_ledger.run (host, started_at DESC)") }
            let connection = try await database.connect()
            let proof = try #require(
                try await connection.optionalRow(MigrationQuery.ownSchema("pgtend_ledger", nil as String?)))
            #expect(try proof.decode("is_ours"))
            let parts = try #require(
                try await connection.optionalRow(MigrationQuery.foreignParts("pgtend_ledger", nil as String?)))
            #expect(try parts.decode("what", as: String.self) == "")
            await connection.close()
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func takesBackWhatDefaultPrivilegesGive(version: PostgresVersion) async throws {
        try await TestDatabase.with(version, template: LedgerWorld.template) { database in
            try await database.psql(
                "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO PUBLIC"
            )
            for kind in [TaskKind.views, .partitions] {
                let summary = await database.serve(TestSlot.order(kind))
                #expect(summary.slot?.unrecorded == nil && summary.slot?.state == .ran(late: false), "\(summary)")
            }
            let privileges = """
                SELECT string_agg(DISTINCT a.privilege_type, ' ') FROM pg_class AS c, aclexplode(c.relacl) AS a
                WHERE c.relnamespace = 'pgtend_ledger'::regnamespace AND a.grantee <> c.relowner
                """
            #expect(try await database.psql(privileges) == "SELECT USAGE")
        }
    }
}
