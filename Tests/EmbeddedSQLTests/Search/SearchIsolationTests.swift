import TestSupport
import Testing

@Suite("Isolation of search")
struct SearchIsolationTests {
    private static let (mine, theirs) = (Schema.tenant(1), Schema.tenant(2))
    private static let model = SearchSamples.model(3)

    /// The same documents for two tenants, and for the first a model of as many dimensions with the same vectors.
    private static let documents =
        SearchSamples.registry(3)
            + """
            INSERT INTO mcp.embedding_models (id, provider, model_name, dimensions)
            VALUES ('\(SearchSamples.model(4))', 'sample', 'another', 3);

            """
        + [(mine, model), (theirs, model), (mine, SearchSamples.model(4))].map { tenant, model in
            """
            \(SearchSamples.acting(for: tenant))
            SELECT FROM mcp.insert_embedding('shared words', '[1,0,0]', '\(model)', agent_id => '\(tenant) \(model)');
            SELECT FROM mcp.insert_embedding(
                'more shared words', '[1,1,0]', '\(model)', agent_id => '\(tenant) \(model)');
            RESET ROLE; SELECT FROM mcp.update_embedding_statistics('\(tenant)');

            """
        }.joined()

    private static let searches = [
        "'shared', model => '\(model)'", "NULL, '[1,0,0]', '\(model)'", "'shared', '[1,0,0]', '\(model)'",
    ]

    private static func answers(columns: String = "agent_id, content, similarity, text_score, score") -> String {
        searches.map { "SELECT \(columns) FROM mcp.search_embeddings(\($0));\n" }.joined()
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func findsRowsOfTheTenantAndTheModelAlone(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            try await database.psql(Self.documents)
            for role in ["mcp_application", "mcp_readonly", "postgres"] {
                for tenant in [Self.mine, Self.theirs] {
                    for search in Self.searches {
                        let found = try await database.psql(
                            SearchSamples.acting(for: tenant, as: role)
                                + "SELECT count(*), string_agg(DISTINCT agent_id, ',') "
                                + "FROM mcp.search_embeddings(\(search))"
                        )
                        #expect(found == "2|\(tenant) \(Self.model)", "\(search) as \(role)")
                    }
                }
            }
        }
    }

