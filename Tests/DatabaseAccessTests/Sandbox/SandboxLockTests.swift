import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess

/// Code of an owner can release an advisory lock of the session that runs it, and take the same one otherwise.
@Suite("Advisory locks in the sandbox")
struct SandboxLockTests {
    private static let lock = "\(AdvisoryLock.key), 7"
    private static let ways = [
        "PERFORM pg_advisory_unlock_all()",
        "PERFORM pg_advisory_unlock(\(lock)); PERFORM pg_advisory_xact_lock(\(lock))",
        "PERFORM pg_advisory_unlock_all(); PERFORM pg_advisory_xact_lock(\(lock))",
        "PERFORM pg_advisory_lock(\(lock)); PERFORM pg_advisory_lock(\(AdvisoryLock.key), 8)",
        "PERFORM pg_advisory_unlock_all(); PERFORM pg_advisory_lock_shared(\(lock))",
    ]

    @Test(arguments: ways, PostgresVersion.underTest)
    func areHeldOnceAfterwards(way: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await prepare(owner, way)
            let connection = try await owner.database.connect(user: owner.pgtend)
            try await connection.execute(Statement(unsafe: "SELECT pg_advisory_lock(\(Self.lock))"))
            try await insert(owner, on: connection)
            #expect(try await owner.psql("SELECT count(*) FROM app.target") == "1")

            let taken = try await owner.psql("SELECT pg_try_advisory_lock(\(Self.lock))")
            #expect(taken == "f", "the session has lost its lock")
            try await connection.execute(Statement(unsafe: "SELECT pg_advisory_unlock(\(Self.lock))"))
            let isFree = try await owner.psql(
                "SELECT pg_try_advisory_lock(\(Self.lock)), pg_try_advisory_lock(\(AdvisoryLock.key), 8)")
            #expect(isFree == "t|t", "the session has kept a lock of the code")
        }
    }

    @Test(arguments: ways, PostgresVersion.underTest)
    func areHeldOnceAfterReading(way: String, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(
                "CREATE FUNCTION app.names() RETURNS text LANGUAGE plpgsql AS $$ BEGIN \(way); RETURN 'one'; END $$",
                asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            try await connection.execute(Statement(unsafe: "SELECT pg_advisory_lock(\(Self.lock))"))
            let names = try await connection.read(
                try Sandbox(reading: "SELECT app.names()", as: owner.eve), limits: limits)
            #expect(names == ["one"])
            #expect(try await owner.psql("SELECT pg_try_advisory_lock(\(Self.lock))") == "f")
            try await connection.execute(Statement(unsafe: "SELECT pg_advisory_unlock(\(Self.lock))"))
            #expect(try await owner.psql("SELECT pg_try_advisory_lock(\(Self.lock))") == "t")
        }
    }

    /// Not for a moment: the code waits, with the lock released, until somebody else has tried to take it.
    @Test(arguments: PostgresVersion.underTest)
    func cannotBeTakenMeanwhile(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql("CREATE SEQUENCE app.tries", asEve: true)
            try await prepare(
                owner,
                """
                PERFORM pg_advisory_unlock_all();
                WHILE NOT (SELECT is_called FROM app.tries) LOOP PERFORM pg_sleep(0.01); END LOOP
                """)
            let connection = try await owner.database.connect(user: owner.pgtend)
            try await connection.execute(Statement(unsafe: "SELECT pg_advisory_lock(\(Self.lock))"))
            async let other = owner.psql(
                """
                DO $$ BEGIN
                    WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = ':pgtend' AND wait_event = 'PgSleep')
                    LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;
                END $$;
                SELECT pg_try_advisory_lock(\(Self.lock)), nextval('app.tries');
                """)
            try await insert(owner, on: connection)
            #expect(try await other == "f|1")
        }
    }

    /// A rollback takes back neither what is prepared nor the locks of a session.
    @Test(arguments: PostgresVersion.underTest)
    func areAllThatStaysOfCodeThatFails(version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await prepare(
                owner,
                """
                PREPARE honest AS SELECT app.steal();
                PERFORM pg_advisory_lock(\(AdvisoryLock.key), 5), pg_advisory_lock(8);
                RAISE 'no'
                """)
            let connection = try await owner.database.connect(user: owner.pgtend)
            try await connection.execute(Statement(unsafe: "SELECT pg_advisory_lock(\(Self.lock))"))
            await #expect(throws: PostgresError.self) { try await insert(owner, on: connection) }
            #expect(await connection.record.isSoiled)
            try await connection.recover(keeping: [7, 6])
            #expect(await !connection.record.isSoiled)
            let left: Statement = """
                SELECT (SELECT count(*) FROM pg_prepared_statements)::text || (
                    SELECT coalesce(string_agg(format(' %s %s', l.classid, l.objid), ','), '') FROM pg_locks AS l
                    WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()) AS left
                """
            #expect(try await connection.row(left).decode("left", as: String.self) == "0 \(AdvisoryLock.key) 7")
        }
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
