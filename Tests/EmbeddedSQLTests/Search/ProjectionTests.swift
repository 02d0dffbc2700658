import TestSupport
import Testing

/// Vectors that different matrices projected lie in different spaces: none of them is compared with another.
@Suite("Projected embeddings")
struct ProjectionTests {
    private static let tenant = Schema.tenant(1)
    private static let (large, small) = (SearchSamples.model(1600), SearchSamples.model(3))
    private static let matrices = (1...2).map { "00000000-0000-4000-a000-00000000000\($0)" }
    private static let acting = SearchSamples.acting(for: tenant)

    /// Two matrices, the first of them in use, that turn what lies in one direction into different ones.
    private static let registry =
        SearchSamples.registry(3, 1600)
        + matrices.enumerated().map { number, matrix in
            """
            INSERT INTO mcp.projection_matrices (id, from_model, from_dimensions, to_dimensions, matrix, is_active)
            SELECT '\(matrix)', '\(large)', 1600, 2, ARRAY[\(number == 0 ? "v, n" : "n, v")], \(number == 0)
            FROM (SELECT array_fill(1::real, ARRAY[1600])::vector AS v, array_fill(0::real, ARRAY[1600])::vector AS n) AS s;

            """
        }.joined()

    private static func vector(_ number: Int) -> String { "array_fill(\(number)::real, ARRAY[1600])::vector" }

    private static let documents =
        registry + acting
            + """
            SELECT FROM mcp.insert_embedding('projected', \(vector(3)), '\(large)');
            SELECT FROM mcp.insert_embedding('plain', '[1,2,3]', '\(small)');
            RESET ROLE;

            """

    private static let switched = """
        UPDATE mcp.projection_matrices SET is_active = false;
        UPDATE mcp.projection_matrices SET is_active = true WHERE id = '\(matrices[1])';

        """

    private static let searched = """
        \(acting)
        SELECT content, round(similarity::numeric, 6) FROM mcp.search_embeddings(
            query_embedding => \(vector(1)), model => '\(large)');
        SELECT content, round(similarity::numeric, 6) FROM mcp.search_embeddings(
            query_embedding => '[2,4,6]', model => '\(small)');
        RESET ROLE;

        """

    private static let noted = "SELECT content, projection_id FROM mcp.embeddings ORDER BY content;\n"

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areFoundAmongThoseOfTheirMatrixAlone(version: PostgresVersion) async throws {
        try await Schema.with(version) { database in
            let before = try await database.psql(Self.documents + Self.searched + Self.noted)
            #expect(before == "projected|1.000000\nplain|1.000000\nplain|\nprojected|\(Self.matrices[0])")
            let after = try await database.psql(Self.switched + Self.searched)
            #expect(after == "plain|1.000000", "not found, rather than ranked by a similarity that means nothing")
            let renewed = try await database.psql(
                """
                \(Self.acting)
                UPDATE mcp.embeddings SET normalized_embedding = DEFAULT
                WHERE model_id = '\(Self.large)' AND model_dimensions = 1600;
                RESET ROLE; \(Self.searched) \(Self.noted)
                """)
            #expect(renewed == "projected|1.000000\nplain|1.000000\nplain|\nprojected|\(Self.matrices[1])")
        }
    }

    /// A matrix is named by its id, so what it is made of cannot become another.
    @Test(arguments: [
        ("matrix = ARRAY[matrix[2], matrix[1]]", "55000"), ("from_model = '\(small)'", "55000"),
        ("from_dimensions = 3", "55000"), ("to_dimensions = 1", "55000"), ("matrix = matrix", ""),
        ("accuracy_score = 0.5", ""), ("is_active = NOT is_active", ""),
    ])
    func keepAMatrixAsItIs(change: String, state: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(Self.registry)
            for matrix in Self.matrices {
                let update = "UPDATE mcp.projection_matrices SET \(change) WHERE id = '\(matrix)'"
                guard !state.isEmpty else {
                    try await database.psql(update)
                    continue
                }
                let failure = try await #require(throws: TestFailure.self) { try await database.psql(update) }
                #expect("\(failure)".contains(" \(state):"))
            }
        }
    }

    /// Each change of a row that was inserted, and what it is then: always what the definition says of its columns.
    @Test(arguments: [
        ("plain", "embedding = array_fill(7::real, ARRAY[4096])", true),
        ("plain", "embedding = NULL", false), ("plain", "model_id = NULL, model_dimensions = 2", true),
        ("plain", "model_dimensions = NULL", false), ("plain", "normalized_embedding = NULL", true),
        ("plain", "normalized_embedding = array_fill(1::real, ARRAY[1536])", true),
        ("plain", "projection_id = '\(matrices[0])'", true), ("projected", "projection_id = NULL", true),
        ("projected", "model_id = '\(small)', model_dimensions = 3", true),
        ("projected", "model_id = '\(small)'", false),
        ("plain", "model_id = '\(large)', model_dimensions = 1600", true),
        ("projected", "embedding = array_fill(0::real, ARRAY[4096])", false),
        ("projected", "content = 'projected', metadata = '{}'", true),
    ])
    func areNormalisedAgainWhenWhatMadeThemChanges(content: String, change: String, isNormalized: Bool) async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                \(Self.documents) \(Self.acting)
                UPDATE mcp.embeddings SET \(change) WHERE content = '\(content)';
                SELECT normalized_embedding
                        IS NOT DISTINCT FROM mcp.normalize_embedding(embedding, model_dimensions, model_id),
                    normalized_embedding IS NOT NULL,
                    projection_id IS NOT DISTINCT FROM CASE WHEN normalized_embedding IS NOT NULL
                        AND model_dimensions > 1536 THEN '\(Self.matrices[0])'::uuid END
                FROM mcp.embeddings WHERE content = '\(content)';
                """)
            #expect(answer == "t|\(isNormalized ? "t" : "f")|t")
        }
    }
}
