import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess

/// Code of an owner can take advisory locks, pgtend's among them, which no ROLLBACK takes back.
@Suite("Advisory locks in the sandbox")
struct SandboxLockTests {
    private static let ways = [
        "PERFORM pg_advisory_lock(\(AdvisoryLock.key), 7), pg_advisory_lock(\(AdvisoryLock.key), 7)",
        "PERFORM pg_advisory_lock_shared(\(AdvisoryLock.key), 7); PERFORM pg_advisory_lock(8)",
    ]

    @Test(arguments: ways, PostgresVersion.underTest)
    func areReleasedAfterwards(way: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await prepare(owner, way)
            let connection = try await owner.database.connect(user: owner.pgtend)
            try await insert(owner, on: connection)
            #expect(try await owner.psql("SELECT count(*) FROM app.target") == "1")
            #expect(try await left(in: connection) == "0")
        }
    }

    @Test(arguments: ways, PostgresVersion.underTest)
    func areReleasedAfterReading(way: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                """
                CREATE FUNCTION app.names(fails boolean) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
                    \(way);
                    IF fails THEN RAISE 'no'; END IF;
                    RETURN 'one';
                END $$
                """, asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            let names = try await connection.read(
                try Sandbox(reading: "SELECT app.names(false)", as: owner.eve), limits: limits)
            #expect(names == ["one"])
            #expect(try await left(in: connection) == "0")
            await #expect(throws: PostgresError.self) {
                try await connection.read(try Sandbox(reading: "SELECT app.names(true)", as: owner.eve), limits: limits)
            }
            #expect(try await left(in: connection) == "0")
        }
    }

    /// A rollback takes back neither what is prepared nor the locks of a session.
    @Test(arguments: PostgresVersion.underTest)
    func areReleasedAfterCodeThatFails(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await prepare(
                owner,
                """
                PREPARE honest AS SELECT app.steal();
                PERFORM pg_advisory_lock(\(AdvisoryLock.key), 5), pg_advisory_lock(8);
                RAISE 'no'
                """)
            let connection = try await owner.database.connect(user: owner.pgtend)
            await #expect(throws: PostgresError.self) { try await insert(owner, on: connection) }
            #expect(await connection.record.isSoiled)
            #expect(try await left(in: connection) == "1 \(AdvisoryLock.key) 5, 0 8")
            try await connection.recover()
            #expect(await !connection.record.isSoiled)
            #expect(try await left(in: connection) == "0")
        }
    }

    /// How many statements are prepared in the session, and the advisory locks that it has.
    private func left(in connection: Connection) async throws -> String {
        try await connection.row(
            """
            SELECT (SELECT count(*) FROM pg_prepared_statements WHERE name = 'honest')::text || (
                SELECT coalesce(string_agg(format(' %s %s', l.classid, l.objid), ',' ORDER BY l.objid), '')
                FROM pg_locks AS l
                WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()) AS left
            """
        ).decode("left")
    }

    private func prepare(_ owner: HostileOwner, _ body: String) async throws {
        try await owner.psql(
            """
            CREATE TABLE app.target (id integer);
            CREATE FUNCTION app.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(body); RETURN NEW; END $$;
            CREATE TRIGGER fire BEFORE INSERT ON app.target FOR EACH ROW EXECUTE FUNCTION app.fire();
            """, asEve: true)
    }

    private func insert(_ owner: HostileOwner, on connection: Connection) async throws {
        let sandbox = try Sandbox(as: owner.eve, unsafe: ["INSERT INTO app.target VALUES (1)"])
        try await connection.inTransaction(unsafe: limits) { () async throws(PostgresError) in
            try await connection.run(sandbox, limits: limits)
        }
    }

    private let limits = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '20s'"
}
