import Foundation
import TestSupport
import Testing

@Suite("Normalised embeddings")
struct NormalizationTests {
    private static let tenant = Schema.tenant(1)

    /// What the definition says: the model's own dimensions, divided by their length, padded with zeros.
    private static func normalized(_ numbers: [Float]) -> [Double] {
        let numbers = numbers.map(Double.init)
        let length = numbers.map { $0 * $0 }.reduce(0, +).squareRoot()
        return numbers.map { $0 / length } + Array(repeating: 0, count: 1536 - numbers.count)
    }

    private static func numbers(_ vector: String) -> [Double] {
        vector.dropFirst().dropLast().split(separator: ",").map { Double($0) ?? .nan }
    }

    private static func farthest(_ some: [Double], _ others: [Double]) -> Double {
        guard some.count == others.count else { return .infinity }
        return zip(some, others).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func areWhatTheDefinitionSays(version: PostgresVersion) async throws {
        var random = Seeded()
        try await Schema.with(version) { database in
            for dimensions in [1, 2, 8, 700, 1535, 1536] {
                let vector = SearchSamples.vector(dimensions, &random).map { $0 * Float(dimensions) }
                let answer = try await database.psql(
                    """
                    \(SearchSamples.registry(dimensions)) \(SearchSamples.acting(for: Self.tenant))
                    SELECT FROM mcp.insert_embedding(
                        'x', '\(SearchSamples.vector(vector))', '\(SearchSamples.model(dimensions))');
                    SELECT normalized_embedding FROM mcp.embeddings WHERE model_dimensions = \(dimensions);
                    SELECT magnitude FROM mcp.embeddings WHERE model_dimensions = \(dimensions);
                    SELECT embedding FROM mcp.embeddings WHERE model_dimensions = \(dimensions);
                    SELECT normalized_embedding = mcp.normalize_embedding(embedding, model_dimensions, model_id)
                    FROM mcp.embeddings WHERE model_dimensions = \(dimensions);
                    """
                ).split(separator: "\n").map(String.init)
                try #require(answer.count == 4)
                #expect(
                    Self.farthest(Self.numbers(answer[0]), Self.normalized(vector)) < 1e-6,
                    "\(dimensions) dimensions, seed \(random.seed)")
                let length = vector.map { Double($0) * Double($0) }.reduce(0, +).squareRoot()
                #expect(abs((Double(answer[1]) ?? .nan) - length) < 1e-6 * length)
                let padded = vector + Array(repeating: 0, count: 4096 - dimensions)
                #expect(Self.numbers(answer[2]).map(Float.init) == padded)
                #expect(answer[3] == "t", "a backfill gives what the insertion gave")
            }
        }
    }

    /// Rows of what a matrix is made of, and the matrix of `to` rows as the type takes it.
    private static func matrix(_ from: Int, _ to: Int, _ random: inout Seeded) -> (rows: [[Float]], literal: String) {
        let rows = (0..<to).map { _ in SearchSamples.vector(from, &random) }
        return (rows, "{" + rows.map { "\"\(SearchSamples.vector($0))\"" }.joined(separator: ",") + "}")
    }

    private static func insertion(_ matrix: String, from: Int, to: Int, active: Bool = true) -> String {
        """
        INSERT INTO mcp.projection_matrices (from_model, from_dimensions, to_dimensions, matrix, is_active)
        VALUES ('\(SearchSamples.model(from))', \(from), \(to), '\(matrix)', \(active));

        """
    }

    @Test(arguments: PostgresVersion.underTestWithPgvector)
    func goThroughTheActiveMatrixAbove1536Dimensions(version: PostgresVersion) async throws {
        var random = Seeded()
        let (from, to) = (2000, 30)
        let (matrix, other) = (Self.matrix(from, to, &random), Self.matrix(from, to, &random))
        let vector = SearchSamples.vector(from, &random)
        let projected = matrix.rows.map { row in Float(zip(row, vector).map { Double($0) * Double($1) }.reduce(0, +)) }
        let insert =
            "SELECT is_normalized FROM mcp.insert_embedding('x', '\(SearchSamples.vector(vector))', "
            + "'\(SearchSamples.model(from))');"
        try await Schema.with(version) { database in
            let answer = try await database.psql(
                """
                \(SearchSamples.registry(from, 1600))
                \(Self.insertion(other.literal, from: from, to: to, active: false))
                \(SearchSamples.acting(for: Self.tenant)) \(insert)
                SELECT count(*) FROM mcp.embeddings WHERE normalized_embedding IS NULL AND magnitude > 0;
                RESET ROLE; \(Self.insertion(matrix.literal, from: from, to: to))
                \(SearchSamples.acting(for: Self.tenant)) \(insert)
                SELECT normalized_embedding FROM mcp.embeddings WHERE normalized_embedding IS NOT NULL;
                UPDATE mcp.embeddings
                SET normalized_embedding = mcp.normalize_embedding(embedding, model_dimensions, model_id);
                SELECT count(DISTINCT normalized_embedding), count(*) FROM mcp.embeddings;
                """
            ).split(separator: "\n").map(String.init)
            try #require(answer.count == 5)
            #expect(answer[0] == "f")
            #expect(answer[1] == "1")
            #expect(answer[2] == "t")
            #expect(Self.farthest(Self.numbers(answer[3]), Self.normalized(projected)) < 1e-5, "seed \(random.seed)")
            #expect(answer[4] == "1|2", "a backfill projects the row that came before the matrix")
        }
    }

    /// Without a direction there is nothing to compare.
    @Test func areNoneForAZeroVector() async throws {
        try await Schema.with(.v18) { database in
            let answer = try await database.psql(
                """
                \(SearchSamples.registry(8)) \(SearchSamples.acting(for: Self.tenant))
                SELECT is_normalized FROM mcp.insert_embedding('x', '[0,0,0,0,0,0,0,0]', '\(SearchSamples.model(8))');
                SELECT normalized_embedding IS NULL, magnitude FROM mcp.embeddings;
                SELECT count(*) FROM mcp.search_embeddings(
                    query_embedding => '[0,0,0,0,0,0,0,0]', model => '\(SearchSamples.model(8))');
                """)
            #expect(answer == "f\nt|0\n0")
        }
    }

    /// A matrix that does not fit, or a second one in use.
    @Test(arguments: [
        ("{\"[1,2]\"}", 1, "23514"), ("{\"[1,2,3]\",\"[1,2]\"}", 2, "23514"), ("{\"[1,2,3]\",NULL}", 2, "23514"),
        ("{{\"[1,2,3]\",\"[1,2,3]\"}}", 2, "23514"), ("{}", 1, "23514"), ("{\"[1,2,3]\"}", 2, "23514"),
        ("{\"[1,2,3]\"}", 1, "23505"),
    ])
    func refuseAMatrix(matrix: String, rows: Int, state: String) async throws {
        try await Schema.with(.v18) { database in
            try await database.psql(
                SearchSamples.registry(3) + Self.insertion("{\"[1,0,0]\",\"[0,1,0]\"}", from: 3, to: 2)
                    + Self.insertion(
                        matrix == "{\"[1,2,3]\"}" ? matrix : "{\"[1,2,3]\"}", from: 3, to: 1, active: false))
            let failure = try await #require(throws: TestFailure.self) {
                try await database.psql(Self.insertion(matrix, from: 3, to: rows))
            }
            #expect("\(failure)".contains(state))
        }
    }
}
