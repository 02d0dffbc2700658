import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

/// Code of an owner may raise any error, also one by which others would be in the way, or the session gone.
@Suite("Errors that code of an owner raises")
struct RaisedErrorTests {
    @Test("cost no more than the limit of one try", arguments: PostgresVersion.underTest)
    func shareOneLimit(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s; CREATE SEQUENCE s.ended; CREATE SEQUENCE s.repeated;
                CREATE FUNCTION s.raise(tries regclass, state text, pause float8) RETURNS integer LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM nextval(tries), pg_sleep(pause);
                    RAISE 'raised' USING ERRCODE = state;
                END $$;
                CREATE MATERIALIZED VIEW s.a AS SELECT s.raise('s.ended', '57P01', 0) WITH NO DATA;
                CREATE MATERIALIZED VIEW s.b AS SELECT s.raise('s.repeated', '40001', 0.6) WITH NO DATA;
                CREATE MATERIALIZED VIEW s.c AS SELECT 1 AS n WITH NO DATA;
                """)
            let summary = await database.tend([.views]) { $0.views.statementTimeout = .seconds(1) }
            let outcomes = summary.outcomes(of: .views)
            #expect(outcomes.first == "failed: raised (SQLSTATE 57P01)" && outcomes.last == "done", "\(outcomes)")
            #expect(outcomes.dropFirst().first?.hasPrefix("failed: ") == true, "\(outcomes)")
            let tries = "SELECT (SELECT last_value FROM s.ended), (SELECT last_value FROM s.repeated)"
            #expect(try await database.psql(tries) == "1|2")
        }
    }

    @Test("end a list of tenants that is not read once more, unless it may be the server that is gone")
    func isReadOnce() {
        #expect(PostgresError(.connection, "m", sqlState: .adminShutdown).isWorthAnotherReading)
        #expect(!PostgresError(.connection, "m", sqlState: .transactionTimeout).isWorthAnotherReading)
        #expect(!PostgresError(.timedOut, "it did not react to a cancel request").isWorthAnotherReading)
    }
}
