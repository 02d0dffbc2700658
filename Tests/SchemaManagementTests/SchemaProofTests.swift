import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// Statements go by name. What they have led to is asked before it is committed.
@Suite("Proofs of what statements have led to")
struct SchemaProofTests {
    /// As if the type of its argument had been renamed in between, and another function of that name given away.
    @Test(arguments: PostgresVersion.underTest)
    func noFunctionIsLeftToTheCaller(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "\(database.name)_owner"
            try await database.psql(
                """
                CREATE ROLE \(owner); CREATE SCHEMA s; CREATE TYPE s.kind AS ENUM ('a'); CREATE TYPE s.other AS ENUM ('a');
                CREATE FUNCTION s.older() RETURNS integer LANGUAGE sql AS 'SELECT 1'
                """)
            let connection = try await database.connect()
            var runner = SchemaStepRunner(
                connection: connection, schema: "s", locks: TestDatabase.patientLocks, programVersion: "1.2.3")
            runner.owner = owner
            try await runner.prepare()
            let create = "CREATE FUNCTION s.f(s.kind) RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
            func step(_ statements: String...) -> [SchemaStep] {
                [SchemaStep(CatalogObject(.function, "f(s.kind)"), .together, "test", statements)]
            }
            let error = await #expect(throws: PostgresError.self) {
                try await runner.execute(
                    step(
                        "CREATE FUNCTION s.f(s.other) RETURNS integer LANGUAGE sql AS 'SELECT 1'", create,
                        "ALTER FUNCTION s.f(s.other) OWNER TO \(owner)"))
            }
            #expect(error?.message.hasPrefix("s.f(s.kind) was made, and another function given to") == true)
            let count = "SELECT count(*) FROM pg_proc WHERE proname = 'f'"
            #expect(try await database.psql(count) == "0")
            // What it has, and what it only changes, stays as it is.
            try await runner.execute(
                step(create, "ALTER FUNCTION s.f(s.kind) OWNER TO \(owner)", "ALTER FUNCTION s.older() COST 7"))
            #expect(try await database.psql(count) == "1")
            await connection.close()
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(owner)")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func whatARollbackDropsIsGone(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA s; CREATE TABLE s.t ()")
            let connection = try await database.connect()
            let address = try await connection.row(
                "SELECT 'pg_class'::regclass::oid::bigint AS class, 's.t'::regclass::oid::bigint AS object")
            let installed = InstalledObjects(
                database: database.name,
                objects: [
                    InstalledObjects.Object(
                        kind: "table", name: RelationName(schema: "s", name: "t"),
                        catalog: try address.decode("class"), oid: try address.decode("object"), owner: nil,
                        isDetaching: false)
                ], sharedChanges: [])
            try await database.psql(
                "ALTER SCHEMA s RENAME TO former; CREATE SCHEMA s; CREATE TABLE s.t (); DROP TABLE s.t")
            let error = await #expect(throws: PostgresError.self) { try await installed.requireGone(connection) }
            #expect(error?.message.hasPrefix("table former.t still stands") == true)
            try await database.psql("DROP TABLE former.t")
            try await installed.requireGone(connection)
            await connection.close()
        }
    }

    /// A schema that is renamed while it is looked at, and renamed back, may have been another one in between.
    @Test(arguments: PostgresVersion.underTest)
    func whatIsAskedIsAboutOneSchema(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql("CREATE SCHEMA s")
            let connection = try await database.connect()
            let swaps = ["ALTER SCHEMA s RENAME TO t; ALTER SCHEMA t RENAME TO s", "SELECT 1"]
            var asked = 0
            try await connection.asking(about: "s") { (_) async throws(ServerFailure) in
                _ = try? await database.psql(swaps[min(asked, 1)])
                asked += 1
            }
            #expect(asked == 2)
            let failure = await ServerFailure.of {
                try await connection.asking(about: "s") { (_) async throws(ServerFailure) in
                    _ = try? await database.psql(swaps[0])
                }
            }
            #expect(failure?.failureClass == .refused)
            await connection.close()
        }
    }
}
