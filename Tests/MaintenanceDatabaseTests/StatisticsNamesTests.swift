import Maintenance
import SQLText
import TestSupport
import Testing

/// The figures are counted with the search_path of the owner's own sessions, for his triggers.
@Suite("Names in the statistics")
struct StatisticsNamesTests {
    private static let figures = """
        total_documents bigint, avg_document_length numeric, term_document_frequencies jsonb, last_updated timestamptz
        """

    /// Each of them fits better than the built-in one, or comes before it.
    private static let others = """
        CREATE FUNCTION s.more(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1000::bigint';
        CREATE AGGREGATE s.count (*) (SFUNC = s.more, STYPE = bigint, INITCOND = '0');
        CREATE FUNCTION s.keep(jsonb, text, bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS 'SELECT $1';
        CREATE AGGREGATE s.jsonb_object_agg (text, bigint) (SFUNC = s.keep, STYPE = jsonb, INITCOND = '{"other": 1}');
        CREATE FUNCTION s.keep(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';
        CREATE AGGREGATE s.sum (integer) (SFUNC = s.keep, STYPE = bigint, INITCOND = '7');
        CREATE FUNCTION s.length(tsvector) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';
        CREATE FUNCTION s.cardinality(smallint[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 7';
        CREATE FUNCTION s.now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT timestamptz '1970-01-01 00:00+00' $$;
        CREATE FUNCTION s.no(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
        CREATE OPERATOR s.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = s.no);
        CREATE OPERATOR s.> (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = s.no);
        CREATE FUNCTION s.no(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
        CREATE OPERATOR s.= (LEFTARG = text, RIGHTARG = text, FUNCTION = s.no);
        CREATE FUNCTION s.no(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
        CREATE OPERATOR s.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = s.no);
        CREATE FUNCTION s.seven(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 7.0';
        CREATE OPERATOR s./ (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = s.seven);
        """

    @Test("mean the built-in functions and operators", arguments: PostgresVersion.underTest)
    func meanWhatIsBuiltIn(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA s; \(Self.others)
                CREATE TABLE s.documents (tenant_id varchar(9), content_tsvector tsvector);
                CREATE TABLE s.figures (tenant_id varchar(9) PRIMARY KEY, \(Self.figures));
                CREATE TABLE s.terms (tenant_id varchar(9), term text, document_count bigint,
                    PRIMARY KEY (tenant_id, term));
                INSERT INTO s.documents VALUES ('a', 'x:1,2 y:3'), ('a', 'x:1'), ('a', ''), ('b', 'z:1');
                ALTER DATABASE "\(database.name)" SET search_path = s, pg_catalog;
                """)
            let corpus = CorpusDefinition(
                source: RelationName(schema: "s", name: "documents"),
                target: RelationName(schema: "s", name: "figures"),
                terms: CorpusDefinition.TermTable(table: RelationName(schema: "s", name: "terms")))
            // The second of the runs compares with what the first one has written.
            for _ in 0..<2 {
                let summary = await database.tend([.statistics]) { $0.corpora = [corpus] }
                #expect(summary.outcomes(of: .statistics) == ["done", "done"])
            }
            let read = try await database.psql(
                """
                SET search_path = pg_catalog;
                SELECT tenant_id, total_documents, round(avg_document_length, 1), term_document_frequencies,
                    last_updated > '2020-01-01' FROM s.figures ORDER BY tenant_id;
                SELECT tenant_id, term, document_count FROM s.terms ORDER BY tenant_id, term;
                """)
            #expect(
                read.split(separator: "\n") == [
                    #"a|2|2.0|{"x": 2, "y": 1}|t"#, #"b|1|1.0|{"z": 1}|t"#, "a|x|2", "a|y|1", "b|z|1",
                ])
        }
    }

    /// As those of an extension's: what compares them is in its schema, which is on nobody's search_path.
    @Test("mean the operators of the tenants' own type", arguments: PostgresVersion.underTest)
    func meanTheOrderOfTheTenants(version: PostgresVersion) async throws {
        let operators = [("<", "less"), ("<=", "most"), ("=", "same"), (">=", "least"), (">", "more")]
        let made = operators.map { symbol, name in
            """
            CREATE FUNCTION e.\(name)(e.key, e.key) RETURNS boolean LANGUAGE sql IMMUTABLE AS
                'SELECT lower($1.name) \(symbol) lower($2.name)';
            CREATE OPERATOR e.\(symbol) (LEFTARG = e.key, RIGHTARG = e.key, FUNCTION = e.\(name));
            """
        }
        // Of whoever else may CREATE there.
        let others = [("s.tenant", "s.tenant"), ("s.tenant", "e.key"), ("e.key", "s.tenant")].map { left, right in
            """
            CREATE FUNCTION e.no(\(left), \(right)) RETURNS boolean LANGUAGE sql AS 'SELECT false';
            CREATE OPERATOR e.= (LEFTARG = \(left), RIGHTARG = \(right), FUNCTION = e.no);
            CREATE OPERATOR e.> (LEFTARG = \(left), RIGHTARG = \(right), FUNCTION = e.no);
            """
        }
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA e; CREATE TYPE e.key AS (name text); \(made.joined())
                CREATE FUNCTION e.compare(e.key, e.key) RETURNS integer LANGUAGE sql IMMUTABLE AS
                    'SELECT btarraycmp(ARRAY[lower($1.name)], ARRAY[lower($2.name)])';
                CREATE OPERATOR CLASS e.order DEFAULT FOR TYPE e.key USING btree AS OPERATOR 1 e.<, OPERATOR 2 e.<=,
                    OPERATOR 3 e.=, OPERATOR 4 e.>=, OPERATOR 5 e.>, FUNCTION 1 e.compare(e.key, e.key);
                CREATE SCHEMA s;
                CREATE DOMAIN s.tenant AS e.key;
                CREATE TABLE s.documents (tenant_id s.tenant, content_tsvector tsvector);
                CREATE TABLE s.figures (tenant_id e.key PRIMARY KEY, \(Self.figures));
                CREATE TABLE s.terms (tenant_id s.tenant, term text, document_count bigint, PRIMARY KEY (tenant_id, term));
                \(others.joined())
                INSERT INTO s.documents VALUES ('(Beta)', 'x:1'), ('(acme)', 'x:1'), ('(Acme)', 'y:1'), ('(ceta)', 'z:1');
                """)
            let corpus = CorpusDefinition(
                source: RelationName(schema: "s", name: "documents"),
                target: RelationName(schema: "s", name: "figures"),
                terms: CorpusDefinition.TermTable(table: RelationName(schema: "s", name: "terms")))
            let summary = await database.tend([.statistics]) { $0.corpora = [corpus] }
            #expect(summary.outcomes(of: .statistics) == ["done", "done", "done"])
            let read = try await database.psql(
                "SELECT lower((tenant_id).name), total_documents FROM s.figures ORDER BY 1")
            #expect(read.split(separator: "\n") == ["acme|2", "beta|1", "ceta|1"])
        }
    }
}
