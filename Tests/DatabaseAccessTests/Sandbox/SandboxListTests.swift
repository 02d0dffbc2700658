import PostgresClient
import TestSupport
import Testing

@testable import DatabaseAccess

/// What is read in the sandbox is data of its owner's, who says how much there is.
@Suite("Lists read in the sandbox")
struct SandboxListTests {
    @Test(arguments: PostgresVersion.underTest)
    func areRightWhateverTheyHold(version: PostgresVersion) async throws {
        let names = [#"a"b\c,{}"#, "", "NULL", "Ümläut\nline", "'"]
        try await read(version, "VALUES " + names.map { "($q$\($0)$q$)" }.joined(separator: ", ")) { list throws in
            let found = try list.get()
            #expect(found == names)
        }
        try await read(version, "SELECT '' WHERE false") { list throws in
            let found = try list.get()
            #expect(found.isEmpty)
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func areAnErrorWhereTheyAreTooLong(version: PostgresVersion) async throws {
        try await read(version, "VALUES ('one'), (repeat('x', 20000000))") { list in
            let error = #expect(throws: PostgresError.self) { try list.get() }
            #expect(
                error?.message
                    == "the list takes more than 16 MB: it has more than 1 values, and the next one has 20000000 bytes")
        }
        // However many it is, no more than the limit is kept: nor of those that follow.
        let endless = """
            WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many)
            SELECT repeat('y', 1000000) FROM many
            """
        try await read(version, endless) { list in
            let error = #expect(throws: PostgresError.self) { try list.get() }
            #expect(error?.message.contains("it has more than 16 values, and the next one has 1000000 bytes") == true)
        }
        try await read(version, "SELECT '' FROM generate_series(1, 100001)") { list in
            let error = #expect(throws: PostgresError.self) { try list.get() }
            #expect(error?.message == "the list has more than 100000 values")
        }
        try await read(version, "SELECT n::text FROM generate_series(1, 100000) AS n") { list throws in
            let found = try list.get()
            #expect(found.count == 100_000)
        }
    }

    /// A cast to text is the owner's, and need not return any.
    @Test(arguments: PostgresVersion.underTest)
    func areAnErrorWithANull(version: PostgresVersion) async throws {
        // One is none too many, and takes away none of the limit of what follows.
        try await read(version, "VALUES ('one'), (NULL), (repeat('x', 20000000))") { list in
            let error = #expect(throws: PostgresError.self) { try list.get() }
            #expect(error?.kind == .server && error?.message.contains("a NULL") == true)
        }
    }

    /// In Shift JIS the second byte of that character is a backslash.
    @Test(arguments: PostgresVersion.underTest)
    func areReadInTheEncodingOfTheSession(version: PostgresVersion) async throws {
        try await read(version, "SELECT '表' || left(set_config('client_encoding', 'SJIS', false), 0)") { list throws in
            let found = try list.get()
            #expect(found == ["表"])
        }
    }

    /// In spite of functions and operators that say otherwise.
    @Test(arguments: PostgresVersion.underTest)
    func areMeasuredByTheServersOwnFunctions(version: PostgresVersion) async throws {
        let lies = """
            CREATE FUNCTION app.octet_length(text) RETURNS integer LANGUAGE sql AS 'SELECT 0';
            CREATE FUNCTION app.less(bigint, integer) RETURNS boolean LANGUAGE sql AS 'SELECT false';
            CREATE OPERATOR app.> (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = app.less);
            CREATE FUNCTION app.longer() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
                PERFORM set_config('search_path', 'app, pg_catalog', true);
                RETURN repeat('x', 10000000);
            END $$;
            """
        try await read(version, "SELECT app.longer() UNION ALL SELECT app.longer()", lies) { list in
            #expect(throws: PostgresError.self) { try list.get() }
        }
    }

    private func read(
        _ version: PostgresVersion, _ query: String, _ preparation: String = "SELECT 1",
        _ check: (Result<[String], PostgresError>) throws -> Void
    ) async throws {
        try await HostileOwner.with(version, .member) { owner in
            try await owner.psql(preparation, asEve: true)
            let connection = try await owner.database.connect(user: owner.pgtend)
            let sandbox = try Sandbox(reading: query, as: owner.eve)
            let list: Result<[String], PostgresError>
            do throws(PostgresError) {
                list = .success(try await connection.read(sandbox, limits: "SET LOCAL statement_timeout = '20s'"))
            } catch {
                list = .failure(error)
            }
            try check(list)
            // The session is good for the next one.
            let next = try await connection.read(
                try Sandbox(reading: "SELECT 'next'", as: owner.eve), limits: "SET LOCAL lock_timeout = '2s'")
            #expect(next == ["next"])
        }
    }
}