    /// Neither by who asks, nor by what the session's settings are.
    @Test(arguments: ["", "nonsense", "00000000-0000-4000-8000-0000000000011"])
    func findsNothingWithoutATenant(setting: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.documents)
            for role in ["mcp_application", "mcp_readonly", "postgres"] {
                let found = try await database.psql(SearchSamples.acting(for: setting, as: role) + Self.answers())
                #expect(found == "", "as \(role)")
            }
        }
    }

    /// A schema in front of all others whose functions, operators and tables have the names that search uses.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func isTheSameWhateverTheSearchPath(version: PostgresVersion) async throws {
        let trap = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;"
        let functions = [
            "to_tsvector(regconfig, text) RETURNS tsvector", "left(text, integer) RETURNS text",
            "ln(double precision) RETURNS double precision",
            "replace(text, text, text) RETURNS text", "array_fill(real, integer[]) RETURNS real[]",
            "vector_dims(public.vector) RETURNS integer", "vector_norm(public.vector) RETURNS double precision",
            "l2_normalize(public.vector) RETURNS public.vector", "current_tenant_id() RETURNS uuid",
            "subvector(public.vector, integer, integer) RETURNS public.vector",
            "bm25_score(double precision, double precision) RETURNS double precision",
            "equal(uuid, uuid) RETURNS boolean", "matches(tsvector, tsquery) RETURNS boolean",
            "distance(public.vector, public.vector) RETURNS double precision",
            "less(double precision, double precision) RETURNS boolean",
            "plus(double precision, double precision) RETURNS double precision",
            "joined(public.vector, public.vector) RETURNS public.vector", "minus(jsonb, text[]) RETURNS jsonb",
        ].map { "CREATE FUNCTION hostile.\($0) \(trap)\n" }.joined()
        let operators = [
            ("=", "equal", "uuid", "uuid"), ("@@", "matches", "tsvector", "tsquery"),
            ("<=>", "distance", "public.vector", "public.vector"), ("<", "less", "float8", "float8"),
            ("+", "plus", "float8", "float8"), ("||", "joined", "public.vector", "public.vector"),
            ("-", "minus", "jsonb", "text[]"),
        ].map {
            "CREATE OPERATOR hostile.\($0.0) (FUNCTION = hostile.\($0.1), LEFTARG = \($0.2), RIGHTARG = \($0.3));\n"
        }.joined()
        try await Schema.with(version) { database in
            try await database.psql(Self.documents)
            try await database.psql(
                "CREATE SCHEMA hostile; \(functions) \(operators) GRANT USAGE ON SCHEMA hostile TO PUBLIC")
            let acting = SearchSamples.acting(for: Self.mine)
            let plain = try await database.psql(acting + Self.answers())
            #expect(plain.split(separator: "\n").count == 6)
            for path in ["hostile, pg_catalog, public", "''", "pg_temp, hostile, public, pg_catalog"] {
                let answer = try await database.psql(
                    """
                    CREATE TEMPORARY TABLE embeddings (id integer);
                    CREATE TEMPORARY TABLE embedding_statistics (id integer);
                    GRANT ALL ON embeddings, embedding_statistics TO mcp_application;
                    SET search_path = \(path); \(acting) \(Self.answers())
                    """)
                #expect(answer == plain, "\(path)")
                let inserted = try await database.psql(
                    """
                    SET search_path = \(path); \(acting)
                    SELECT is_normalized FROM mcp.insert_embedding('x', '[1,2,3]', '\(SearchSamples.model(4))')
                    """)
                #expect(inserted == "t", "\(path)")
            }
            // The trap is one: whoever does not pin a path falls into it.
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql("SET search_path = hostile, pg_catalog, public; SELECT ln(2::float8)")
            }
            #expect("\(failure)".contains("trapped"))
        }
    }

    /// Functions beside those of the schema, whose arguments would fit a careless call as well or better.
    @Test func callsItsOwnFunctionsWhateverStandsBesideThem() async throws {
        let trap = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;"
        let overloads = [
            "bm25_score(integer, bigint, text, text, bigint, k1 integer, b float8 DEFAULT 1) RETURNS float8",
            "bm25_score(float8, float8, float8, float8, float8) RETURNS float8",
            "bm25_score(numeric, numeric, numeric, numeric, numeric, k1 numeric DEFAULT 0) RETURNS float8",
            "reciprocal_rank_fusion(bigint[]) RETURNS float8",
            "reciprocal_rank_fusion(bigint[], integer DEFAULT 60) RETURNS float8",
            "reciprocal_rank_fusion(anyarray, numeric) RETURNS float8",
            "normalize_embedding(public.vector, integer) RETURNS public.vector",
            "normalize_embedding(public.vector, bigint, uuid) RETURNS public.vector",
            "active_projection(text, integer) RETURNS uuid", "active_projection(uuid, bigint) RETURNS uuid",
        ].map { "CREATE FUNCTION mcp.\($0) \(trap)\n" }.joined()
        try await Schema.with(.v18) { database in
            try await database.psql(Self.documents)
            let acting = SearchSamples.acting(for: Self.mine)
            let plain = try await database.psql(acting + Self.answers())
            try await database.psql("SET ROLE mcp_owner; SET search_path = ''; \(overloads)")
            #expect(try await database.psql(acting + Self.answers()) == plain)
            #expect(plain.split(separator: "\n").count == 6)
            // The trap is one.
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql("SELECT mcp.active_projection('x'::text, 1)")
            }
            #expect("\(failure)".contains("trapped"))
        }
    }

    /// In a session that has not used a vector, PostgreSQL knows pgvector's settings not yet.
    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func isMadeByNoSuperuserInAFreshSession(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let role = "maker_\(database.name)"
            try await database.psql(
                "CREATE ROLE \(role) LOGIN IN ROLE mcp_owner; DROP FUNCTION mcp.search_embeddings")
            do {
                try await database.psql("SET ROLE mcp_owner;" + Schema.part("functions/search_embeddings"), user: role)
            } catch {
                try await database.psql("DROP ROLE \(role)")
                throw error
            }
            let settings = try await database.psql(
                "DROP ROLE \(role); SELECT array_to_string(proconfig, ' ') FROM pg_proc "
                    + "WHERE oid = to_regproc('mcp.search_embeddings')")
            #expect(settings.contains("ivfflat.probes=10"))
        }
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func worksWhereverTheVectorExtensionLives(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(
                "CREATE SCHEMA \"odd \"\"place%s\"; CREATE EXTENSION vector SCHEMA \"odd \"\"place%s\"")
            try await database.psql(Schema.script())
            try await database.psql(Self.documents)
            let found = try await database.psql(SearchSamples.acting(for: Self.mine) + Self.answers(columns: "content"))
            #expect(found.split(separator: "\n").count == 6)
            // Through a matrix, too.
            let projected = try await database.psql(
                """
                \(SearchSamples.registry(1600))
                INSERT INTO mcp.projection_matrices (from_model, from_dimensions, to_dimensions, matrix, is_active)
                SELECT '\(SearchSamples.model(1600))', 1600, 2, ARRAY[v, v], true
                FROM (SELECT array_fill(1::real, ARRAY[1600])::"odd ""place%s".vector AS v) AS one;
                \(SearchSamples.acting(for: Self.mine))
                SELECT is_normalized FROM mcp.insert_embedding('x',
                    array_fill(3::real, ARRAY[1600])::"odd ""place%s".vector, '\(SearchSamples.model(1600))');
                SELECT content, round(similarity::numeric, 6) FROM mcp.search_embeddings(
                    query_embedding => array_fill(1::real, ARRAY[1600])::"odd ""place%s".vector,
                    model => '\(SearchSamples.model(1600))');
                """)
            #expect(projected == "t\nx|1.000000")
        }
    }
}
