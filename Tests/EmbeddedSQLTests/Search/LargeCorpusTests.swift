import TestSupport
import Testing

/// What only many rows show: that searches are made with the indexes, and find what a reading of all rows finds.
///
/// 40,000 documents in clusters, made by the server from a fixed seed: half of them the first tenant's, 1 % the
/// second's, 0.1 % the third's.
@Suite("Search in a large corpus")
struct LargeCorpusTests {
    private static let tenants = (1...3).map(Schema.tenant)
    private static let model = SearchSamples.model(48)
    /// The lists of the index begin at random: one query in ten may well lose half of its neighbours by them, of thirty none
    /// weighs much.
    private static let queries = 30

    private static let corpus = Template("large_corpus") { database in
        try await database.psql(Schema.script())
        try await database.psql(
            """
            \(SearchSamples.registry(48))
            DROP INDEX IF EXISTS mcp.embeddings_content_trigram_idx;
            DROP INDEX mcp.embeddings_normalized_embedding_idx;
            SELECT setseed(0.20250301);
            CREATE TABLE centre AS SELECT c AS number, (
                SELECT array_agg((random() - 0.5)::real) FROM generate_series(1, 48) WHERE c > 0)::vector AS v
            FROM generate_series(1, 150) AS c;
            CREATE FUNCTION near(number integer) RETURNS vector LANGUAGE sql VOLATILE AS $$
                SELECT c.v + (SELECT array_agg(((random() + random() + random() - 1.5) * 0.5)::real)
                    FROM generate_series(1, 48) WHERE c.number > 0)::vector
                FROM centre AS c WHERE c.number = $1
            $$;
            INSERT INTO mcp.embeddings (tenant_id, content, model_id, model_dimensions, normalized_embedding)
            SELECT CASE
                    WHEN r % 2 = 0 THEN '\(tenants[0])' WHEN r % 100 = 1 THEN '\(tenants[1])'
                    WHEN r % 1000 = 3 THEN '\(tenants[2])' ELSE '\(Schema.tenant(4))'
                END::uuid,
                'word' || r % 3 || ' word' || r % 100 || ' all', '\(model)', 48,
                mcp.normalize_embedding(near(1 + floor(random() * 150)::integer), 48)
            FROM generate_series(1, 40000) AS r;
            CREATE TABLE query AS
            SELECT q AS number, near(1 + floor(random() * 150)::integer) AS v
            FROM generate_series(1, \(queries)) AS q;
            GRANT SELECT ON query TO mcp_application;
            SELECT FROM unnest(ARRAY['\(tenants.joined(separator: "','"))']::uuid[]) AS t,
                LATERAL mcp.update_embedding_statistics(t);
            SET maintenance_work_mem = '256MB';
            CREATE INDEX embeddings_normalized_embedding_idx ON mcp.embeddings
                USING ivfflat (normalized_embedding vector_cosine_ops) WITH (lists = 100);
            VACUUM ANALYZE;
            """)
    }

    /// Leaves the planner no way to a vector but the index, whatever it thinks of it.
    private static let throughTheIndex = "SET enable_sort = off; SET enable_bitmapscan = off;\n"

    /// Compares what the application finds with what is nearest: the least and the average share found, per tenant.
    private func recall(_ settings: String, in database: TestDatabase) async throws -> [Double] {
        var shares: [Double] = []
        for tenant in Self.tenants {
            let found = try await database.psql(
                """
                \(settings) \(SearchSamples.acting(for: tenant))
                CREATE TEMPORARY TABLE found AS SELECT q.number, s.id, s.similarity, s.position
                FROM public.query AS q, LATERAL mcp.search_embeddings(query_embedding => q.v, model => '\(Self.model)')
                    WITH ORDINALITY AS s (id, a, b, c, d, e, f, similarity, g, h, position);
                RESET ROLE; SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_sort = on;
                SELECT count(f.id)::float8 / count(*)
                -- Normalised once, and not for each row that it is compared with.
                FROM (SELECT q.number, mcp.normalize_embedding(q.v, 48) AS v FROM public.query AS q OFFSET 0) AS q
                CROSS JOIN LATERAL (
                    SELECT e.id, e.normalized_embedding <=> q.v AS distance
                    FROM mcp.embeddings AS e
                    WHERE e.tenant_id = '\(tenant)'
                    ORDER BY distance, e.id
                    LIMIT 10
                ) AS t
                LEFT JOIN found AS f
                    ON f.number = q.number AND f.id = t.id AND abs(1 - t.distance - f.similarity) < 1e-12
                """)
            shares.append(Double(found) ?? .nan)
        }
        return shares
    }

    @Test(.timeLimit(.minutes(10)))
    func findsWhatIsNearestForTenantsOfEverySize() async throws {
        try await TestDatabase.with(template: Self.corpus) { database in
            for settings in ["", Self.throughTheIndex] {
                let shares = try await recall(settings, in: database)
                for (share, tenant) in zip(shares, Self.tenants) {
                    #expect(share >= 0.95, "tenant \(tenant), \(settings)")
                }
            }

            // Without the setting of the function the small tenant finds too little, which the comparison notices.
            try await database.psql("ALTER FUNCTION mcp.search_embeddings SET ivfflat.iterative_scan = off")
            #expect(try await recall(Self.throughTheIndex, in: database)[2] < 0.9)

            // With all lists probed the index gives what reading all rows gives.
            try await database.psql("ALTER FUNCTION mcp.search_embeddings SET ivfflat.probes = 100")
            #expect(try await recall(Self.throughTheIndex, in: database) == [1, 1, 1])
        }
    }

    /// How often a search for the first tenant read each index and the whole table, by the server's own counters.
    private func scans(_ arguments: String, as role: String, in database: TestDatabase) async throws -> String {
        try await database.psql(
            """
            BEGIN; \(SearchSamples.acting(for: Self.tenants[0], as: role))
            DO $$ BEGIN PERFORM FROM mcp.search_embeddings(\(arguments)); END $$;
            RESET ROLE;
            SELECT pg_stat_get_xact_numscans('mcp.embeddings'::regclass),
                pg_stat_get_xact_numscans('mcp.embeddings_content_tsvector_idx'::regclass),
                pg_stat_get_xact_numscans('mcp.embeddings_normalized_embedding_idx'::regclass);
            """)
    }

    @Test(.timeLimit(.minutes(10)))
    func readsTheIndexesForATenantWithManyRows() async throws {
        try await TestDatabase.with(template: Self.corpus) { database in
            let vector = "(SELECT v FROM public.query WHERE number = 1)"
            for role in ["mcp_application", "mcp_readonly"] {
                try await database.psql("GRANT SELECT ON public.query TO \(role)")
                #expect(try await scans("'word18'", as: role, in: database) == "0|1|0")
                // A third of the tenant's documents have one of them.
                #expect(try await scans("'word1 word18'", as: role, in: database) == "0|1|0")
                #expect(
                    try await scans("query_embedding => \(vector), model => '\(Self.model)'", as: role, in: database)
                        == "0|0|1")
                #expect(try await scans("'word18', \(vector), '\(Self.model)'", as: role, in: database) == "0|1|1")
            }
            // The same condition under row-level security does without: the reason for the definer's rights.
            let bound = try await database.psql(
                """
                \(SearchSamples.acting(for: Self.tenants[0]))
                EXPLAIN (COSTS OFF) SELECT * FROM mcp.embeddings WHERE content_tsvector @@ 'word18'
                """)
            #expect(!bound.contains("embeddings_content_tsvector_idx"))
        }
    }
}
