import TestSupport
import Testing

/// A schema pgtend_ledger that somebody makes at the worst moment: between any two statements of a command that has found
/// none.
@Suite("A ledger that appears", .serialized)
struct LedgerRaceTests {
    /// As our own would look, with code of hers wherever it is read or written.
    private static let ledger = """
        GRANT CREATE ON DATABASE :database TO :eve; SET ROLE :eve;
        CREATE SCHEMA pgtend_ledger;
        CREATE TABLE pgtend_ledger.schema_migrations (number integer, name text, checksum text, pgtend_version text);
        INSERT INTO pgtend_ledger.schema_migrations VALUES (1, 'schema', '', ''), (2, 'slot', '', ''), (3, 'run', '', ''),
            (4, 'step', '', '');
        CREATE INDEX ON pgtend_ledger.schema_migrations (number) WHERE app.check_it();
        CREATE VIEW pgtend_ledger.run AS SELECT app.steal() AS id, 1 AS slot_id;
        CREATE VIEW pgtend_ledger.step AS SELECT app.steal() AS run_id;
        CREATE VIEW pgtend_ledger.slot AS SELECT app.steal() AS id;
        GRANT ALL ON SCHEMA pgtend_ledger TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA pgtend_ledger TO PUBLIC
        """

    @Test(arguments: [["status"], ["history"], ["config", "check", "--connect"], ["run"]], PostgresVersion.underTest)
    func isReadByNoCommand(arguments: [String], version: PostgresVersion) async throws {
        let cluster = try await Cluster.shared(version)
        let relay = try StatementRelay(to: cluster)
        defer { relay.close() }
        try await HostileOwner.with(version, .superuser) { owner in
            let ledger = owner.named(Self.ledger).replacing(":database", with: owner.database.name)
            // The work of a run is done already, so that it is the same each time.
            try await owner.psql("SET ROLE :eve; CREATE TABLE app.events (at date NOT NULL) PARTITION BY RANGE (at)")
            let conninfo = "host='\(relay.folder)' dbname='\(owner.database.name)' user=postgres"
            let command = arguments + ["--database", conninfo, "--schema", "app"]

            relay.pause(before: 0) {}
            _ = try await Pgtend.run(command)
            let statements = relay.count
            try #require(statements > 1)
            for number in 1...statements {
                let database = owner.database
                let appears: @Sendable () async -> Void = {
                    do {
                        try await database.psql(ledger)
                    } catch {
                        Issue.record(error)
                    }
                }
                relay.pause(before: number, for: appears)
                let result = try await Pgtend.run(command)
                #expect(relay.count >= number)
                #expect(try await owner.gains() == [], "before statement \(number) of \(statements): \(result)")
                try await owner.psql(
                    "DROP SCHEMA pgtend_ledger CASCADE; TRUNCATE app.loot; ALTER ROLE :eve NOSUPERUSER")
            }
        }
    }
}
