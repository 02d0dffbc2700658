import EmbeddedSQL
import TestSupport
import Testing

/// The templates on a schema with other names and another type of tenant, as text and on servers without pgvector.
@Suite("Corpus statistics of another schema")
struct ForeignCorpusTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let version: PostgresVersion
        /// The type of the tenant, an expression of it over the row's number `n`, and the tenants in their order.
        let type: String
        let expression: String
        let tenants: [String]
        let hasTerms: Bool

        var testDescription: String { "\(version), tenants of type \(type), \(hasTerms ? "with" : "without") terms" }
    }

    static let cases: [Case] = PostgresVersion.underTest.flatMap { version in
        [
            ("bigint", "98 + n % 3", ["98", "99", "100"]),
            ("text", "'te''n' || chr(10) || n % 3", ["te'n\n0", "te'n\n1", "te'n\n2"]),
            ("varchar(20)", "'t' || n % 3", ["t0", "t1", "t2"]),
            ("date", "date '2024-02-28' + n % 3", ["2024-02-28", "2024-02-29", "2024-03-01"]),
            ("uuid", "('\(Schema.tenant(0).dropLast())' || n % 3)::uuid", (0...2).map(Schema.tenant)),
        ].flatMap { type, expression, tenants in
            [true, false].map {
                Case(version: version, type: type, expression: expression, tenants: tenants, hasTerms: $0)
            }
        }
    }

    /// Names that only quoting survives; one is the spelling of another placeholder, one ends a comment.
    private static let names = [
        "source": #""odd "" s"."docs""#, "source.tenant": #""Tenant Id""#, "source.tsvector": #""{target}""#,
        "target": #""odd "" s"."stats""#, "target.tenant": "\"t\n1\"", "target.documents": "n",
        "target.average": "a", "target.frequencies": "f", "target.updated": "u",
        "terms": #""odd "" s"."terms""#, "terms.tenant": "t", "terms.term": "w", "terms.documents": "c",
        "tenant.operators": "pg_catalog", "tenant.cast": "",
    ]

    @Test(arguments: cases)
    func equalACountFromScratch(_ given: Case) async throws {
        func rendered(_ query: String) throws -> String {
            try EmbeddedSQL.template("run/statistics/\(query)")
                .rendered(Self.names, sections: given.hasTerms ? ["terms"] : [])
        }
        let (name, tenant) = (Self.names, "'" + given.tenants[1].replacing("'", with: "''") + "'")
        try await TestDatabase.with(given.version) { database in
            try await database.psql(
                """
                CREATE SCHEMA "odd "" s";
                CREATE TABLE \(name["source"]!) (n int, "Tenant Id" \(given.type), "{target}" tsvector);
                CREATE INDEX ON \(name["source"]!) ("Tenant Id");
                CREATE TABLE \(name["target"]!) ("t\n1" \(given.type) PRIMARY KEY, n int, a float8, f jsonb,
                    u timestamptz);
                CREATE TABLE \(name["terms"]!) (t \(given.type), w text, c int, PRIMARY KEY (t, w));
                INSERT INTO \(name["source"]!)
                SELECT n, \(given.expression), CASE WHEN n % 7 = 0 THEN NULL WHEN n % 11 = 0 THEN ''::tsvector
                    ELSE to_tsvector('pg_catalog.english', md5((n % 50)::text) || ' words words ' || n % 10) END
                FROM generate_series(1, 600) AS s (n);
                INSERT INTO \(name["source"]!) VALUES (0, NULL, 'nobodys:1');
                """)

            // Chosen as pgtend does it: parameters without a type, nothing in the search_path.
            let run = """
                SET search_path = '';
                PREPARE lock (unknown) AS \(try rendered("lock"))
                PREPARE count (unknown) AS \(try rendered("publish"))
                BEGIN; EXECUTE lock (\(tenant)); EXECUTE count (\(tenant)); COMMIT;
                """
            _ = try await database.psql(run)
            let wrong = try await database.psql(
                """
                CREATE TEMPORARY TABLE truth AS SELECT word, ndoc, nentry FROM ts_stat(
                    $q$ SELECT "{target}" FROM \(name["source"]!) WHERE "Tenant Id" = \(tenant) $q$);
                SELECT 'target', s.* FROM \(name["target"]!) AS s
                WHERE "t\n1" <> \(tenant)
                    OR n <> (SELECT count(*) FROM \(name["source"]!)
                        WHERE "Tenant Id" = \(tenant) AND "{target}"::text <> '')
                    OR round(a * n) <> (SELECT sum(nentry) FROM truth)
                    OR f <> (SELECT jsonb_object_agg(word, ndoc) FROM truth);
                SELECT 'term', * FROM (SELECT w, c FROM \(name["terms"]!) WHERE t = \(tenant)) AS k
                FULL JOIN (SELECT word, ndoc FROM truth WHERE \(given.hasTerms)) AS w ON k.w = w.word
                WHERE c IS DISTINCT FROM ndoc;
                """)
            #expect(wrong == "")
            #expect(
                try await database.psql(
                    "SELECT n > 100 AND (SELECT count(*) > 20 FROM jsonb_object_keys(f)) FROM \(name["target"]!)")
                    == "t")

            // A tenant that has no rows any more is still listed, since it must read 0.
            let gone = "DELETE FROM \(name["source"]!) WHERE \"Tenant Id\" = \(tenant);"
            let tenants = try rendered("tenants")
            let listed = given.tenants.joined(separator: "\n")
            #expect(try await database.psql("SET DateStyle = ISO; \(gone) \(tenants)") == listed)
            _ = try await database.psql(run)
            #expect(
                try await database.psql(
                    "SELECT n, a, f, (SELECT count(*) FROM \(name["terms"]!)) FROM \(name["target"]!)") == "0||{}|0")
        }
    }

    @Test(arguments: PostgresVersion.underTest)
    func hopsFromTenantToTenantInAnIndex(version: PostgresVersion) async throws {
        let tenants = try EmbeddedSQL.template("run/statistics/tenants").rendered(Self.names)
        try await TestDatabase.with(version) { database in
            let plan = try await database.psql(
                """
                CREATE SCHEMA "odd "" s";
                CREATE TABLE \(Self.names["source"]!) ("Tenant Id" bigint, "{target}" tsvector);
                CREATE TABLE \(Self.names["target"]!) ("t\n1" bigint PRIMARY KEY);
                INSERT INTO \(Self.names["source"]!) SELECT n % 5 FROM generate_series(1, 20000) AS s (n);
                CREATE INDEX ON \(Self.names["source"]!) ("Tenant Id");
                VACUUM ANALYZE \(Self.names["source"]!);
                EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) \(tenants)
                """)
            #expect(plan.contains("Index Only Scan"))
            #expect(!plan.contains("Seq Scan on docs"))
        }
    }
}
