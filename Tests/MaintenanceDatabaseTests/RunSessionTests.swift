import Maintenance
import PostgresClient
import TestSupport
import Testing

@testable import MaintenanceDatabase

@Suite("The two connections of a run")
struct RunSessionTests {
    /// The session that holds the lock of the views, that of the view, and whether that one has advisory locks.
    private static let sessions = """
        SELECT l.pid AS keeper, pg_backend_pid() AS own, EXISTS (
            SELECT FROM pg_locks AS o WHERE o.locktype = 'advisory' AND o.pid = pg_backend_pid()) AS has_locks
        FROM pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1885828196 AND l.objid = 2
            AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        """

    @Test("the locks are out of reach of owners' code, and each owner has a session of his own")
    func keepsOwnersApart() async throws {
        try await TestDatabase.with { database in
            let (ann, bob) = ("\(database.name)_ann", "\(database.name)_bob")
            try await database.psql(
                """
                CREATE ROLE \(ann); CREATE ROLE \(bob); CREATE SCHEMA s; GRANT ALL ON SCHEMA s TO \(ann), \(bob);
                CREATE FUNCTION s.release(ends boolean) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
                    PERFORM pg_advisory_unlock_all();
                    IF ends THEN RAISE 'for no reason'; END IF;
                    RETURN 1;
                END $$;
                SET ROLE \(ann);
                CREATE MATERIALIZED VIEW s.a AS SELECT s.release(false) AS n WITH NO DATA;
                CREATE MATERIALIZED VIEW s.b AS \(Self.sessions) WITH NO DATA;
                CREATE MATERIALIZED VIEW s.c AS SELECT s.release(true) AS n WITH NO DATA;
                CREATE MATERIALIZED VIEW s.d AS \(Self.sessions) WITH NO DATA;
                SET ROLE \(bob);
                CREATE MATERIALIZED VIEW s.e AS \(Self.sessions) WITH NO DATA;
                """)
            let summary = await database.tend([.views])
            #expect(summary.reports.map(\.outcome.word) == ["done", "done", "failed", "done", "done"])
            #expect(
                try await database.psql(
                    """
                    SELECT count(DISTINCT keeper), count(DISTINCT own), count(*) FILTER (WHERE own = keeper OR has_locks)
                    FROM (TABLE s.b UNION ALL TABLE s.d UNION ALL TABLE s.e) AS v
                    """) == "1|3|0")
            try await database.psql("DROP OWNED BY \(ann), \(bob); DROP ROLE \(ann), \(bob)")
        }
    }

    /// Those of views that it refreshes as nobody but itself, too, since it may not become their owners.
    @Test("owners whose views a role may refresh by MAINTAIN have sessions of their own", .enabled(if: isThereMaintain))
    func keepsOwnersApartWhomItMayNotBecome() async throws {
        try await TestDatabase.with(.v18) { database in
            let (ann, bob, keeper) = ("\(database.name)_ann", "\(database.name)_bob", "\(database.name)_keeper")
            try await database.psql(
                """
                CREATE ROLE \(ann); CREATE ROLE \(bob); CREATE ROLE \(keeper) LOGIN;
                CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO \(ann), \(bob); GRANT USAGE ON SCHEMA s TO \(keeper);
                SET ROLE \(ann); CREATE MATERIALIZED VIEW s.a AS SELECT pg_backend_pid() AS own;
                SET ROLE \(bob); CREATE MATERIALIZED VIEW s.b AS SELECT pg_backend_pid() AS own;
                SET ROLE \(ann); CREATE MATERIALIZED VIEW s.c AS SELECT pg_backend_pid() AS own;
                RESET ROLE; GRANT MAINTAIN ON s.a, s.b, s.c TO \(keeper);
                """)
            let summary = await database.tend([.views], user: keeper) { $0.views.blocking = .allow }
            #expect(summary.outcomes(of: .views) == ["done", "done", "done"])
            #expect(
                try await database.psql(
                    "SELECT count(DISTINCT own) FROM (TABLE s.a UNION ALL TABLE s.b UNION ALL TABLE s.c) AS v") == "3")
            try await database.psql("DROP OWNED BY \(ann), \(bob), \(keeper); DROP ROLE \(ann), \(bob), \(keeper)")
        }
    }

    private static let isThereMaintain = PostgresVersion.underTest.contains(.v18)

    /// The search of one long text in another, which the server interrupts for nothing.
    @Test("code that nothing ends keeps neither others' work nor the next run from going on")
    func leavesBehindWhatCannotBeEnded() async throws {
        let cluster = try await Cluster.private(.v18)
        try await TestDatabase.with(cluster) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.many AS SELECT true AS are;
                CREATE MATERIALIZED VIEW s.a AS
                SELECT position('b' || repeat('a', 1000000) IN repeat('a', 100000000)) AS n FROM s.many WHERE are
                WITH NO DATA;
                CREATE MATERIALIZED VIEW s.b AS SELECT count(*) FROM s.many WITH NO DATA;
                """)
            // On a machine with other work the search has to have begun by then.
            let run = { await database.tend([.views]) { $0.views.statementTimeout = .seconds(4) } }
            let first = await run()
            #expect(first.reports.map(\.outcome.word) == ["failed", "done"])
            #expect(first.reports.first?.notices.contains { $0.contains("did not terminate") } == true)
            try await database.psql("REFRESH MATERIALIZED VIEW s.b WITH NO DATA")
            let second = await run()
            #expect(second.heldLocks.isEmpty)
            #expect(second.reports.map(\.outcome.word).last == "done")
            // Nothing less ends it.
            try await cluster.stop(.immediate)
            try await cluster.start()
        }
        try await cluster.destroy()
    }
}
