import Maintenance
import PostgresClient
import SQLText
import TestSupport
import Testing

@Suite("Views, and what they reach through other code")
struct ViewCodeTests {
    @Test(
        "views come after those that they read through functions whose body the server records",
        arguments: PostgresVersion.underTest)
    func followsRecordedBodies(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            // Of none of them is there any data: before its source each would fail with 55000.
            try await database.psql(
                """
                CREATE SCHEMA s; CREATE SCHEMA other;
                CREATE MATERIALIZED VIEW s.z AS SELECT 1 AS n WITH NO DATA;
                CREATE VIEW other.plain AS SELECT n FROM s.z;
                CREATE FUNCTION other.inner() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM other.plain; END;
                CREATE FUNCTION other.count() RETURNS bigint LANGUAGE sql STABLE SET search_path = other
                    BEGIN ATOMIC SELECT other.inner() + 1; END;
                CREATE MATERIALIZED VIEW s.y AS SELECT other.count() AS n WITH NO DATA;
                CREATE FUNCTION other.above(integer, integer) RETURNS boolean LANGUAGE sql STABLE
                    BEGIN ATOMIC SELECT $1 + $2 > (SELECT n FROM s.y); END;
                CREATE OPERATOR other.>>> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = other.above);
                CREATE MATERIALIZED VIEW s.x AS SELECT 1 OPERATOR(other.>>>) 2 AS is_above WITH NO DATA;
                CREATE FUNCTION other.fits(integer) RETURNS boolean LANGUAGE sql STABLE
                    BEGIN ATOMIC SELECT count(*) >= 0 FROM s.x WHERE $1 > 0; END;
                CREATE DOMAIN other.small AS integer CHECK (other.fits(VALUE));
                CREATE MATERIALIZED VIEW s.w AS SELECT 1::other.small AS n WITH NO DATA;
                CREATE FUNCTION other.add(bigint, integer) RETURNS bigint LANGUAGE sql STABLE
                    BEGIN ATOMIC SELECT $1 + $2 + count(*) FROM s.w; END;
                CREATE AGGREGATE other.total(integer) (SFUNC = other.add, STYPE = bigint, INITCOND = '0');
                CREATE MATERIALIZED VIEW s.a AS SELECT other.total(i) AS n FROM generate_series(1, 3) AS i WITH NO DATA;
                """)
            let summary = await database.tend([.views])
            #expect(summary.reports.map(\.step.object.name) == ["z", "y", "x", "w", "a"])
            #expect(Set(summary.outcomes(of: .views)) == ["done"])
            // A function may be made to read what reads it.
            try await database.psql(
                "CREATE OR REPLACE FUNCTION other.inner() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM s.a; END"
            )
            let circle = await database.tend([.views]) { $0.views.blocking = .allow }
            #expect(circle.outcomes(of: .views) == Array(repeating: "done", count: 5))
        }
    }

    /// Where each of them reaches a body that names `rates` without its schema, and the view that does.
    private static let ways = """
        CREATE SCHEMA s;
        SET search_path = public;
        CREATE TABLE rates (rate integer, words tsvector);
        INSERT INTO rates VALUES (2, 'a b');
        CREATE FUNCTION is_rate(integer) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM rates WHERE rate = $1)';
        CREATE DOMAIN rate AS integer CHECK (is_rate(VALUE));
        CREATE MATERIALIZED VIEW s.domain AS SELECT 2::rate AS n WITH NO DATA;
        CREATE MATERIALIZED VIEW s.domains AS SELECT ARRAY[2]::rate[] AS n WITH NO DATA;
        CREATE FUNCTION among(integer, integer) RETURNS boolean LANGUAGE plpgsql STABLE
            AS 'BEGIN RETURN $1 IN (SELECT rate FROM rates) AND $2 = 2; END';
        CREATE OPERATOR ~~> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = among);
        CREATE MATERIALIZED VIEW s.operator AS SELECT 2 ~~> 2 AS fits WITH NO DATA;
        CREATE FUNCTION plus(bigint, integer) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT $1 + $2 + count(*) FROM rates';
        CREATE AGGREGATE total(integer) (SFUNC = plus, STYPE = bigint, INITCOND = '0');
        CREATE MATERIALIZED VIEW s.aggregate AS SELECT total(i) AS n FROM generate_series(1, 3) AS i WITH NO DATA;
        CREATE TYPE pair AS (low integer, high integer);
        CREATE FUNCTION pair(integer) RETURNS pair LANGUAGE sql STABLE AS 'SELECT $1, rate FROM rates';
        CREATE CAST (integer AS pair) WITH FUNCTION pair(integer);
        CREATE MATERIALIZED VIEW s.cast AS SELECT (CAST(i AS pair)).high FROM generate_series(1, 2) AS i WITH NO DATA;
        CREATE FUNCTION atomic() RETURNS boolean LANGUAGE sql STABLE BEGIN ATOMIC SELECT is_rate(2); END;
        CREATE MATERIALIZED VIEW s.recorded AS SELECT atomic() AS fits WITH NO DATA;
        CREATE FUNCTION known(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT rate + $1 FROM rates); END';
        CREATE MATERIALIZED VIEW s.index AS SELECT 1 AS n WITH NO DATA;
        CREATE INDEX ON s.index ((known(n)));
        CREATE MATERIALIZED VIEW s.stat AS SELECT word FROM ts_stat('SELECT words FROM rates') WITH NO DATA;
        CREATE TEXT SEARCH CONFIGURATION ours (COPY = simple);
        CREATE MATERIALIZED VIEW s.text AS SELECT to_tsvector(name::regconfig, 'a') AS words FROM (SELECT 'ours' || left(rate::text, 0) AS name FROM rates) AS r WITH NO DATA;
        """

    @Test(
        "what is not found by the search_path of a refresh has a cure, however it is reached",
        arguments: PostgresVersion.underTest)
    func curesUnqualifiedNames(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.ways)
            // Before 17 a refresh runs under the path of the database.
            try await database.psql("ALTER DATABASE \(database.name) SET search_path = s")
            let summary = await database.tend([.views])
            var statements: Set<String> = []
            for report in summary.reports {
                guard case .failed(let failure) = report.outcome else {
                    Issue.record("\(report.step.object): \(report.outcome)")
                    continue
                }
                let cure = try #require(failure.cure, "\(report.step.object): \(failure)")
                if let reader = ["stat": "ts_stat", "text": "a cast to regconfig"][report.step.object.name] {
                    #expect(cure.kind == .advice && cure.description.contains("given to \(reader)"), "\(cure)")
                } else {
                    #expect(cure.kind == .statement, "\(cure)")
                    statements.formUnion(cure.alternatives)
                }
            }
            #expect(summary.reports.count == 9 && statements.count == 5)
            for statement in statements { try await database.psql(statement) }
            try await database.psql(
                """
                DROP MATERIALIZED VIEW s.stat; DROP MATERIALIZED VIEW s.text;
                CREATE MATERIALIZED VIEW s.text AS
                    SELECT to_tsvector(name::regconfig, 'a') AS words FROM (SELECT 'public.ours' || left(rate::text, 0) AS name FROM public.rates) AS r WITH NO DATA;
                CREATE MATERIALIZED VIEW s.stat AS SELECT word FROM ts_stat('SELECT words FROM public.rates') WITH NO DATA;
                """)
            #expect(await database.tend([.views]).outcomes(of: .views) == Array(repeating: "done", count: 9))
        }
    }

    @Test("rows that are there twice name the index that they do not fit", arguments: PostgresVersion.underTest)
    func namesTheIndexOfDuplicates(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.base (n integer, t text);
                INSERT INTO s.base VALUES (1, 'a');
                CREATE MATERIALIZED VIEW s.rows AS SELECT n FROM s.base;
                CREATE MATERIALIZED VIEW s.keys AS SELECT n, t FROM s.base;
                CREATE MATERIALIZED VIEW s.first AS SELECT n FROM s.base WITH NO DATA;
                CREATE UNIQUE INDEX ON s.rows (n); CREATE UNIQUE INDEX ON s.keys (n); CREATE UNIQUE INDEX ON s.first (n);
                INSERT INTO s.base VALUES (1, 'b');
                """)
            let summary = await database.tend([.views])
            let states = ["rows": SQLState.cardinalityViolation, "keys": .uniqueViolation, "first": .uniqueViolation]
            #expect(summary.reports.count == 3)
            for report in summary.reports {
                let name = report.step.object.name
                guard case .failed(let failure) = report.outcome else {
                    Issue.record("\(name) took rows that are there twice")
                    continue
                }
                #expect(failure.sqlState == states[name])
                let cure = try #require(failure.cure)
                #expect(cure.kind == .advice && cure.description.contains("DROP INDEX CONCURRENTLY s.\(name)_n_idx"))
                try await database.psql("DROP INDEX CONCURRENTLY s.\(name)_n_idx")
            }
            let allowed = await database.tend([.views]) { $0.views.blocking = .allow }
            #expect(allowed.outcomes(of: .views) == ["done", "done", "done"])
        }
    }

    @Test("an invalid unique index does not count, and is made anew", arguments: PostgresVersion.underTest)
    func curesInvalidIndexes(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.base (n integer);
                INSERT INTO s.base VALUES (1), (1);
                CREATE MATERIALIZED VIEW s.v AS SELECT n FROM s.base;
                """)
            await #expect(throws: (any Error).self) {
                try await database.psql("CREATE UNIQUE INDEX CONCURRENTLY key ON s.v (n)")
            }
            let refusal = try #require(await database.tend([.views]).refusals.first)
            #expect(refusal.reason == .noUniqueIndex && refusal.explanation.contains("unique index key is invalid"))
            #expect(refusal.cure.kind == .statement && refusal.cure.alternatives.count == 2)
            // The query has no key twice any more.
            try await database.psql("TRUNCATE s.base; INSERT INTO s.base VALUES (1)")
            try await database.psql(refusal.cure.alternatives[1])
            let refreshed = await database.tend([.views])
            #expect(refreshed.outcomes(of: .views) == ["done"] && refreshed.refusals.isEmpty)
            // As CREATE INDEX CONCURRENTLY leaves it when it is cancelled: the view has none.
            try await database.psql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's.key'::regclass")
            let again = try #require(await database.tend([.views]).refusals.first)
            try await database.psql(again.cure.alternatives[0])
            #expect(await database.tend([.views]).outcomes(of: .views) == ["done"])
        }
    }
}
