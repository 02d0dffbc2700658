import PostgresClient
import SQLText
import TestSupport
import Testing

@Suite("Results and errors of statements")
struct ResultTests {
    @Test func valuesOfEveryTypeComeBackAsTheyWentIn() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let texts = ["", "a'b", #"c"d\e"#, "new\nline", "größe 日本", "{x,NULL}", "NULL"]
            let row = try await connection.row(
                """
                SELECT \("it's \\ \n ü") AS string, \(Int.max) AS int, \(Int64.min) AS int64, \(Int32.min) AS int32,
                    \(UInt32.max) AS oid, \(0.1 + 0.2) AS double, \(-Double.infinity) AS infinite, \(true) AS bool,
                    \(String?.none) AS none, \(texts) AS texts, \([Int64.max, -1]) AS numbers, \([Int]()) AS empty,
                    ARRAY['a', NULL] AS gaps, ARRAY['n']::name[] AS names, 7::smallint AS small, 1.5::numeric AS exact,
                    timestamptz '2026-11-01 02:30+02' AS instant, 'pg_class'::regclass AS class, 3::real AS real
                """)
            #expect(try row.decode("string") == "it's \\ \n ü")
            #expect(try row.decode("int") == Int.max)
            #expect(try row.decode("int64") == Int64.min)
            #expect(try row.decode("int32") == Int32.min)
            #expect(try row.decode("oid") == UInt32.max)
            #expect(try row.decode("double") == 0.1 + 0.2)
            #expect(try row.decode("infinite") == -Double.infinity)
            #expect(try row.decode("bool") == true)
            #expect(try row.decode("none", as: String?.self) == nil)
            #expect(try row.decodeIfPresent("none", as: Int.self) == nil)
            #expect(try row.decodeIfPresent("int", as: Int.self) == Int.max)
            #expect(try row.decode("texts") == texts)
            #expect(try row.decode("numbers") == [Int64.max, -1])
            #expect(try row.decode("empty", as: [Int].self) == [])
            #expect(try row.decode("gaps", as: [String?].self) == ["a", nil])
            #expect(try row.decode("names", as: [String].self) == ["n"])
            #expect(try row.decode("small", as: Int32.self) == 7)
            #expect(try row.decode("exact", as: Double.self) == 1.5)
            #expect(try row.decode("real", as: Double.self) == 3)
            #expect(try row.decode("instant", as: String.self) == "2026-11-01 00:30:00+00")
            #expect(try row.decode("class", as: String.self) == "pg_class")
        }
    }

    @Test(
        arguments: [
            "plain", "Quo\"te\"d", "sp ace", "new\nline", "tab\tand\\backslash", "'; DROP TABLE x; --",
            String(repeating: "ä", count: 31) + "x", "名前\u{301}\"\u{301}",
        ])
    func objectsOfAnyNameCanBeMadeAndFound(_ name: String) async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let table = try QualifiedName(schema: name, name: name)
            let column = try SQLIdentifier(name)
            try await connection.execute("CREATE SCHEMA \(table.schema)")
            try await connection.execute("CREATE TABLE \(table) (\(column) text DEFAULT \(try SQLLiteral(name)))")
            try await connection.execute("COMMENT ON TABLE \(table) IS \(try SQLLiteral(name))")
            try await connection.execute("INSERT INTO \(table) DEFAULT VALUES")
            let row = try await connection.row("SELECT \(column) FROM \(table) WHERE \(column) = \(name)")
            #expect(try row.decode(name) == name)
            let found = try await connection.row(
                """
                SELECT c.relname, n.nspname, obj_description(c.oid) AS comment FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = \(name)
                """)
            #expect(try found.decode("relname") == name)
            #expect(try found.decode("nspname") == name)
            #expect(try found.decode("comment") == name)
        }
    }

    @Test func literalsMeanTheSameWithoutStandardConformingStrings() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            try await connection.execute("SET standard_conforming_strings = off")
            let text = #"a\'b\\c'"#
            #expect(try await connection.row("SELECT \(try SQLLiteral(text)) AS t").decode("t") == text)
        }
    }

    @Test func aWrongTypeNamesColumnExpectationAndFind() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let row = try await connection.row(
                "SELECT 'x'::text AS t, NULL::int AS n, 5000000000 AS big, 1 AS twice, 2 AS twice, '{1,x}'::text[] AS a"
            )
            func message<Value: ColumnDecodable>(_ column: String, _ type: Value.Type) throws -> String {
                try #require(throws: PostgresError.self) { try row.decode(column, as: type) }.message
            }
            #expect(try message("t", Int.self) == "column \"t\": expected an integer, found text value \"x\"")
            #expect(try message("t", Bool.self) == "column \"t\": expected boolean, found text value \"x\"")
            #expect(
                try message("t", [String].self) == "column \"t\": expected an array of text, found text value \"x\"")
            #expect(try message("n", Int.self) == "column \"n\": expected an integer, found integer NULL")
            #expect(
                try message("big", Int32.self)
                    == "column \"big\": expected an integer of 32 bits, found bigint value \"5000000000\"")
            #expect(
                try message("a", [Int].self)
                    == "column \"a\": expected an array of integers, found text[] value \"{1,x}\"")
            #expect(try message("twice", Int.self) == "the result has more than one column \"twice\"")
            #expect(
                try message("missing", Int.self)
                    == "the result has no column \"missing\"; it has \"t\", \"n\", \"big\", \"twice\", \"twice\", \"a\""
            )
        }
    }

    @Test func aWrongShapeIsAnErrorWithTheStatement() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let none: Statement = "SELECT 1 AS n WHERE false"
            let two: Statement = "SELECT generate_series(1, 2) AS n"
            #expect(try await connection.rows(none).isEmpty)
            #expect(try await connection.optionalRow(none) == nil)
            #expect(try await connection.rows(two).map { try $0.decode("n", as: Int.self) } == [1, 2])
            let missing = try await #require(throws: PostgresError.self) { _ = try await connection.row(none) }
            #expect(missing.kind == .shape)
            #expect(missing.message == "expected one row, found none")
            #expect(missing.statement == none.text)
            let many = try await #require(throws: PostgresError.self) { _ = try await connection.optionalRow(two) }
            #expect(many.message == "expected at most one row, found 2")
            let rowless = try await #require(throws: PostgresError.self) {
                _ = try await connection.rows("CREATE TABLE public.t ()")
            }
            #expect(rowless.message == "expected rows; CREATE TABLE returns none")
            let empty = try await #require(throws: PostgresError.self) { _ = try await connection.rows("") }
            #expect(empty.message == "expected rows; the statement is empty")
            let several = try await #require(throws: PostgresError.self) {
                try await connection.execute("SELECT 1; SELECT 2")
            }
            #expect(several.sqlState == .syntaxError)
        }
    }

    @Test func aServerErrorCarriesAllItsFields() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            try await connection.script(
                unsafe: """
                    CREATE SCHEMA s; CREATE TABLE s.t (c int CONSTRAINT positive CHECK (c > 0));
                    CREATE FUNCTION s.f() RETURNS void LANGUAGE plpgsql AS
                    'BEGIN RAISE USING MESSAGE = ''m'', DETAIL = ''d'', HINT = ''h'', ERRCODE = ''55P03''; END';
                    """)
            let check = try await #require(throws: PostgresError.self) {
                try await connection.execute("INSERT INTO s.t VALUES (\(-4711))")
            }
            #expect(check.kind == .server)
            #expect(check.sqlState == .checkViolation)
            #expect([check.schema, check.table, check.constraint] == ["s", "t", "positive"])
            #expect(check.statement == "INSERT INTO s.t VALUES ($1)")
            let raised = try await #require(throws: PostgresError.self) { try await connection.execute("SELECT s.f()") }
            #expect(raised.sqlState == .lockNotAvailable)
            #expect(
                raised.description == """
                    m (SQLSTATE 55P03)
                    detail: d
                    hint: h
                    context: PL/pgSQL function s.f() line 1 at RAISE
                    statement: SELECT s.f()
                    """)
            let syntax = try await #require(throws: PostgresError.self) { try await connection.execute("SELECT ü ü ü") }
            #expect(syntax.sqlState == .syntaxError)
            #expect(syntax.position == 12)
            #expect(!connection.isBroken)
        }
    }

    @Test func aNULIsRefusedBeforeAnythingIsSent() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let parameter = try await #require(throws: PostgresError.self) {
                try await connection.execute("SELECT \(1), \("a\0b")")
            }
            #expect(parameter.kind == .misuse)
            #expect(parameter.message.hasPrefix("parameter $2 contains a NUL"))
            let text = try await #require(throws: PostgresError.self) {
                try await connection.script(unsafe: "SELECT 1; \0 SELECT 2")
            }
            #expect(text.kind == .misuse)
            try await connection.execute("SELECT 1")
        }
    }

    @Test func aLargeResultArrivesWhole() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let rows = try await connection.rows(
                "SELECT n, repeat('x', n % 30000) AS t FROM generate_series(1, 2000) n ORDER BY n")
            #expect(rows.count == 2000)
            for (index, row) in rows.enumerated() {
                #expect(try row.decode("n") == index + 1)
                #expect(try row.decode("t", as: String.self).utf8.count == (index + 1) % 30000)
            }
            // And on the way out: more than any socket buffer takes at once.
            let large = String(repeating: "ä", count: 8_000_000)
            #expect(try await connection.row("SELECT length(\(large)) AS n").decode("n") == 8_000_000)
        }
    }

    @Test(arguments: ["COPY pg_class TO STDOUT", "COPY pg_class FROM STDIN"])
    func copyIsAnErrorAndNeverAHang(_ sql: String) async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let error = try await #require(throws: PostgresError.self) {
                try await connection.script(unsafe: "SET allow_system_table_mods = on; \(sql)")
            }
            #expect(error.kind == .misuse)
            #expect(error.message.hasPrefix("COPY is not supported"))
            #expect(connection.isBroken)
        }
    }
}
