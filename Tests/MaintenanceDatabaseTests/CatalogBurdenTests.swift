import DatabaseAccess
import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// Whoever owns something may make any number of types, CHECKs and views, for which plans of others must not wait.
@Suite("Catalog entries in great numbers", .serialized)
struct CatalogBurdenTests {
    private static let entries = """
        CREATE SCHEMA s;
        CREATE TABLE s.events (id integer, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE s.figures (id integer PRIMARY KEY);
        GRANT ALL ON SCHEMA s TO pg_monitor; GRANT REFERENCES ON s.figures TO pg_monitor; SET ROLE pg_monitor;
        CREATE TABLE s.rest (id integer REFERENCES s.figures ON DELETE CASCADE, at date NOT NULL);
        CREATE VIEW s.v0 AS SELECT 1 AS x;
        DO $$ BEGIN
            FOR i IN 1..400 LOOP EXECUTE format('CREATE TYPE s.e%s AS ENUM ()', i); END LOOP;
            EXECUTE format('CREATE TYPE s.wide AS (%s)',
                (SELECT string_agg(format('c%s s.e%s', i, i), ', ') FROM generate_series(1, 400) AS i));
            EXECUTE (SELECT 'ALTER TABLE s.rest ' || string_agg(format('ADD CHECK (NULL::s.wide IS NULL OR id <> %s)', i), ', ')
                FROM generate_series(1, 400) AS i);
            FOR i IN 1..150 LOOP EXECUTE format('CREATE VIEW s.v%s AS SELECT x FROM s.v%s', i, i - 1); END LOOP;
            FOR i IN 1..400 LOOP
                EXECUTE format('CREATE MATERIALIZED VIEW s.m%s AS SELECT x FROM s.v150 WITH NO DATA', i);
            END LOOP;
        END $$;
        RESET ROLE; ALTER TABLE s.events ATTACH PARTITION s.rest DEFAULT;
        """

    /// Each took from 5 seconds to a minute, by which a plan ends; making them takes a second or two.
    @Test(arguments: PostgresVersion.underTest)
    func areReadInTime(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.entries)
            let connection = try await database.connect()
            func oid(_ name: String) async throws -> UInt32 {
                try #require(UInt32(try await database.psql("SELECT '\(name)'::regclass::oid")))
            }
            let (events, figures) = (try await oid("s.events"), try await oid("s.figures"))
            try await connection.script(unsafe: "SET statement_timeout = '2s'")
            #expect(try await AttachedCode.read([events], on: connection) == [:])
            #expect(try await WrittenCode.around([figures], as: "postgres", on: connection).map(\.code) == [nil])
            #expect(try await ViewReader(connection: connection).read(in: ["s"], named: []).count == 400)
        }
    }

    @Test("what takes too long of one object leaves the others, the transaction and its settings as they are")
    func costTheirObjectAlone() async throws {
        try await TestDatabase.with { database in
            let connection = try await database.connect()
            let (found, limit) = try await connection.inReadOnlySnapshot { () async throws(PostgresError) in
                let found = try await connection.readPatiently([1, 2, 3], patience: .milliseconds(200)) {
                    (numbers) throws(PostgresError) in
                    for number in numbers {
                        try await connection.execute("SELECT pg_sleep(CASE WHEN \(number) = 2 THEN 60 ELSE 0 END)")
                    }
                    return Dictionary(uniqueKeysWithValues: numbers.map { ($0, "read") })
                }
                return (
                    found,
                    try await connection.row("SHOW statement_timeout").decode("statement_timeout", as: String.self)
                )
            }
            #expect(found.read == [1: "read", 3: "read"])
            #expect(found.unread.mapValues { ServerFailure($0).failureClass } == [2: .timeout] && limit == "1min")
        }
    }

    @Test("whose objects have taken too long has no others read one by one")
    func costTheirOwnerAlone() async throws {
        try await TestDatabase.with { database in
            let connection = try await database.connect()
            let found = try await connection.inReadOnlySnapshot { () async throws(PostgresError) in
                try await connection.readPatiently(
                    Array(1...40), patience: .milliseconds(50), ownedBy: { $0 % 4 == 0 ? "bob" : "eve" }
                ) { (numbers) throws(PostgresError) in
                    for number in numbers where number % 4 != 0 { try await connection.execute("SELECT pg_sleep(60)") }
                    return Dictionary(uniqueKeysWithValues: numbers.map { ($0, "read") })
                }
            }
            #expect(found.read.keys.sorted() == Array(stride(from: 4, through: 40, by: 4)))
            let asked = found.unread.values.count { ServerFailure($0).failureClass == .timeout }
            #expect((1...6).contains(asked) && found.unread.count == 30, "\(asked)")
        }
    }
}
