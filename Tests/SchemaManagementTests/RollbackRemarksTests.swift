import TestSupport
import Testing

@testable import SchemaManagement

/// What a rollback leaves is said in the server's words, which nobody else has a part in.
@Suite("Remarks of the rollback")
struct RollbackRemarksTests {
    private static let standing = "CREATE SCHEMA tools; CREATE EXTENSION vector SCHEMA tools;"

    @Test func areNotForgedByCodeOfAnOwner() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(Self.standing)
            _ = try await apply(database)
            // Whoever reads the table plans with the predicate, which is computed for that.
            try await database.psql(
                """
                CREATE FUNCTION tools.said(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
                    AS $$ BEGIN RAISE NOTICE 'schema % stays: it is needed', $1; RETURN true; END $$;
                CREATE INDEX ON mcp.users (id) WHERE tools.said('mcp')
                """)
            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            #expect(remarks.count == 1 && remarks[0].hasPrefix("extension vector stays"), "\(remarks)")
        }
    }

    @Test func areNotHiddenByASetting() async throws {
        try await withDatabase(.v18) { database in
            try await database.psql(Self.standing)
            _ = try await apply(database)
            try await database.psql("ALTER DATABASE \(database.name) SET client_min_messages = error")
            let remarks = try await rollback(database).run(on: database.name, dropsRows: false).remarks
            #expect(remarks.count == 1, "\(remarks)")
        }
    }
}
