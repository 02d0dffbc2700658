import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Speed")
struct SpeedTests {
    /// A ratio, since the machine may be busy: ten times the tables are about ten times the work. Anything quadratic
    /// would be a hundred times.
    @Test("reading and planning a thousand tables with nothing to do costs what ten times a hundred do")
    func growsWithTheTables() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                PastSQL.procedure + """
                    CREATE SCHEMA s;
                    CREATE TABLE s.tenants (id integer PRIMARY KEY);
                    """)
            let connection = try await database.connect()
            try await makeTables(0..<100, in: database)
            let hundred = try await best(database.session(from: connection), database.definition(), tables: 100)
            for piece in 1..<10 { try await makeTables(piece * 100..<piece * 100 + 100, in: database) }
            let thousand = try await best(database.session(from: connection), database.definition(), tables: 1_000)
            print("100 and 1,000 partitioned tables with 4 partitions each, read and planned: \(hundred), \(thousand)")
            #expect(thousand / hundred < 30)
            await connection.close()
        }
    }

    /// At most a hundred at a time: each transaction's locks have to fit into the server's table of locks.
    private func makeTables(_ numbers: Range<Int>, in database: TestDatabase) async throws {
        try await database.psql(
            """
            DO $$ BEGIN
                FOR i IN \(numbers.lowerBound)..\(numbers.upperBound - 1) LOOP
                    EXECUTE format('CREATE TABLE s.t%s (id integer REFERENCES s.tenants, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)', i);
                    CALL siblings(format('s.t%s', i)::regclass, '_YYYY_MM', '1 month',
                        date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months', 4, 'UTC');
                    COMMIT;
                END LOOP;
            END $$
            """)
        try await database.psql("ANALYZE pg_class; ANALYZE pg_constraint; ANALYZE pg_inherits; ANALYZE pg_attribute")
    }

    private func best(
        _ session: RunSession, _ definition: DatabaseDefinition, tables: Int
    ) async throws -> Duration {
        var best = Duration.seconds(100)
        for _ in 0..<5 {
            let start = ContinuousClock.now
            let snapshot = try await SnapshotReader(
                definition: definition, tasks: TaskKind.allCases, session: session
            )
            .read()
            let plan = Planner(definition: definition, tasks: TaskKind.allCases).plan(snapshot)
            best = min(best, start.duration(to: .now))
            #expect(snapshot.tables.count == tables && snapshot.tables.allSatisfy { $0.partitions.count == 4 })
            #expect(plan.steps.isEmpty && plan.refusals.isEmpty)
        }
        return best
    }
}
