import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess

/// A session keeps plans of pgtend's, as prepared statements, while code of an owner runs in it.
@Suite("Kept plans in the sandbox")
struct SandboxPlanTests {
    /// What an owner may do to them, and how many the session has afterwards.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: String
        let kept: Int

        init(_ description: String, _ body: String, leaves kept: Int) {
            (testDescription, self.body, self.kept) = (description, body, kept)
        }
    }

    private static let ways = [
        Way("takes them away", "DEALLOCATE ALL", leaves: 0),
        Way("takes one away", "DEALLOCATE pgtend_1", leaves: 0),
        Way(
            "puts one of his own in its place",
            "DEALLOCATE pgtend_1; PREPARE pgtend_1 (text) AS SELECT app.steal()::text AS kind", leaves: 0),
        Way(
            "puts one where the next is to come", "PREPARE pgtend_2 (text) AS SELECT app.steal()::text AS kind",
            leaves: 1),
        // The server analyses it anew under his path, and keeps that.
        Way(
            "executes one under his own path",
            """
            CREATE VIEW app.pg_class AS SELECT 'his'::name AS relname, app.steal()::text::"char" AS relkind;
            SET LOCAL search_path = app, pg_catalog;
            EXECUTE 'EXECUTE pgtend_1 (''target'')'
            """, leaves: 1),
    ]

    @Test(arguments: ways, PostgresVersion.underTest)
    func areWhatTheyWere(way: Way, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            try await owner.psql(
                """
                CREATE TABLE app.target (id integer);
                CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(way.body); RETURN NEW; END $$;
                CREATE TRIGGER fire BEFORE INSERT ON app.target FOR EACH ROW EXECUTE FUNCTION app.fire();
                """, asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            try await connection.keepPlans()
            for _ in 1...2 { #expect(try await kind(of: "target", on: connection) == "r") }
            let sandbox = try Sandbox(as: owner.eve, unsafe: ["INSERT INTO app.target VALUES (1)"])
            try await connection.inTransaction(unsafe: limits) { () async throws(PostgresError) in
                try await connection.run(sandbox, limits: limits)
            }
            #expect(try await owner.psql("SELECT count(*) FROM app.target") == "1")
            #expect(await connection.record.plans?.count == way.kept)
            for _ in 1...2 { #expect(try await kind(of: "target", on: connection) == "r") }
            for _ in 1...2 { #expect(try await kind(of: "pg_class_oid_index", on: connection, "oid") == "i") }
            #expect(try await owner.gains() == [])
        }
    }

    private func kind(
        of name: String, on connection: Connection, _ note: String = ""
    ) async throws -> String {
        try await connection.row(
            Statement(
                unsafe: "SELECT c.relkind::text AS kind /* \(note) */ FROM pg_class AS c WHERE c.relname = $1",
                parameters: [name], keepsPlan: true)
        ).decode("kind")
    }

    private let limits = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '20s'"
}
