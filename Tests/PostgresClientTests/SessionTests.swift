import PostgresClient
import SQLText
import Synchronization
import TestSupport
import Testing

@Suite("Session")
struct SessionTests {
    @Test(arguments: PostgresVersion.underTest)
    func hasItsSettingsPinnedWhateverRoleAndDatabaseSay(_ version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                ALTER DATABASE "\(database.name)" SET TimeZone = 'Europe/Berlin';
                ALTER DATABASE "\(database.name)" SET DateStyle = 'SQL, DMY';
                ALTER DATABASE "\(database.name)" SET IntervalStyle = 'sql_standard';
                ALTER DATABASE "\(database.name)" SET bytea_output = 'escape';
                ALTER DATABASE "\(database.name)" SET extra_float_digits = -3;
                ALTER DATABASE "\(database.name)" SET search_path = 'pg_temp';
                ALTER DATABASE "\(database.name)" SET client_encoding = 'LATIN1';
                ALTER DATABASE "\(database.name)" SET default_transaction_isolation = 'serializable';
                ALTER DATABASE "\(database.name)" SET exit_on_error = on;
                """)
            let connection = try await Connection.open(database.info)
            let expected = [
                "TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "iso_8601", "bytea_output": "hex",
                "extra_float_digits": "1", "standard_conforming_strings": "on", "search_path": "pg_catalog, pg_temp",
                "row_security": "off", "client_connection_check_interval": "1000", "client_encoding": "UTF8",
                "application_name": "pgtend", "default_transaction_isolation": "read committed", "exit_on_error": "off",
            ]
            let names = Array(expected.keys)
            let rows = try await connection.rows(
                "SELECT name, setting, reset_val FROM pg_settings WHERE name = ANY (\(names))")
            var (found, reset) = ([String: String](), [String: String]())
            for row in rows {
                found[try row.decode("name")] = try row.decode("setting", as: String.self)
                reset[try row.decode("name")] = try row.decode("reset_val", as: String.self)
            }
            #expect(found == expected)
            #expect(reset["TimeZone"] == "Europe/Berlin")
            #expect(reset["search_path"] == "pg_temp")
            await connection.close()
        }
    }

    @Test func keepsTheApplicationNameOfTheConninfo() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(
                database.info.setting("application_name", to: "mine"), options: SessionOptions(applicationName: "ours"))
            #expect(try await connection.row("SHOW application_name").decode("application_name") == "mine")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func knowsItsServer(_ version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let connection = try await Connection.open(database.info)
            let server = connection.server
            #expect(server.version.major == version.rawValue)
            #expect("\(server.version.number)" == (try await database.psql("SHOW server_version_num")))
            #expect(server.database == database.name)
            #expect(server.user == "postgres")
            #expect(server.host == database.cluster.folder)
            let pid: Int32 = try await connection.row("SELECT pg_backend_pid() AS pid").decode("pid")
            #expect(server.backendPID == pid)
        }
    }

    @Test func deliversNotices() async throws {
        try await TestDatabase.with(.v15) { database in
            let notices = Mutex<[Notice]>([])
            let sink: @Sendable (Notice) -> Void = { notice in notices.withLock { $0.append(notice) } }
            let connection = try await Connection.open(database.info, options: SessionOptions(onNotice: sink))
            try await connection.execute(
                """
                DO $$ BEGIN RAISE NOTICE 'größe %', 1;
                RAISE WARNING USING MESSAGE = 'w', DETAIL = 'd', HINT = 'h', ERRCODE = '01007'; END $$
                """)
            let received = notices.withLock { $0 }
            #expect(received.map(\.severity) == ["NOTICE", "WARNING"])
            #expect(received.map(\.message) == ["größe 1", "w"])
            #expect(received.last?.sqlState == SQLState("01007"))
            #expect(received.last?.detail == "d")
            #expect(received.last?.hint == "h")
            #expect(received.last?.context?.contains("PL/pgSQL") == true)
        }
    }

    @Test func runsAScriptAsOneTransaction() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            await #expect(throws: PostgresError.self) {
                try await connection.script(unsafe: "CREATE TABLE public.a(); SELECT 1/0; CREATE TABLE public.b()")
            }
            #expect(try await database.psql("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')") == "0")
            try await connection.script(unsafe: "CREATE TABLE public.a(); SELECT 1; CREATE TABLE public.b()")
            #expect(try await database.psql("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b')") == "2")
        }
    }

    @Test func tellsWhetherATransactionIsOpen() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            #expect(await !connection.isInTransaction)
            try await connection.execute("BEGIN")
            #expect(await connection.isInTransaction)
            await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1/0") }
            #expect(await connection.isInTransaction)
            try await connection.execute("ROLLBACK")
            #expect(await !connection.isInTransaction)
        }
    }

    @Test func runsStatementsOfManyTasksOneAfterAnother() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await Connection.open(database.info)
            let values = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<100 {
                    group.addTask {
                        (number, try await connection.row("SELECT \(number) AS n").decode("n"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(values.count == 100)
            #expect(values.allSatisfy { $0.0 == $0.1 })
        }
    }

    @Test func endsOnTheServerWhenClosedAndWhenDropped() async throws {
        try await TestDatabase.with(.v15) { database in
            let watcher = try await Connection.open(database.info)
            for closes in [true, false] {
                let pid = try await openAndLeave(database, closing: closes)
                // Waits on the server until the session is gone, for ten seconds at most.
                try await watcher.execute(
                    """
                    DO $$ BEGIN
                    FOR i IN 1..1000 LOOP
                        PERFORM pg_stat_clear_snapshot();
                        IF NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(unsafe: "\(pid)")) THEN RETURN; END IF;
                        PERFORM pg_sleep(0.01);
                    END LOOP;
                    RAISE 'session % is still there', \(unsafe: "\(pid)");
                    END $$
                    """)
            }
        }
    }

    private func openAndLeave(_ database: TestDatabase, closing: Bool) async throws -> Int32 {
        let connection = try await Connection.open(database.info)
        if closing {
            await connection.close()
            await connection.close()
            #expect(connection.isBroken)
            let error = try await #require(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
            #expect(error.kind == .misuse)
            #expect(error.message == "the connection is closed")
        }
        return connection.server.backendPID
    }

    @Test(arguments: PostgresVersion.underTest)
    func keepsThePlanOfWhatItIsAskedMoreThanOnce(_ version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let connection = try await Connection.open(database.info)
            try await connection.keepPlans()
            func double(_ value: some StatementParameter) async throws -> String {
                try await connection.row(
                    Statement(unsafe: "SELECT ($1 * 2)::text AS double", parameters: [value], keepsPlan: true)
                ).decode("double")
            }
            func plans() async throws -> [String] {
                try await connection.rows(
                    "SELECT format('%s %s', name, generic_plans) AS plan FROM pg_prepared_statements WHERE NOT from_sql"
                ).map { try $0.decode("plan") }
            }
            #expect(try await double(1) == "2")
            #expect(try await plans() == [])
            #expect(try await double(2) == "4")
            #expect(try await double(3) == "6")
            #expect(try await plans() == ["pgtend_1 2"])
            // Of another type it is another query.
            #expect(try await double(1.5) == "3")
            #expect(try await double(2.5) == "5")
            #expect(try await plans().sorted() == ["pgtend_1 2", "pgtend_2 1"])
            #expect(await connection.record.plans?.count == 2)
            // An error takes nothing away.
            await #expect(throws: PostgresError.self) { try await double(Int.max) }
            #expect(try await double(4) == "8")
            await connection.close()
        }
    }
}

extension TestDatabase {
    /// Where this database is, for the superuser.
    var info: ConnectionInfo {
        get throws { try ConnectionInfo(parsing: conninfo()) }
    }
}
