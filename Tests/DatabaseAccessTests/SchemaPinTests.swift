import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess

/// Whoever owns a schema may rename it while others work in it.
@Suite("Schemas that are pinned")
struct SchemaPinTests {
    private static let changes = [
        "ALTER SCHEMA guard RENAME TO former", "ALTER SCHEMA guard OWNER TO :victim", "DROP SCHEMA guard CASCADE",
        "GRANT ALL ON SCHEMA guard TO PUBLIC",
    ]
    private static let swap = "ALTER SCHEMA guard RENAME TO former; ALTER SCHEMA other RENAME TO guard"

    @Test(arguments: changes, PostgresVersion.underTest)
    func areNotTakenAwayUntilTheEnd(change: String, version: PostgresVersion) async throws {
        try await with(version) { owner, oid throws in
            for pin in [SchemaPin(["guard": .oid(oid)]), SchemaPin(["guard", "public"])] {
                let connection = try await owner.database.connect()
                try await connection.script(unsafe: "\(Connection.beginReadWrite); \(try pin.statement())")
                // Others go on with their work, and pin it as well.
                try await owner.psql(
                    "CREATE TABLE guard.t (); DROP TABLE guard.t; BEGIN; \(try pin.statement()); COMMIT")
                let error = await #expect(throws: (any Error).self) {
                    try await owner.psql("SET ROLE :eve; SET lock_timeout = '100ms'; \(change)")
                }
                #expect(error.map { "\($0)".contains("lock timeout") } == true, "\(String(describing: error))")
                try await connection.execute("COMMIT")
                await connection.close()
            }
            // Without one they wait for nobody.
            let connection = try await owner.database.connect()
            try await connection.script(unsafe: "\(Connection.beginReadWrite); CREATE TABLE guard.t ()")
            try await connection.execute("COMMIT")
            try await owner.psql("SET ROLE :eve; SET lock_timeout = '100ms'; DROP TABLE guard.t; \(change)")
            await connection.close()
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func haveToBeThoseThatAreMeant(version: PostgresVersion) async throws {
        try await with(version) { owner, oid throws in
            // A superuser locks them; a member of the owner only looks.
            for user in ["postgres", owner.member] {
                let other = try await self.oid("other", owner)
                try await pin(["guard": .oid(oid), "none": .absent], owner, user)
                let wrong: [([String: SchemaPin.Identity], String)] = [
                    (["guard": .oid(other)], "55000"),
                    (["guard": .absent], "55000"),
                    (["none": .oid(oid)], "55000"),
                    (["guard": .oid(oid), "none": .any], "3F000"),
                ]
                for (schemas, state) in wrong {
                    let error = await #expect(throws: PostgresError.self) { try await pin(schemas, owner, user) }
                    #expect(error?.sqlState?.rawValue == state, "\(schemas): \(String(describing: error))")
                }
            }
        }
    }

    /// The swap is committed while the statement waits for its lock: what then has the name is not locked.
    @Test(arguments: PostgresVersion.underTest)
    func areNotTakenForOthersAfterAWait(version: PostgresVersion) async throws {
        try await with(version) { owner, oid throws in
            for schemas in [["guard": SchemaPin.Identity.oid(oid)], ["guard": .any]] {
                let eve = try await owner.database.connect()
                try await eve.script(unsafe: "BEGIN; \(Self.swap)")
                async let pinned: Void = pin(schemas, owner, "postgres", timeout: "20s")
                try await owner.database.waitUntilALockIsAwaited()
                try await eve.script(unsafe: "COMMIT")
                await eve.close()
                do {
                    try await pinned
                    Issue.record("it was taken for another")
                } catch let error as PostgresError {
                    #expect(["55000", "3F000"].contains(error.sqlState?.rawValue))
                }
                try await owner.psql("ALTER SCHEMA guard RENAME TO other; ALTER SCHEMA former RENAME TO guard")
            }
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func sayWhoIsInTheWay(version: PostgresVersion) async throws {
        try await with(version) { owner, _ throws in
            let eve = try await owner.database.connect()
            try await eve.script(unsafe: "BEGIN; \(Self.swap)")
            let error = await #expect(throws: PostgresError.self) { try await pin(["guard": .any], owner, "postgres") }
            #expect(error?.sqlState?.rawValue == "55P03")
            #expect(error?.schema == "guard")
            #expect(
                error?.message.contains("schema guard is being renamed") == true
                    && error?.message.contains("pid \(eve.server.backendPID) (postgres") == true,
                "\(String(describing: error))")
            await eve.close()
        }
    }

    // MARK: - A schema of hers

    private func with(
        _ version: PostgresVersion, _ body: (HostileOwner, Int) async throws -> Void
    ) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                GRANT :victim TO :eve; GRANT CREATE ON DATABASE \(owner.database.name) TO :eve, :victim;
                CREATE SCHEMA guard AUTHORIZATION :eve; CREATE SCHEMA other AUTHORIZATION :eve
                """)
            try await body(owner, try await oid("guard", owner))
        }
    }

    private func oid(_ schema: String, _ owner: HostileOwner) async throws -> Int {
        try #require(Int(try await owner.psql("SELECT '\(schema)'::regnamespace::oid")))
    }

    private func pin(
        _ schemas: [String: SchemaPin.Identity], _ owner: HostileOwner, _ user: String, timeout: String = "200ms"
    ) async throws {
        let connection = try await owner.database.connect(user: user)
        do {
            let pin = try SchemaPin(schemas).statement()
            try await connection.script(
                unsafe: "\(Connection.beginReadWrite); SET LOCAL lock_timeout = '\(timeout)'; \(pin); COMMIT")
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }
}
