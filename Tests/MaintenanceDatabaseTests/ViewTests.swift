import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@Suite("Refreshing views")
struct ViewTests {
    @Test(
        "views come after those that they read, through plain views, and hold what SQL says",
        arguments: PostgresVersion.underTest)
    func followsDependencies(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            // Named so that the alphabet would have it the other way round; `other.between` is not watched.
            try await database.psql(
                """
                CREATE SCHEMA s; CREATE SCHEMA other;
                CREATE TABLE s.metrics (tenant integer, cost numeric);
                INSERT INTO s.metrics SELECT i % 7, i FROM generate_series(1, 1000) AS i;
                CREATE MATERIALIZED VIEW s.z AS SELECT tenant, sum(cost) AS cost FROM s.metrics GROUP BY tenant;
                CREATE UNIQUE INDEX ON s.z (tenant);
                CREATE VIEW other.plain AS SELECT * FROM s.z WHERE cost > 0;
                CREATE VIEW s.plain AS SELECT * FROM other.plain;
                CREATE MATERIALIZED VIEW s.m AS SELECT count(*) AS tenants, sum(cost) AS cost FROM s.plain;
                CREATE UNIQUE INDEX ON s.m (tenants);
                CREATE MATERIALIZED VIEW s.a AS SELECT cost * 2 AS twice FROM s.m WITH NO DATA;
                CREATE MATERIALIZED VIEW s.bare AS SELECT 1 AS n;
                CREATE MATERIALIZED VIEW s.partial AS SELECT 1 AS n;
                CREATE UNIQUE INDEX ON s.partial (n) WHERE n > 0;
                CREATE UNIQUE INDEX ON s.partial ((n + 1));
                INSERT INTO s.metrics SELECT i % 11, i FROM generate_series(1, 500) AS i;
                """)
            let summary = await database.tend([.views])
            #expect(summary.reports.map(\.step.object.name) == ["z", "m", "a"])
            #expect(summary.outcomes(of: .views) == ["done", "done", "done"])
            #expect(summary.refusals.map(\.object.name) == ["bare", "partial"])
            #expect(
                summary.refusals.allSatisfy {
                    $0.reason == .noUniqueIndex && $0.cure.description.contains("CREATE UNIQUE INDEX ON s.")
                })
            #expect(
                try await database.psql(
                    """
                    SELECT (SELECT count(*) FROM (SELECT tenant, sum(cost) FROM s.metrics GROUP BY tenant EXCEPT SELECT * FROM s.z) AS d),
                        (SELECT tenants FROM s.m) = count(DISTINCT tenant), (SELECT cost FROM s.m) = sum(cost), (SELECT twice FROM s.a) = 2 * sum(cost)
                    FROM s.metrics
                    """) == "0|t|t|t")
            // Allowed to make its readers wait.
            let allowed = await database.tend([.views]) { $0.views.blocking = .allow }
            #expect(
                Set(allowed.outcomes(of: .views)) == ["done"] && allowed.reports.count == 5 && allowed.refusals.isEmpty)
        }
    }

    @Test(
        "a function that names things without a schema fails from 17 on, with the cure, and stops no other view",
        arguments: PostgresVersion.underTest)
    func explainsUnpinnedFunctions(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE public.rates (rate numeric);
                INSERT INTO public.rates VALUES (2);
                CREATE FUNCTION public.rate() RETURNS numeric LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT rate FROM rates); END';
                CREATE TABLE s.base (n integer);
                INSERT INTO s.base VALUES (1);
                SET search_path = public;
                CREATE MATERIALIZED VIEW s.a AS SELECT n, 1 / n AS inverse FROM s.base;
                CREATE MATERIALIZED VIEW s.b AS SELECT 1 AS n, public.rate() AS rate WITH NO DATA;
                CREATE MATERIALIZED VIEW s.c AS SELECT 1 AS n;
                CREATE UNIQUE INDEX ON s.a (n); CREATE UNIQUE INDEX ON s.b (n); CREATE UNIQUE INDEX ON s.c (n);
                UPDATE s.base SET n = 0;
                """)
            let summary = await database.tend([.views])
            func failure(_ name: String) -> ServerFailure? {
                if case .failed(let failure)? = summary.reports(on: "s.\(name)").first?.outcome { failure } else { nil }
            }
            #expect(failure("a")?.sqlState == SQLState("22012"))
            #expect(summary.reports(on: "s.c").map(\.outcome) == [.done])
            guard version.rawValue >= 17 else {
                #expect(summary.reports(on: "s.b").map(\.outcome) == [.done])
                try await database.psql("ALTER DATABASE \(database.name) SET search_path = s")
                guard
                    case .failed(let failure)? = await database.tend([.views]).reports(on: "s.b").first?.outcome
                else {
                    Issue.record("found what no search_path leads to")
                    return
                }
                #expect(failure.cure?.description.contains("the search_path of the role or database") ?? false)
                #expect(failure.cure?.description.contains("ALTER FUNCTION public.rate() SET search_path") ?? false)
                return
            }
            let unpinned = try #require(failure("b"))
            #expect(unpinned.sqlState == .undefinedTable)
            #expect(unpinned.detail?.contains("PL/pgSQL function public.rate()") ?? false)
            #expect(unpinned.cure?.description.contains("ALTER FUNCTION public.rate() SET search_path") ?? false)
            #expect(summary.verdict == .failed)
            #expect(try await database.psql("SELECT n FROM s.a") == "1", "the old content is kept")
            try await database.psql("ALTER FUNCTION public.rate() SET search_path = public; UPDATE s.base SET n = 4")
            #expect(await database.tend([.views]).outcomes(of: .views) == ["done", "done", "done"])
        }
    }

    @Test("a view is not tried that reads one which could not be populated", arguments: PostgresVersion.underTest)
    func skipsWhatReadsAnUnpopulatedView(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.base (n integer);
                INSERT INTO s.base VALUES (0);
                CREATE MATERIALIZED VIEW s.z AS SELECT 1 / n AS inverse FROM s.base WITH NO DATA;
                CREATE VIEW s.plain AS SELECT * FROM s.z;
                CREATE MATERIALIZED VIEW s.m AS SELECT count(*) AS count FROM s.plain WITH NO DATA;
                CREATE MATERIALIZED VIEW s.a AS SELECT * FROM s.m WITH NO DATA;
                CREATE MATERIALIZED VIEW s.other AS SELECT n FROM s.base WITH NO DATA;
                """)
            let summary = await database.tend([.views])
            func outcome(_ name: String) -> StepOutcome? { summary.reports(on: "s.\(name)").first?.outcome }
            #expect(outcome("z")?.word == "failed" && outcome("other") == .done)
            let unread = "which it reads and which nobody has populated yet"
            #expect(outcome("m") == .interrupted(reason: "not refreshed: s.z, \(unread), failed above"))
            #expect(outcome("a") == .interrupted(reason: "not refreshed: s.m, \(unread), was not refreshed above"))
            #expect(summary.verdict == .failed)
            try await database.psql("UPDATE s.base SET n = 1")
            #expect(await database.tend([.views]).count(.done) == 3)
        }
    }

    @Test("readers go on during a concurrent refresh, and wait for a plain one", arguments: PostgresVersion.underTest)
    func letsReadersGoOn(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.pace (key bigint);
                CREATE MATERIALIZED VIEW s.v AS SELECT 1 AS n, (SELECT count(pg_advisory_lock(key)) FROM s.pace) AS waited;
                CREATE UNIQUE INDEX ON s.v (n);
                INSERT INTO s.pace VALUES (4711);
                """)
            for (mode, expected) in [(BlockingRefresh.refuse, "1"), (.allow, "canceling statement")] {
                let gate = try await database.connect(as: "gate")
                try await gate.execute("SELECT pg_advisory_lock(4711)")
                async let run = database.tend([.views]) { definition in
                    definition.views.blocking = mode
                    // The gate is no lock of a table; but it is waited for like one.
                    definition.locks.perStep = .seconds(60)
                }
                try await database.wait(
                    until:
                        "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REFRESH%' AND wait_event = 'advisory')"
                )
                var answer: String
                do { answer = try await database.psql("SET lock_timeout = '150ms'; SELECT n FROM s.v") } catch {
                    answer = "\(error)"
                }
                #expect(answer.contains(expected))
                await gate.close()
                #expect(await run.outcomes(of: .views) == ["done"])
                try await database.psql("DROP INDEX IF EXISTS s.v_n_idx")
            }
        }
    }

    @Test(
        "from 17 on MAINTAIN is enough; without it and without the owner the refresh is refused",
        arguments: PostgresVersion.underTest)
    func refreshesByMaintain(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let role = "keeper_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(role) LOGIN;
                CREATE SCHEMA s;
                GRANT USAGE ON SCHEMA s TO \(role);
                CREATE TABLE s.base (n integer);
                CREATE MATERIALIZED VIEW s.v AS SELECT n FROM s.base;
                CREATE UNIQUE INDEX ON s.v (n);
                CREATE MATERIALIZED VIEW s.w AS SELECT n FROM s.base;
                CREATE UNIQUE INDEX ON s.w (n);
                INSERT INTO s.base VALUES (1);
                """)
            let refused = await database.tend([.views], user: role)
            #expect(refused.reports.isEmpty && refused.refusals.map(\.reason) == [.notOwner, .notOwner])
            let cure =
                version.rawValue >= 17 ? "GRANT MAINTAIN ON s.v TO \(role)" : "give s.v to a role that is no superuser"
            let given = try #require(refused.refusals.first?.cure)
            #expect(given.description.hasPrefix(cure), "\(refused.refusals)")
            #expect(given.kind == (version.rawValue >= 17 ? .statement : .advice))
            if version.rawValue >= 17 {
                try await database.psql(cure)
                let summary = await database.tend([.views], user: role)
                #expect(summary.outcomes(of: .views) == ["done"] && summary.refusals.count == 1)
                #expect(try await database.psql("SELECT n FROM s.v") == "1")
            }
            try await database.psql("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test(
        "a view that would come out empty by row-level security keeps its figures, and says why",
        arguments: PostgresVersion.underTest)
    func keepsFiguresUnderForcedRowSecurity(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            let owner = "owner_\(database.name)"
            try await database.psql(
                """
                CREATE ROLE \(owner);
                CREATE SCHEMA s AUTHORIZATION \(owner);
                SET ROLE \(owner);
                CREATE TABLE s.base (tenant integer);
                INSERT INTO s.base VALUES (1), (2);
                CREATE MATERIALIZED VIEW s.v AS SELECT count(*) AS n FROM s.base;
                CREATE UNIQUE INDEX ON s.v (n);
                ALTER TABLE s.base ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON s.base USING (tenant = current_setting('app.tenant', true)::integer);
                INSERT INTO s.base VALUES (3);
                ALTER TABLE s.base FORCE ROW LEVEL SECURITY;
                """)
            guard case .failed(let failure)? = await database.tend([.views]).reports.first?.outcome else {
                Issue.record("did not fail")
                return
            }
            #expect(failure.sqlState == .insufficientPrivilege && failure.message.contains("base"))
            #expect(failure.cure?.description.contains("BYPASSRLS") ?? false)
            #expect(try await database.psql("SELECT n FROM s.v") == "2")
            try await database.psql("ALTER TABLE s.base NO FORCE ROW LEVEL SECURITY")
            #expect(await database.tend([.views]).outcomes(of: .views) == ["done"])
            #expect(try await database.psql("SELECT n FROM s.v") == "3")
            try await database.psql("DROP OWNED BY \(owner) CASCADE; DROP ROLE \(owner)")
        }
    }
}
