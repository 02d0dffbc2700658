import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("Speed")
struct SpeedTests {
    @Test("a thousand partitioned tables with nothing to do are read and planned within a second")
    func readsAThousandTables() async throws {
        try await TestDatabase.with { database in
            try await database.psql(
                PastSQL.procedure + """
                    CREATE SCHEMA s;
                    CREATE TABLE s.tenants (id integer PRIMARY KEY);
                    """)
            // In pieces: each transaction's locks have to fit into the server's table of locks.
            for piece in 0..<10 {
                try await database.psql(
                    """
                    DO $$ BEGIN
                        FOR i IN \(piece * 100)..\(piece * 100 + 99) LOOP
                            EXECUTE format('CREATE TABLE s.t%s (id integer REFERENCES s.tenants, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)', i);
                            CALL siblings(format('s.t%s', i)::regclass, '_YYYY_MM', '1 month',
                                date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months', 4, 'UTC');
                            COMMIT;
                        END LOOP;
                    END $$
                    """)
            }
            try await database.psql(
                "ANALYZE pg_class; ANALYZE pg_constraint; ANALYZE pg_inherits; ANALYZE pg_attribute")
            let connection = try await database.connect()
            let definition = database.definition()
            var best = Duration.seconds(100)
            for _ in 0..<3 {
                let start = ContinuousClock.now
                let snapshot = try await SnapshotReader(
                    connection: connection, definition: definition, tasks: TaskKind.allCases
                ).read()
                let read = start.duration(to: .now)
                let plan = Planner(definition: definition, tasks: TaskKind.allCases).plan(snapshot)
                let all = start.duration(to: .now)
                print("1,000 partitioned tables, 4,000 partitions: read \(read), planned \(all - read)")
                #expect(snapshot.tables.count == 1_000 && snapshot.tables.allSatisfy { $0.partitions.count == 4 })
                #expect(plan.steps.isEmpty && plan.refusals.isEmpty)
                best = min(best, all)
            }
            #expect(best < .seconds(1))
            await connection.close()
        }
    }
}
